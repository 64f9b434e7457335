// Package commandtarget tests the program that people copy.
package commandtarget

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/handoff"
	"birthright/internal/handoff/receiver"
	"birthright/targets"
	"birthright/targets/command"

	"github.com/google/go-cmp/cmp"
)

var all = []string{"create-account", "update-account", "disable-account", "delete-account", "create-entitlement"}

// calls are so many random ones over few names, so that they meet; some come twice.
func calls(seed uint64, n int) []handoff.Call {
	random := rand.New(rand.NewPCG(seed, 1))
	pick := func(from ...string) string { return from[random.IntN(len(from))] }
	var out []handoff.Call
	for i := range n {
		if i > 0 && random.IntN(6) == 0 {
			out = append(out, out[random.IntN(i)])
			continue
		}
		if random.IntN(5) == 0 {
			ask := &handoff.Ask{Limit: 1 + random.IntN(4)}
			switch random.IntN(3) {
			case 0:
				ask.AccountIDs, ask.Names = []string{"a1"}, []string{"bob"}
			case 1:
				ask.Entitlements = []handoff.Entitlement{{Kind: "role", ID: "eng"}}
			}
			out = append(out, handoff.Call{Version: 1, State: ask})
			continue
		}
		out = append(out, handoff.Call{Version: 1, Apply: op(fmt.Sprintf("key-%d-%012d", seed, i), pick)})
	}
	return append(out, handoff.Call{Version: 1, State: &handoff.Ask{Limit: 1000}}, handoff.Call{Version: 1, Status: "nobody-has-this"})
}

func op(key string, pick func(...string) string) *handoff.Op {
	o := &handoff.Op{Version: 1, Target: "t", ID: "x", Key: key, Action: targets.Action(pick(append([]string{"add", "add", "add", "remove", "enable-account"}, all...)...))}
	if o.Action != targets.CreateEntitlement {
		o.Account = &handoff.Account{Name: pick("ada", "bob", "ßλ, 'x'"), Active: pick("yes", "no") == "yes", ID: pick("", "", "", "a1", "a9")}
		if o.Action == targets.CreateAccount {
			o.Account.ID = ""
		}
		if v := pick("", "one", "two"); v != "" {
			o.Account.Attributes = map[string][]string{"title": {v}}
		}
	}
	if o.Action == targets.Add || o.Action == targets.Remove || o.Action == targets.CreateEntitlement {
		o.Entitlement = &handoff.Entitlement{Kind: "role", ID: pick("eng", "ops / \"x\"")}
	}
	if o.Action == targets.Add && pick("", "end") != "" {
		end := time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC)
		o.NotAfter = &end
	}
	return o
}

// The program answers as the reference receiver does, whatever it is asked.
func TestProgramAnswersAsTheReceiver(t *testing.T) {
	for seed := range uint64(4) {
		var in, want bytes.Buffer
		enc := json.NewEncoder(&in)
		for _, c := range calls(seed, 150) {
			if err := enc.Encode(c); err != nil {
				t.Fatal(err)
			}
		}
		r := receiver.New(receiver.Options{Abilities: handoff.Abilities{Actions: all, Ends: true}, Page: 1000})
		if err := r.Lines(bytes.NewReader(in.Bytes()), &want); err != nil {
			t.Fatal(err)
		}
		program := exec.CommandContext(t.Context(), "python3", "target.py", filepath.Join(t.TempDir(), "held.json"))
		program.Stdin = bytes.NewReader(in.Bytes())
		got, err := program.Output()
		if err != nil {
			t.Fatal(err)
		}
		asked := strings.Split(in.String(), "\n")
		wanted, gotten := told(t, want.Bytes()), told(t, got)
		for i := range wanted {
			if d := cmp.Diff(wanted[i], gotten[i]); d != "" {
				t.Fatalf("seed %d, call %d (-receiver +program):\n%s\n%s", seed, i, d, asked[i])
			}
		}
	}
}

// told reads lines of answers, without what is for people.
func told(t *testing.T, text []byte) []map[string]any {
	t.Helper()
	var out []map[string]any
	for line := range bytes.SplitSeq(bytes.TrimSpace(text), []byte("\n")) {
		var v map[string]any
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		delete(v, "detail")
		for _, a := range list(v["accounts"]) {
			if len(a["attributes"].(map[string]any)) == 0 {
				delete(a, "attributes")
			}
		}
		out = append(out, v)
	}
	return out
}

func list(v any) []map[string]any {
	var out []map[string]any
	items, _ := v.([]any)
	for _, i := range items {
		m, _ := i.(map[string]any)
		if m["attributes"] == nil {
			m["attributes"] = map[string]any{}
		}
		out = append(out, m)
	}
	return out
}

// The whole way: the hub's target, a process for each call, a file.
func TestStory(t *testing.T) {
	dir := t.TempDir()
	program, err := filepath.Abs("target.py")
	if err != nil {
		t.Fatal(err)
	}
	c := &command.Config{Command: []string{"python3", program, filepath.Join(dir, "held.json")}, State: true, PageSize: 2,
		Abilities: handoff.Abilities{Actions: all, Ends: true}}
	for _, fault := range c.Validate() {
		t.Fatal(fault)
	}
	target, err := c.Open(targets.Env{Name: "t", Now: time.Now, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	report, err := target.Probe(t.Context())
	if err != nil || len(report.Findings) != 1 || !report.Findings[0].OK {
		t.Errorf("%+v, %v", report, err)
	}
	eng := identity.Entitlement{Target: "t", Kind: "role", ID: "eng"}
	ada := targets.Account{Name: "ada", Active: true, Attributes: identity.Attributes{"title": {"Countess"}}}
	soon := time.Now().Add(-time.Second)
	for i, step := range []struct {
		op   targets.Op
		want targets.Outcome
		held int
	}{
		{targets.Op{Action: targets.CreateEntitlement, Entitlement: eng}, targets.Done, 0},
		{targets.Op{Action: targets.CreateAccount, Account: ada}, targets.Done, 0},
		{targets.Op{Action: targets.CreateAccount, Account: ada}, targets.Already, 0},
		{targets.Op{Action: targets.Add, Account: ada, Entitlement: eng}, targets.Done, 1},
		{targets.Op{Action: targets.Remove, Account: ada, Entitlement: eng}, targets.Done, 0},
		{targets.Op{Action: targets.Add, Account: ada, Entitlement: eng}, targets.Done, 1},
		{targets.Op{Action: targets.Add, Account: ada, Entitlement: eng, NotAfter: soon}, targets.Done, 0},
		{targets.Op{Action: targets.DeleteAccount, Account: ada}, targets.Done, 0},
	} {
		r := target.Apply(t.Context(), []targets.Op{step.op})[0]
		s, err := targets.ReadState(t.Context(), target, targets.Query{})
		if r.Outcome != step.want || err != nil || len(s.Assignments) != step.held {
			t.Errorf("step %d: %s (%v), %d held, %v", i, r.Outcome, r.Err, len(s.Assignments), err)
		}
	}
}
