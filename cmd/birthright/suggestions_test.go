package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/app"
	"birthright/config"
	"birthright/grants/desk"
	"birthright/reconcile"
)

// learningHub is a hub whose Ledger team asks for the wiki every few days.
type learningHub struct {
	*testing.T
	*app.App
	dir string
	now time.Time
}

const learningConfig = `
database: {url: "sqlite:birthright.db"}
policies: [policies/*.yaml]
sources:
  - {name: people, kind: file, path: people.csv}
targets:
  - {name: lists, kind: file, path: lists, accounts: {create: true}}
`

const learningPolicy = `# Who gets what.
groups:
  - {name: staff, owners: ["user:olga"], access: ["lists:list/staff"]}
  - {name: cad, owners: ["user:olga"], access: ["lists:list/cad"]}
  - {name: wiki, owners: ["user:olga"], access: ["lists:list/wiki"], request: {durations: {default: 1h, max: 8h}}}
rules:
  - {name: everybody, when: true, groups: [staff, cad]}
`

func openLearningHub(t *testing.T) *learningHub {
	t.Helper()
	h := &learningHub{T: t, dir: t.TempDir(), now: time.Now().Add(-20 * 24 * time.Hour)}
	var people strings.Builder
	people.WriteString("userName,department,team\nolga,Board,\n")
	for i := range 10 {
		fmt.Fprintf(&people, "l%d,Finance,Ledger\ns%d,Finance,Sales\n", i, i)
	}
	h.write("birthright.yaml", learningConfig)
	h.write("policies/policy.yaml", learningPolicy)
	h.write("people.csv", people.String())
	cfg, err := config.Load(filepath.Join(h.dir, "birthright.yaml"), kinds(), nil)
	h.must(err)
	h.App, err = app.Open(t.Context(), app.Options{Config: cfg, Now: func() time.Time { return h.now }, Actor: "operator:test"})
	h.must(err)
	t.Cleanup(func() { _ = h.Close() })
	_, err = h.Import(t.Context(), nil)
	h.must(err)
	h.sync()
	return h
}

func (h *learningHub) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *learningHub) write(name, text string) {
	h.Helper()
	h.must(os.MkdirAll(filepath.Dir(filepath.Join(h.dir, name)), 0o755))
	h.must(os.WriteFile(filepath.Join(h.dir, name), []byte(text), 0o600))
}

// sync makes a full run; two of them, so that what ends is also seen to be gone.
func (h *learningHub) sync() {
	h.Helper()
	for range 2 {
		h.now = h.now.Add(time.Second)
		_, err := h.Runner.Sync(h.Context(), reconcile.Request{Full: true})
		h.must(err)
	}
}

// get has somebody ask for the wiki and Olga approve.
func (h *learningHub) get(who string, d time.Duration) {
	h.Helper()
	asker, err := h.Desk.Actor(h.Context(), who)
	h.must(err)
	olga, err := h.Desk.Actor(h.Context(), "olga")
	h.must(err)
	made, err := h.Desk.Ask(h.Context(), asker, desk.Wish{Groups: []string{"wiki"}, For: d, Reason: "closing the books"})
	h.must(err)
	_, err = h.Desk.Approve(h.Context(), olga, made[0].ID, "")
	h.must(err)
}

// schedule has somebody get the wiki tomorrow.
func (h *learningHub) schedule(who string) {
	h.Helper()
	asker, err := h.Desk.Actor(h.Context(), who)
	h.must(err)
	made, err := h.Desk.Ask(h.Context(), asker, desk.Wish{Groups: []string{"wiki"}, Reason: "tomorrow", Start: h.now.Add(24 * time.Hour)})
	h.must(err)
	_, err = h.Desk.Approve(h.Context(), desk.Operator("operator:test"), made[0].ID, "")
	h.must(err)
}

// run carries out a command that must end with a code.
func (h *learningHub) run(code int, args ...string) result {
	h.Helper()
	got := runIn(h.dir, nil, args...)
	if got.code != code {
		h.Fatalf("birthright %s: exit %d, want %d\n%s\n%s", strings.Join(args, " "), got.code, code, got.stdout, got.stderr)
	}
	return got
}

func (h *learningHub) json(code int, args ...string) map[string]any {
	h.Helper()
	var out map[string]any
	h.must(json.Unmarshal([]byte(h.run(code, append(args, "-o", "json")...).stdout), &out))
	return out
}

// at looks a value up: "drafts.0.group".
func at(value any, path string) any {
	found, ok := lookUp(value, strings.Split(path, "."))
	if !ok {
		return nil
	}
	return found
}

