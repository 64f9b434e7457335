package secret

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/procgroup"
)

const (
	// execTimeout is how long a command may take to print a secret.
	execTimeout = 10 * time.Second
	// maxSize bounds what a file or command may hold, in bytes: more than any
	// key or certificate, less than a mistake such as /dev/zero.
	maxSize = 1 << 20
)

// Reveal returns the secret. Relative files and commands start in dir. Errors
// name the reference and never the value; a reference that can not be followed
// is identity.Invalid, a command that did not end in 10 seconds Unavailable.
func (r Ref) Reveal(ctx context.Context, dir string) (string, error) {
	scheme, rest := r.split()
	switch scheme {
	case "env":
		return r.fromEnv(rest)
	case "file":
		return r.fromFile(rest, dir)
	case "exec":
		return r.fromCommand(ctx, rest, dir)
	}
	return r.raw(), nil
}

func (r Ref) fromEnv(name string) (string, error) {
	value, ok := os.LookupEnv(name)
	switch {
	case !ok:
		return "", r.fault(identity.Invalid, errors.New("the environment variable is not set"), "set "+name+" for this process")
	case value == "":
		return "", r.fault(identity.Invalid, errors.New("the environment variable is empty"), "set "+name+" for this process")
	}
	return value, nil
}

func (r Ref) fromFile(path, dir string) (string, error) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", r.fault(identity.Invalid, errors.New("there is no such file"), "looked for "+path)
	case errors.Is(err, fs.ErrPermission):
		return "", r.fault(identity.Invalid, errors.New("this process may not read the file"), "give its user the right to read "+path)
	case err != nil:
		return "", r.fault(identity.Invalid, err, "")
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return "", r.fault(identity.Invalid, fmt.Errorf("cannot be read: %w", err), "")
	}
	return r.trimmed(data, "the file")
}

func (r Ref) fromCommand(ctx context.Context, command, dir string) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, execTimeout, errTimeout)
	defer cancel()
	var out limitedBuffer
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", command)
	cmd.Dir = dir
	cmd.Stdout = &out
	cmd.WaitDelay = time.Second
	procgroup.Lead(cmd)
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return "", r.fault(identity.Unavailable, context.Cause(ctx), "run the command by hand to see what it waits for")
	case err != nil:
		// The command's own messages are not repeated: they may tell the value.
		return "", r.fault(identity.Invalid, fmt.Errorf("the command failed: %w", err), "run it by hand to see why")
	}
	return r.trimmed(out.kept.Bytes(), "the command's output")
}

var errTimeout = fmt.Errorf("the command did not end within %s", execTimeout)

// trimmed cuts one line end off and refuses what cannot be a secret.
func (r Ref) trimmed(data []byte, what string) (string, error) {
	if len(data) > maxSize {
		return "", r.fault(identity.Invalid, fmt.Errorf("%s is larger than %d bytes", what, maxSize), "")
	}
	text, ok := strings.CutSuffix(string(data), "\r\n")
	if !ok {
		text = strings.TrimSuffix(text, "\n")
	}
	if text == "" {
		return "", r.fault(identity.Invalid, fmt.Errorf("%s is empty", what), "")
	}
	return text, nil
}

func (r Ref) fault(kind identity.Kind, err error, hint string) error {
	return &identity.Error{Kind: kind, Op: "read secret", Object: r.Reference(), Err: err, Hint: hint}
}

// limitedBuffer keeps one byte more than a secret may have and drops the rest,
// so that a command that prints without end costs no memory.
type limitedBuffer struct{ kept bytes.Buffer }

func (b *limitedBuffer) Write(p []byte) (int, error) {
	if room := maxSize + 1 - b.kept.Len(); room > 0 {
		b.kept.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}
