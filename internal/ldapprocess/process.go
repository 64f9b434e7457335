package ldapprocess

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// How long a server may take to answer after its start, and to end after being
// told to.
const (
	startTimeout = 30 * time.Second
	stopTimeout  = 20 * time.Second
)

// Process is a running server.
type Process struct {
	cmd    *exec.Cmd
	name   string        // of the program, for messages
	log    string        // file with its standard output and error
	exited chan struct{} // closed once the process is gone
}

// Start runs a server in the foreground, with its output in the file log, and waits
// until it answers at url.
func Start(cmd *exec.Cmd, name, log, url string) (*Process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close() // the child has its own descriptor
	cmd.Stdout, cmd.Stderr = out, out
	dieWithParent(cmd)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p := &Process{cmd: cmd, name: name, log: log, exited: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // how it ended is in the log
		close(p.exited)
	}()
	if err := p.awaitAnswer(url); err != nil {
		return nil, errors.Join(err, p.Kill())
	}
	return p, nil
}

// awaitAnswer asks for the root DSE until it comes.
func (p *Process) awaitAnswer(url string) error {
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.NewTimer(startTimeout)
	defer deadline.Stop()
	for {
		if conn, err := ldap.DialURL(url); err == nil {
			_, err = conn.Search(ldap.NewSearchRequest("", ldap.ScopeBaseObject, ldap.NeverDerefAliases,
				0, 0, false, "(objectClass=*)", []string{"1.1"}, nil))
			conn.Close()
			if err == nil {
				return nil
			}
		}
		select {
		case <-ticker.C:
		case <-p.exited:
			return fmt.Errorf("%s ended at once: %s", p.name, p.lastWords())
		case <-deadline.C:
			return fmt.Errorf("%s did not answer within %s: %s", p.name, startTimeout, p.lastWords())
		}
	}
}

// Stop asks the process to end and waits.
func (p *Process) Stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop %s: %w", p.name, err)
	}
	select {
	case <-p.exited:
		return nil
	case <-time.After(stopTimeout):
		return errors.Join(fmt.Errorf("%s did not stop within %s: %s", p.name, stopTimeout, p.lastWords()), p.Kill())
	}
}

// Kill ends the process without asking.
func (p *Process) Kill() error {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill %s: %w", p.name, err)
	}
	<-p.exited
	return nil
}

// lastWords returns the end of the log.
func (p *Process) lastWords() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	const most = 2000
	if len(text) > most {
		text = text[len(text)-most:]
	}
	return strings.TrimSpace(string(text))
}
