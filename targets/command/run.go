package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/handoff"
	"birthright/internal/peertext"
	"birthright/internal/procgroup"
)

// tryLater is the exit code of a program that could not do its work now, and did
// nothing of what it did not answer (EX_TEMPFAIL of sysexits.h).
const tryLater = 75

// afterwards is how long what it started may hold its output open.
const afterwards = time.Second

// usual are the variables that a program can hardly do without.
var usual = []string{"PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR"}

// run is what one run of the executable came to.
type run struct {
	answers [][]byte // whole lines of JSON
	// err is why there are not more, kind what that means.
	err  error
	kind identity.Kind
	// nothing is true where what was not answered surely had no effect.
	nothing bool
}

func (l *line) run(ctx context.Context, calls []handoff.Call) run {
	var in bytes.Buffer
	enc := json.NewEncoder(&in)
	for _, call := range calls {
		call.Version = handoff.Version
		if err := enc.Encode(call); err != nil {
			return run{err: err, kind: identity.Invalid, nothing: true}
		}
	}
	if l.simulated != nil {
		l.runs.Add(1)
		return l.simulated.run(ctx, &in, calls)
	}
	secrets, environment, err := l.environment(ctx)
	if err != nil {
		return run{err: err, kind: identity.KindOf(err), nothing: true}
	}
	select {
	case l.turns <- struct{}{}:
		defer func() { <-l.turns }()
	case <-ctx.Done():
	}
	if err := ctx.Err(); err != nil {
		return run{err: err, kind: identity.Unavailable, nothing: true}
	}
	limited, cancel := context.WithTimeoutCause(ctx, l.timeout, fmt.Errorf("it did not end within %s", l.timeout))
	defer cancel()
	l.runs.Add(1)
	out, said := &buffer{most: l.most, full: cancel}, &buffer{most: mostSaid}
	cmd := exec.CommandContext(limited, l.executable(), l.argv[1:]...)
	cmd.Dir, cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = l.dir, environment, &in, out, said, afterwards
	procgroup.Lead(cmd)
	err = cmd.Run()
	l.tell(said, secrets)
	return l.judge(limited, cmd, out, err)
}

// judge says what a run means that has ended.
func (l *line) judge(ctx context.Context, cmd *exec.Cmd, out *buffer, err error) run {
	r := run{answers: out.lines(), kind: identity.Unavailable}
	var exit *exec.ExitError
	switch {
	case err == nil && !out.over():
		return r
	case cmd.Process == nil:
		r.err, r.nothing = fmt.Errorf("the command cannot be run: %w", err), true
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrPermission) {
			r.kind = identity.Invalid
		}
	case out.over():
		r.err = fmt.Errorf("it printed more than max_output allows: %d bytes", l.most)
	case ctx.Err() != nil:
		r.err = fmt.Errorf("it was ended: %w", context.Cause(ctx))
	case errors.As(err, &exit) && exit.ExitCode() == tryLater:
		r.err, r.nothing = errors.New("it says that it cannot do its work now (exit code 75)"), true
	default:
		r.err = fmt.Errorf("it failed: %w", err)
	}
	return r
}

// executable is the program: a path from the configuration's folder where it has a
// slash, else what PATH leads to.
func (l *line) executable() string {
	name := l.argv[0]
	if strings.ContainsRune(name, filepath.Separator) && !filepath.IsAbs(name) {
		if abs, err := filepath.Abs(filepath.Join(l.home, name)); err == nil {
			return abs
		}
	}
	return name
}

// environment is what the program gets of ours, and which values in it are secret.
func (l *line) environment(ctx context.Context) (secrets, out []string, err error) {
	for _, name := range append(append([]string{}, usual...), l.env...) {
		if value, ok := os.LookupEnv(name); ok {
			out = append(out, name+"="+value)
		}
	}
	for _, v := range l.variables {
		value, err := v.Value.Reveal(ctx, l.home)
		if err != nil {
			return nil, nil, err
		}
		secrets, out = append(secrets, value), append(out, v.Name+"="+value)
	}
	return secrets, out, nil
}

// The most that is kept, and logged, of what a run says on its standard error.
const (
	mostSaid  = 64 << 10
	mostLines = 50
	longest   = 400
)

// tell logs what it said, secrets masked.
func (l *line) tell(said *buffer, secrets []string) {
	text := said.kept.String()
	for _, s := range secrets {
		text = strings.ReplaceAll(text, s, "[secret]")
	}
	n := 0
	for words := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		if n++; n > mostLines || words == "" {
			return
		}
		l.log.Warn("the command says", "text", peertext.Clip(words, longest))
	}
}

// buffer keeps so many bytes, and calls full for the first one beyond.
type buffer struct {
	kept bytes.Buffer
	most int
	lost bool
	full func()
}

func (b *buffer) over() bool { return b.lost && b.full != nil }

// Write implements io.Writer; it takes everything, so that nobody is held up.
func (b *buffer) Write(p []byte) (int, error) {
	room := b.most - b.kept.Len()
	b.kept.Write(p[:min(max(room, 0), len(p))])
	if len(p) > room && !b.lost {
		b.lost = true
		if b.full != nil {
			b.full()
		}
	}
	return len(p), nil
}

// lines returns the whole lines: one without an end may have lost the rest.
func (b *buffer) lines() [][]byte {
	var out [][]byte
	rest := b.kept.Bytes()
	for {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			return out
		}
		if text := bytes.TrimSpace(rest[:i]); len(text) > 0 {
			out = append(out, text)
		}
		rest = rest[i+1:]
	}
}
