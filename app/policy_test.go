package app_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"birthright/app"
	"birthright/audit"
	"birthright/reconcile"
	"birthright/store"
	"birthright/targets"
	"birthright/targets/memory"
)

// policyHub is a hub whose policy is edited while it serves.
type policyHub struct {
	*testing.T
	*app.App
	url string
	log *logged
}

func newPolicyHub(t *testing.T) *policyHub {
	t.Helper()
	h := &policyHub{T: t, log: &logged{}}
	cfg := folder(t, map[string]string{"hub.yaml": hubConfig, "policy.yaml": hubPolicy})
	h.App, h.url = serving(t, app.Options{
		Config: cfg, Targets: map[string]targets.Target{"wiki": memory.New("wiki")},
		Log: slog.New(slog.NewTextHandler(h.log, nil)),
	})
	return h
}

// logged is a log that several goroutines write to.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// edit writes the policy file and has it read again.
func (h *policyHub) edit(text string) error {
	h.Helper()
	if err := os.WriteFile(filepath.Join(h.Config.Dir, "policy.yaml"), []byte(text), 0o600); err != nil {
		h.Fatal(err)
	}
	return h.ReloadPolicy(h.Context())
}

func (h *policyHub) mustEdit(text string) {
	h.Helper()
	if err := h.edit(text); err != nil {
		h.Fatal(err)
	}
}

// kept lists the versions that are kept, the oldest first.
func (h *policyHub) kept() (rows []store.PolicyRow) {
	h.Helper()
	err := h.Store.View(h.Context(), func(tx *store.Tx) (err error) { rows, err = tx.Policies(h.Context(), 0); return err })
	if err != nil {
		h.Fatal(err)
	}
	slices.Reverse(rows)
	return rows
}

// audited lists the events about policies.
func (h *policyHub) audited() (records []audit.Record) {
	h.Helper()
	err := h.Store.View(h.Context(), func(tx *store.Tx) error {
		return tx.EachAudit(h.Context(), store.AuditQuery{}, func(r audit.Record) error {
			if strings.HasPrefix(r.Action, "policy.") {
				records = append(records, r)
			}
			return nil
		})
	})
	if err != nil {
		h.Fatal(err)
	}
	return records
}

func (h *policyHub) actions() []string {
	h.Helper()
	var out []string
	for _, r := range h.audited() {
		out = append(out, r.Action)
	}
	return out
}

