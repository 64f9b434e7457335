package e2e

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// talk is a conversation as `source inspect` shows it.
type talk struct {
	ID, Source, Method, URL, Agent, Token, Dialect string
	Status                                         int
	TookMS                                         float64 `json:"took_ms"`
	Request, Answer                                object
	Read                                           []string
}

// TestInspect is somebody who sets up an identity provider and looks at what it
// says: passwords are masked, and what was said outlives a restart.
func TestInspect(t *testing.T) {
	t.Parallel()
	h := &hub{dir: t.TempDir()}
	h.write(t, "birthright.yaml", `{server: {listen: "127.0.0.1:0"}, database: {url: "sqlite:hub.db"}, sources: [{name: okta, kind: scim}, {name: quiet, kind: scim, inspect: 0}]}`)
	token := h.token(t)
	s := h.serve(t)
	status, answer := send(t, http.MethodPost, s.url+"/scim/v2/Users", token, object{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "userName": "ada", "password": "hunter2!",
	})
	if status != http.StatusCreated {
		t.Fatalf("push: %d %v", status, answer)
	}
	id, _ := answer["id"].(string)
	status, answer = send(t, http.MethodPatch, s.url+"/scim/v2/Users/"+id, token, object{
		"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"},
		"Operations": []object{
			{"op": "Replace", "value": "hunter3!", "path": "password"},
			{"op": "Replace", "path": "active", "value": "False"},
		},
	})
	if status != http.StatusOK {
		t.Fatalf("patch: %d %v", status, answer)
	}
	send(t, http.MethodGet, s.url+"/scim/v2/Users?filter=password+eq+%22hunter2!%22", token, nil) // whatever the answer is
	h.overheard(t, 3)
	h.masked(t, token)

	// What is said shortly before the end is there as well, and outlives it.
	if status, _ := send(t, http.MethodPost, s.url+"/scim/v2/Users", token, object{"userName": "ada"}); status != http.StatusBadRequest {
		t.Errorf("a body without schemas: %d", status)
	}
	s.stop(t)
	talks := h.overheard(t, 4)
	s = h.serve(t)
	if again := h.overheard(t, 4); again[0].ID != talks[0].ID || again[3].ID != talks[3].ID {
		t.Errorf("after a restart: %+v, before it: %+v", again, talks)
	}
	create, patch, failed := talks[0], talks[1], talks[3]
	if create.Request["password"] != "***" || create.Request["userName"] != "ada" || create.Answer["id"] != id || create.Status != http.StatusCreated ||
		create.Source != "okta" || create.Token == "" || create.TookMS <= 0 || !strings.HasPrefix(create.Agent, "Go-http-client") {
		t.Errorf("create: %+v", create)
	}
	steps, _ := patch.Request["Operations"].([]any)
	if len(steps) != 2 || steps[0].(map[string]any)["value"] != "***" || steps[1].(map[string]any)["value"] != "False" || steps[1].(map[string]any)["op"] != "Replace" {
		t.Errorf("patch: %+v", patch)
	}
	read := strings.Join(patch.Read, "; ")
	for _, want := range []string{`operation 1: "Replace" was read as replace`, `active: the text "False" was read as false`, "the password is not kept"} {
		if !strings.Contains(read, want) {
			t.Errorf("how it was read is not told: %q lacks %q", read, want)
		}
	}
	if patch.Dialect != "entra" {
		t.Errorf("operations in capitals are Entra's, not %q", patch.Dialect)
	}
	var refused []talk
	h.mustJSON(t, exitDone, "source inspect okta --failed --limit 1", &refused)
	if len(refused) != 1 || refused[0].ID != failed.ID {
		t.Errorf("failed: %+v, want %+v", refused, failed)
	}
	var one []talk
	h.mustJSON(t, exitDone, "source inspect okta --id "+create.ID[len(create.ID)-8:], &one)
	if len(one) != 1 || one[0].ID != create.ID {
		t.Errorf("by the end of its id: %+v", one)
	}
	h.follows(t, s, token)
	s.stop(t)
	h.masked(t, token)
}

// overheard waits until so many conversations are there.
func (h *hub) overheard(t *testing.T, n int) (talks []talk) {
	t.Helper()
	eventually(t, 10*time.Second, func() string {
		talks = nil
		got := h.mustJSON(t, exitDone, "source inspect okta --limit 0", &talks)
		if len(talks) != n {
			return "not all are there: " + got.stdout
		}
		return ""
	})
	return talks
}

// masked sees that no form of what was said tells a secret, nor does the database.
func (h *hub) masked(t *testing.T, token string) {
	t.Helper()
	_, secret, _ := strings.Cut(strings.TrimPrefix(token, "br_"), "_")
	for _, line := range []string{"source inspect okta", "source inspect okta -o json", "source inspect okta -o yaml", "source inspect okta --list -o csv", "source inspect okta --list"} {
		got := h.must(t, exitDone, line)
		if strings.Contains(got.stdout, "hunter") || strings.Contains(got.stdout, secret) {
			t.Errorf("birthright %s tells a secret:\n%s", line, got.stdout)
		}
		if !strings.Contains(got.stdout, "/scim/v2/Users") {
			t.Errorf("birthright %s tells nothing:\n%s", line, got.stdout)
		}
	}
	got := h.must(t, exitDone, "source inspect okta")
	if !strings.Contains(got.stdout, `"password": "***"`) || !strings.Contains(got.stdout, "< 201 Created, after ") {
		t.Errorf("the transcript is\n%s", got.stdout)
	}
	if got := h.must(t, exitDone, "source inspect quiet"); !strings.Contains(got.stderr, "`inspect` is 0 in its configuration") {
		t.Errorf("of a source that nobody listens to: %q", got.stderr)
	}
}

// follows sees that what comes is shown as it comes.
func (h *hub) follows(t *testing.T, s *serving, token string) {
	t.Helper()
	cmd := h.command(t.Context(), "source", "inspect", "okta", "--follow", "--limit", "1", "-o", "json")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	next := func() (one talk) {
		t.Helper()
		if !lines.Scan() {
			t.Fatalf("nothing follows: %v", lines.Err())
		}
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			t.Fatalf("%v in %s", err, lines.Text())
		}
		return one
	}
	if first := next(); first.Status != http.StatusBadRequest {
		t.Errorf("it begins with %+v", first)
	}
	if status, _ := send(t, http.MethodGet, s.url+"/scim/v2/ServiceProviderConfig", token, nil); status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	if second := next(); second.URL != "/scim/v2/ServiceProviderConfig" {
		t.Errorf("it goes on with %+v", second)
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		var exit *exec.ExitError
		t.Errorf("interrupted: %v %v", err, exit)
	}
}
