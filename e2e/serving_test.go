package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// How long a hub may take until it listens, and until it has stopped.
const (
	startTimeout = 20 * time.Second
	stopTimeout  = 20 * time.Second
)

// serving is a running `birthright serve`.
type serving struct {
	cmd    *exec.Cmd
	url    string
	exited chan struct{}

	mu  sync.Mutex
	log strings.Builder
}

var listens = regexp.MustCompile(`^birthright listens on (\S+);`)

// serve starts the hub and waits until it listens. It is killed when the test
// ends, if it still runs then.
func (h *hub) serve(t *testing.T) *serving {
	t.Helper()
	s := &serving{cmd: h.command(t.Context(), "serve", "--log-level", "info"), exited: make(chan struct{})}
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address := make(chan string, 1)
	go s.follow(stderr, address)
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("what serve said:\n%s", brief(s.said()))
		}
	})
	select {
	case at := <-address:
		s.url = "http://" + at
	case <-s.exited:
		t.Fatalf("serve ended at once: %s", s.said())
	case <-time.After(startTimeout):
		t.Fatalf("serve did not listen within %v: %s", startTimeout, s.said())
	}
	return s
}

// follow keeps what the hub says until its end.
func (s *serving) follow(stderr io.Reader, address chan<- string) {
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		s.mu.Lock()
		s.log.WriteString(lines.Text() + "\n")
		s.mu.Unlock()
		if found := listens.FindStringSubmatch(lines.Text()); found != nil {
			address <- found[1]
		}
	}
	_ = s.cmd.Wait() // how it ended is in ProcessState
	close(s.exited)
}

func (s *serving) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// kill ends the hub as a power cut would.
func (s *serving) kill() {
	_ = s.cmd.Process.Kill() // an error means that it has ended
	<-s.exited
}

// stop ends the hub as an operator would, and checks that it ends well.
func (s *serving) stop(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.exited:
	case <-time.After(stopTimeout):
		t.Fatalf("serve did not end within %v after SIGTERM", stopTimeout)
	}
	if code := s.cmd.ProcessState.ExitCode(); code != exitDone {
		t.Fatalf("serve ended with exit %d after SIGTERM: %s", code, s.said())
	}
}

// metric returns the value of a sample of /metrics as text, "" where there is none.
func (s *serving) metric(t *testing.T, sample string) string {
	t.Helper()
	response, err := http.Get(s.url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		if value, found := strings.CutPrefix(lines.Text(), sample+" "); found {
			return value
		}
	}
	return ""
}

// token makes a bearer token for the source that pushes.
func (h *hub) token(t *testing.T) string {
	t.Helper()
	var made struct{ ID, Token, Source string }
	h.mustJSON(t, exitDone, "token create --source okta", &made)
	if made.Token == "" || made.Source != "okta" {
		t.Fatalf("token create: %+v", made)
	}
	return made.Token
}

// pushed is p as an identity provider sends it.
func pushed(p person) object {
	return object{
		"schemas":  []string{"urn:ietf:params:scim:schemas:core:2.0:User", enterprise},
		"userName": p.uid, "displayName": p.names[0], "active": true,
		"name":     object{"givenName": p.givenName, "familyName": p.familyName},
		"emails":   []object{{"value": p.mail, "type": "work", "primary": true}},
		enterprise: object{"department": p.department},
	}
}

// push creates a person and returns the status and the id given.
func (s *serving) push(t *testing.T, token string, p person) (status int, id string) {
	t.Helper()
	status, answer := send(t, http.MethodPost, s.url+"/scim/v2/Users", token, pushed(p))
	id, _ = answer["id"].(string)
	return status, id
}

// mustPush is push that has to succeed.
func (s *serving) mustPush(t *testing.T, token string, p person) (id string) {
	t.Helper()
	status, id := s.push(t, token, p)
	if status != http.StatusCreated {
		t.Fatalf("push of %s: status %d, want 201", p.uid, status)
	}
	return id
}

// invented is the i-th of any number of people who are in no directory.
func invented(i int) person {
	departments := []string{"Research", "Sales", "Support", "Field Service", "Legal"}
	uid := fmt.Sprintf("person%03d", i)
	return person{
		uid: uid, givenName: "Given", familyName: fmt.Sprintf("Family %d", i), names: []string{fmt.Sprintf("Given Family %d", i)},
		mail: uid + "@example.com", department: departments[i%len(departments)],
	}
}

// targetView is a target as `target list` shows it.
type targetView struct {
	Name           string
	Overdue        int
	OverdueSeconds int64   `json:"overdue_seconds"`
	LastError      string  `json:"last_error"`
	LastFullAt     *string `json:"last_full_at"`
}

// target returns one target as `target list` shows it.
func (h *hub) target(t *testing.T, name string) targetView {
	t.Helper()
	var list []targetView
	h.mustJSON(t, exitDone, "target list", &list)
	for _, v := range list {
		if v.Name == name {
			return v
		}
	}
	t.Fatalf("target list has no %s: %+v", name, list)
	return targetView{}
}

// ready waits until the hub has seen both targets once: what it does from then
// on does not wait for a first look.
func (w *world) ready(t *testing.T) {
	t.Helper()
	eventually(t, startTimeout, func() string {
		for _, name := range []string{"directory", "app"} {
			if v := w.target(t, name); v.LastFullAt == nil {
				return fmt.Sprintf("%+v was never read", v)
			}
		}
		return ""
	})
}

// converges waits until both targets hold exactly what they should.
func (w *world) converges(t *testing.T, within time.Duration) time.Duration {
	t.Helper()
	return eventually(t, within, func() string {
		return difference(w.company.inApp(), readApp(w.app)) + difference(w.company.inDirectory(), readDirectory(t, w.directory, w.base))
	})
}
