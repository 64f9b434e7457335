package sambatest

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

// How long a server may take to answer after its start, and to end.
const (
	startTimeout = 20 * time.Second
	stopTimeout  = 20 * time.Second
)

// process is a running samba.
type process struct {
	cmd    *exec.Cmd
	log    string
	exited chan struct{} // closed once the process is gone
}

// startProcess runs samba in the foreground, in one process and in a process
// group of its own, and waits until it answers.
func startProcess(conf, log, url string) (*process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close() // the child has its own descriptor
	cmd := exec.Command("samba", "-s", conf, "-F", "-M", "single", "--no-process-group", "--debug-stdout")
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start samba: %w", err)
	}
	p := &process{cmd: cmd, log: log, exited: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // how it ended is in the log
		close(p.exited)
	}()
	if err := p.awaitAnswer(url); err != nil {
		return nil, errors.Join(err, p.kill())
	}
	return p, nil
}

// awaitAnswer asks for the root entry until it comes.
func (p *process) awaitAnswer(url string) error {
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.NewTimer(startTimeout)
	defer deadline.Stop()
	for {
		if conn, err := ldap.DialURL(url); err == nil {
			_, err = conn.Search(ldap.NewSearchRequest("", ldap.ScopeBaseObject, ldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)", []string{"1.1"}, nil))
			conn.Close()
			if err == nil {
				return nil
			}
		}
		select {
		case <-ticker.C:
		case <-p.exited:
			return fmt.Errorf("samba ended at once: %s", p.lastWords())
		case <-deadline.C:
			return fmt.Errorf("samba did not answer within %s: %s", startTimeout, p.lastWords())
		}
	}
}

// stop asks the process group to end and waits.
func (p *process) stop() error {
	if err := p.signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop samba: %w", err)
	}
	select {
	case <-p.exited:
		return p.signal(syscall.SIGKILL) // whatever it started
	case <-time.After(stopTimeout):
		return errors.Join(fmt.Errorf("samba did not stop within %s: %s", stopTimeout, p.lastWords()), p.kill())
	}
}

// kill ends the process group without asking.
func (p *process) kill() error {
	err := p.signal(syscall.SIGKILL)
	<-p.exited
	return err
}

// signal sends to the whole group; one that is gone is no fault.
func (p *process) signal(s syscall.Signal) error {
	if err := syscall.Kill(-p.cmd.Process.Pid, s); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}

// lastWords returns the end of the log.
func (p *process) lastWords() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	const most = 2000
	return strings.TrimSpace(string(text[max(0, len(text)-most):]))
}