func (h *policyHub) same(what string, got, want any) {
	h.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		h.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// page sees that what is served has these texts.
func (h *policyHub) page(path string, texts ...string) {
	h.Helper()
	status, body := get(h.T, h.url+path)
	if status != 200 {
		h.Errorf("%s answers %d", path, status)
	}
	for _, text := range texts {
		if !strings.Contains(body, text) {
			h.Errorf("%s does not have %q:\n%s", path, text, body)
		}
	}
}

const sales = `
groups: [{name: engineering, access: ["wiki:group/engineering"]}, {name: sales}]
rules:
  - {name: engineers, when: 'user.department == "Engineering"', groups: [engineering]}
  - {name: sellers, when: 'user.department == "Sales"', groups: [sales]}
`

func TestPoliciesThatAreLoadedAreKept(t *testing.T) {
	h := newPolicyHub(t)
	first := h.Engine().Policy()
	h.mustEdit(sales)
	second := h.Engine().Policy()
	h.mustEdit("# only a comment\n" + sales)
	h.mustEdit(hubPolicy)

	rows := h.kept()
	var hashes []string
	for _, row := range rows {
		hashes = append(hashes, row.Hash)
	}
	h.same("hashes: what means the same is no version, what comes back is one", hashes, []string{first.Hash, second.Hash, first.Hash})
	h.same("the first has nothing before it", string(rows[0].Changes), "")
	h.same("the second", string(rows[1].Changes), `[{"kind":"group","name":"sales","action":"added"},`+
		`{"kind":"rule","name":"sellers","action":"added","fields":[{"field":"when","old":"","new":"user.department == \"Sales\""},{"field":"groups","old":"","new":"sales"}]}]`)
	h.same("who, and how much", [3]any{rows[1].LoadedBy, rows[1].Groups, rows[1].Rules}, [3]any{"operator:test", 2, 2})
	err := h.Store.View(t.Context(), func(tx *store.Tx) error {
		files, err := tx.PolicyFiles(t.Context(), 2)
		h.same("files", files, []store.PolicyFile{{Name: filepath.Join(filepath.Dir(h.Config.File), "policy.yaml"), Text: sales}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	h.same("events", h.actions(), []string{"policy.loaded", "policy.loaded", "policy.loaded"})
	event := h.audited()[1]
	h.same("event", [3]any{event.Actor, event.Subject, event.Detail}, [3]any{"operator:test", "policy:" + second.Version, map[string]any{
		"hash": second.Hash, "previous": first.Version, "files": json.Number("1"), "groups": json.Number("2"), "rules": json.Number("2"),
		"templates": json.Number("0"), "constraints": json.Number("0"), "added": json.Number("2"),
	}})
}

// A failing reload keeps the old policy and says so everywhere, until a good one.
func TestAFailingReloadKeepsTheOldPolicyLoudly(t *testing.T) {
	h := newPolicyHub(t)
	old := h.Engine().Policy()
	inForce := `birthright_policy_info{version="` + old.Version + `"} 1`
	h.page("/metrics", inForce, "birthright_policy_reload_failed 0", "birthright_policy_loaded_timestamp_seconds ")
	h.page("/readyz", `"policy":"`+old.Version+`"`)

	faulty := strings.ReplaceAll(sales, "user.department", "user.departmnt")
	if err := h.edit(faulty); err == nil {
		t.Fatal("a policy with faults was taken")
	}
	if err := h.edit(faulty); err == nil {
		t.Fatal("a policy with faults was taken the second time")
	}
	h.same("in force", h.Engine().Policy().Version, old.Version)
	h.same("kept", len(h.kept()), 1)
	h.same("events: one for one failure", h.actions(), []string{"policy.loaded", "policy.refused"})
	refused := h.audited()[1]
	faults, _ := refused.Detail["faults"].([]any)
	h.same("subject", refused.Subject, "policy:"+old.Version)
	h.same("faults in the audit log", len(faults), 2)
	h.page("/metrics", inForce, "birthright_policy_reload_failed 1")
	h.page("/readyz", `"status":"ok"`, `"policy":"`+old.Version+`"`, `"policy_reload":"failed at `)
	for _, text := range []string{"level=ERROR", "the old one stays in force", "in_force=" + old.Version, "policy.yaml:4:", "policy.yaml:5:"} {
		if !strings.Contains(h.log.String(), text) {
			t.Errorf("the log does not have %q:\n%s", text, h.log)
		}
	}

	if err := h.edit("rules: 1"); err == nil {
		t.Fatal("a policy with another fault was taken")
	}
	h.same("events: another failure", h.actions(), []string{"policy.loaded", "policy.refused", "policy.refused"})

	h.mustEdit(sales)
	h.page("/metrics", `birthright_policy_info{version="`+h.Engine().Policy().Version+`"} 1`, "birthright_policy_reload_failed 0")
	if _, body := get(t, h.url+"/readyz"); strings.Contains(body, "policy_reload") {
		t.Errorf("/readyz still tells of a failure: %s", body)
	}
	h.same("kept", len(h.kept()), 2)

	if err := h.edit(faulty); err == nil {
		t.Fatal("a policy with faults was taken after a good one")
	}
	h.same("events: the first failure again, after a good reload", len(h.actions()), 5)
}

// A policy that cannot be kept is not put in force: memberships could not name it.
func TestAPolicyThatCannotBeKeptIsNotPutInForce(t *testing.T) {
	h := newPolicyHub(t)
	old := h.Engine().Policy()
	if err := h.Store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := h.edit(sales); err == nil {
		t.Fatal("a policy was put in force that nothing kept")
	}
	h.same("in force", h.Engine().Policy().Version, old.Version)
}

// Whoever only looks keeps nothing; a sync keeps its policy before it decides.
func TestLookingKeepsNothing(t *testing.T) {
	cfg := folder(t, map[string]string{"hub.yaml": hubConfig, "policy.yaml": hubPolicy})
	a, err := app.Open(t.Context(), app.Options{Config: cfg, Actor: "operator:test", Targets: map[string]targets.Target{"wiki": memory.New("wiki")}})
	if err != nil {
		t.Fatal(err)
	}
	h := &policyHub{T: t, App: a}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := a.Runner.Plan(t.Context(), reconcile.Request{}); err != nil {
		t.Fatal(err)
	}
	h.same("kept by a plan", len(h.kept()), 0)
	for range 2 {
		if _, err := a.Sync(t.Context(), reconcile.Request{}); err != nil {
			t.Fatal(err)
		}
		h.same("kept by a sync", len(h.kept()), 1)
	}
}

// Of two programs that load the same new policy at once, one keeps it.
func TestAPolicyIsKeptOnce(t *testing.T) {
	h := newPolicyHub(t)
	if err := os.WriteFile(filepath.Join(h.Config.Dir, "policy.yaml"), []byte(sales), 0o600); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		a, err := app.Open(t.Context(), app.Options{Config: h.Config, Actor: "operator:other", Targets: map[string]targets.Target{"wiki": memory.New("wiki")}})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := a.Close(); err != nil {
				t.Error(err)
			}
		}()
		all.Go(func() {
			if err := a.ReloadPolicy(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	h.same("kept", len(h.kept()), 2)
	h.same("events", h.actions(), []string{"policy.loaded", "policy.loaded"})
}
