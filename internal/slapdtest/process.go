package slapdtest

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

// How long slapd may take to answer after its start, and to end after being
// told to.
const (
	startTimeout = 30 * time.Second
	stopTimeout  = 20 * time.Second
)

// process is a running slapd.
type process struct {
	cmd    *exec.Cmd
	log    string        // file with its standard output and error
	exited chan struct{} // closed once the process is gone
}

// startProcess runs slapd in the foreground and waits until it answers.
func startProcess(l layout, urls ...string) (*process, error) {
	log, err := os.OpenFile(l.path("slapd.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close() // the child has its own descriptor

	// slapd reserves memory for every file it may open; where a container
	// allows a thousand million of them it would not start in time. exec keeps
	// the process id ours.
	cmd := exec.Command("/bin/sh", "-c", `ulimit -n 1024; exec "$@"`, "sh",
		l.slapd, "-d", "0", "-f", l.path("slapd.conf"), "-h", strings.Join(urls, "/ ")+"/")
	cmd.Stdout, cmd.Stderr = log, log
	dieWithParent(cmd)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start slapd: %w", err)
	}
	p := &process{cmd: cmd, log: log.Name(), exited: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // how it ended is in the log
		close(p.exited)
	}()
	if err := p.awaitAnswer(urls[0]); err != nil {
		return nil, errors.Join(err, p.kill())
	}
	return p, nil
}

// awaitAnswer asks for the root DSE until it comes.
func (p *process) awaitAnswer(url string) error {
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
			return fmt.Errorf("slapd ended at once: %s", p.lastWords())
		case <-deadline.C:
			return fmt.Errorf("slapd did not answer within %s: %s", startTimeout, p.lastWords())
		}
	}
}

// stop asks the process to end and waits.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop slapd: %w", err)
	}
	select {
	case <-p.exited:
		return nil
	case <-time.After(stopTimeout):
		return errors.Join(fmt.Errorf("slapd did not stop within %s: %s", stopTimeout, p.lastWords()), p.kill())
	}
}

// kill ends the process without asking.
func (p *process) kill() error {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill slapd: %w", err)
	}
	<-p.exited
	return nil
}

// lastWords returns the end of the log.
func (p *process) lastWords() string {
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