// The whole way: asked for again and again, suggested, looked at, put in force, and
// not suggested any more.
func TestSuggestionsFromRequests(t *testing.T) {
	h := openLearningHub(t)
	for range 2 {
		for i := range 8 {
			h.get(fmt.Sprintf("l%d", i), time.Hour)
		}
		h.sync()
		h.now = h.now.Add(48 * time.Hour)
		h.sync()
	}
	h.now = time.Now()
	h.get("l0", 8*time.Hour)
	h.sync()

	report := h.json(exitDone, "report", "suggestions")
	got := map[string]string{}
	for _, path := range []string{
		"drafts.0.kind", "drafts.0.group", "drafts.0.condition", "drafts.0.evidence.requests", "drafts.0.evidence.askers", "drafts.0.evidence.median_seconds",
		"drafts.0.precision", "drafts.0.coverage", "drafts.0.asked", "drafts.0.would_gain.count", "drafts.0.would_gain.first.0", "drafts.0.would_gain.first.1",
		"drafts.0.new_memberships", "drafts.0.targets.0", "drafts.0.entitlements.0", "drafts.len", "unused.len", "requests",
	} {
		got[path] = fmt.Sprint(at(report, path))
	}
	want := map[string]string{
		"drafts.0.kind": "rule", "drafts.0.group": "wiki", "drafts.0.condition": `user.team == "Ledger"`,
		"drafts.0.evidence.requests": "17", "drafts.0.evidence.askers": "8", "drafts.0.evidence.median_seconds": "3600",
		"drafts.0.precision": "0.8", "drafts.0.coverage": "1", "drafts.0.asked": "8", "drafts.0.would_gain.count": "2",
		"drafts.0.would_gain.first.0": "l8", "drafts.0.would_gain.first.1": "l9", "drafts.0.new_memberships": "10",
		"drafts.0.targets.0": "lists", "drafts.0.entitlements.0": "lists:list/wiki", "drafts.len": "1", "unused.len": "0", "requests": "17",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	draft := filepath.Join(h.dir, "draft.yaml")
	text := h.run(exitDone, "report", "suggestions", "--draft", draft)
	for _, line := range []string{
		`wiki as birthright where user.team == "Ledger"`, "  17 requests by 8 people, 100 % approved, for 1h at the median, 2.125 times a person",
		"  10 new memberships, 2 people did not ask: l8, l9", "        when: user.team == \"Ledger\"",
	} {
		if !strings.Contains(text.stdout, line+"\n") {
			t.Errorf("%q is missing in\n%s", line, text.stdout)
		}
	}
	if again := h.run(exitUsage, "report", "suggestions", "--draft", draft); !strings.Contains(again.stderr, "there already") {
		t.Errorf("a file is overwritten: %s", again.stderr)
	}
	h.run(exitDone, "report", "suggestions", "--draft", draft, "--force")

	// Before it is put in force: who gains, and which grant is needed no more.
	impact := h.json(exitChanges, "policy", "diff", "--against", "live", draft, "--exit-code")
	if n := at(impact, "gains.len"); n != "9" {
		t.Errorf("gains: %v", impact["gains"])
	}
	if at(impact, "losses.len") != "0" || at(impact, "needless_grants.len") != "1" || at(impact, "needless_grants.0.user") != "l0" {
		t.Errorf("losses %v, needless %v", impact["losses"], impact["needless_grants"])
	}
	files := h.json(exitChanges, "policy", "diff", filepath.Join(h.dir, "policies"), draft, "--exit-code")
	if d := cmp.Diff(impact["gains"], files["gains"]); d != "" || at(files, "needless_grants.len") != "1" {
		t.Errorf("against the files it is something else: %s %v", d, files["needless_grants"])
	}

	// Other edits, and what they do to grants that live or are ahead.
	h.schedule("s1")
	h.write("gone.yaml", strings.Replace(learningPolicy, "  - {name: wiki,", "  - {name: wiki2,", 1))
	gone := h.json(exitChanges, "policy", "diff", filepath.Join(h.dir, "policies"), filepath.Join(h.dir, "gone.yaml"), "--exit-code")
	if at(gone, "losses.len") != "1" || at(gone, "losses.0.user") != "l0" || at(gone, "targets.0.removes") != "1" || at(gone, "ending_grants.len") != "1" ||
		at(gone, "ending_grants.0.why") != "the policy has no group wiki any more" || at(gone, "failing_grants.0.user") != "s1" {
		t.Errorf("a group is gone: %v", gone)
	}
	h.write("closed.yaml", strings.Replace(learningPolicy, ", request: {durations: {default: 1h, max: 8h}}", "", 1))
	closed := h.run(exitChanges, "policy", "diff", filepath.Join(h.dir, "policies"), filepath.Join(h.dir, "closed.yaml"), "--exit-code")
	if !strings.Contains(closed.stdout, "wiki may not be asked for any more") || strings.Contains(closed.stdout, "ENDING") {
		t.Errorf("it may not be asked for any more: %s", closed.stdout)
	}
	same := h.json(exitDone, "policy", "diff", filepath.Join(h.dir, "policies"), filepath.Join(h.dir, "policies"), "--exit-code")
	live := h.json(exitDone, "policy", "diff", "--against", "live", "--exit-code")
	if at(same, "losses.len") != "0" || at(live, "losses.len") != "0" || at(live, "gains.len") != "0" {
		t.Errorf("nothing changes: %v, %v", same, live)
	}

	// Put in force, and checked; what is birthright is not suggested.
	data, err := os.ReadFile(draft)
	h.must(err)
	h.write("policies/policy.yaml", string(data))
	h.run(exitDone, "policy", "check", "--strict")
	after := h.json(exitDone, "report", "suggestions")
	if at(after, "drafts.len") != "0" {
		t.Errorf("birthright is suggested: %v", after["drafts"])
	}
	for output, want := range map[string]string{
		"table": "18 requests for 1 group since ", "csv": "kind,group,risk,condition,", "yaml": "drafts: []\n", "markdown": "### What people ask for again and again\n",
	} {
		if got := h.run(exitDone, "report", "suggestions", "-o", output); !strings.Contains(got.stdout, want) {
			t.Errorf("%s: %s", output, got.stdout)
		}
	}
}

// The other way round: what is not used leaves the rule.
func TestSuggestionsFromUsage(t *testing.T) {
	h := openLearningHub(t)
	var use strings.Builder
	use.WriteString("user,group_or_entitlement,last_used\nolga,cad,\n")
	for i := range 10 {
		last := ""
		if i < 3 {
			last = time.Now().Add(-72 * time.Hour).Format(time.RFC3339)
		}
		fmt.Fprintf(&use, "s%d,lists:list/cad,%s\nl%d,lists:list/cad,\n", i, last, i)
	}
	h.write("use.csv", use.String())
	draft := filepath.Join(h.dir, "draft.yaml")
	report := h.json(exitDone, "report", "suggestions", "--usage", filepath.Join(h.dir, "use.csv"), "--draft", draft)
	got := map[string]string{}
	for _, path := range []string{
		"unused.0.group", "unused.0.rule", "unused.0.position.line", "unused.0.members", "unused.0.used", "unused.0.unused", "unused.0.not_in_file",
		"unused.0.taken", "unused.0.must_ask.count", "unused.0.must_ask.first.0", "unused.0.default", "unused.0.max", "unused.len",
		"unused_left_out.0.group", "unused_left_out.0.not_in_file",
	} {
		got[path] = fmt.Sprint(at(report, path))
	}
	want := map[string]string{
		"unused.0.group": "cad", "unused.0.rule": "everybody", "unused.0.position.line": "7", "unused.0.members": "21", "unused.0.used": "3",
		"unused.0.unused": "18", "unused.0.not_in_file": "0", "unused.0.taken": "21", "unused.0.must_ask.count": "3", "unused.0.must_ask.first.0": "s0",
		"unused.0.default": "1d", "unused.0.max": "1w", "unused.len": "1", "unused_left_out.0.group": "staff", "unused_left_out.0.not_in_file": "21",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	impact := h.json(exitChanges, "policy", "diff", "--against", "live", draft, "--exit-code")
	if at(impact, "losses.len") != "21" || at(impact, "groups.0.group") != "cad" || at(impact, "gains.len") != "0" {
		t.Errorf("%v", impact)
	}
	h.write("bad.csv", "user,group_or_entitlement,last_used\nnobody,cad,2026-01-01\nolga,dog,2026-01-01\n")
	bad := h.run(exitUsage, "report", "suggestions", "--usage", filepath.Join(h.dir, "bad.csv"))
	for _, fault := range []string{`bad.csv:2:1: there is no user "nobody"`, `bad.csv:3:6: "dog" is neither a group`} {
		if !strings.Contains(bad.stderr, fault) {
			t.Errorf("%q is missing in %s", fault, bad.stderr)
		}
	}
}

func TestSuggestionsMisused(t *testing.T) {
	dir := newHub(t)
	for args, want := range map[string]string{
		"--min-precision 1.5":   "--min-precision 1.5: a share is between 0 and 1",
		"--min-coverage NaN":    "--min-coverage NaN: a share is between 0 and 1",
		"--since yesterday":     "--since yesterday: write how long ago, such as 90d or 12w",
		"--unused -1d":          "--unused -1d: write how long ago",
		"--min-askers -1":       "--min-askers",
		"--usage /nowhere":      "read usage",
		"--output chart":        "choose one of",
		"--draft " + dir + "":   "the file is there already",
		"something --since 90d": "takes no arguments",
	} {
		got := runIn(dir, nil, append([]string{"report", "suggestions"}, strings.Fields(args)...)...)
		if got.code != exitUsage || !strings.Contains(got.stderr, want) {
			t.Errorf("%s: exit %d: %s", args, got.code, got.stderr)
		}
	}
}
