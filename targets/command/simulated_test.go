package command

import (
	"path/filepath"
	"testing"
	"time"

	"birthright/internal/handoff"
	"birthright/targets"
	"birthright/targets/targettest"

	"github.com/google/go-cmp/cmp"
)

// pretending is the configuration of a target of which nothing is run.
func pretending(t testing.TB) *Config {
	t.Helper()
	c := &Config{Simulate: true, State: true, PageSize: 3, Batch: 3, Abilities: handoff.Abilities{Actions: all}}
	for _, fault := range c.Validate() {
		t.Fatal(fault)
	}
	return c
}

func TestTheContractWhereNothingIsRun(t *testing.T) {
	targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
		target, err := pretending(t).Open(targets.Env{Name: "t", Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		return targettest.Peer{Target: target, Page: 3, Batch: 3}
	}})
}

// What a simulated program holds is there in the next run, and nothing of the
// configured one is read: neither the executable nor a secret.
func TestASimulatedProgramRemembers(t *testing.T) {
	file := filepath.Join(t.TempDir(), "simulated", "t.json")
	open := func() *handoff.Target {
		c := pretending(t)
		c.Command = []string{"/nowhere/at/all"}
		target, err := c.Open(targets.Env{Name: "t", Now: time.Now, Simulation: targets.Simulation{File: file}})
		if err != nil {
			t.Fatal(err)
		}
		return target.(*handoff.Target)
	}
	first := open()
	if r := first.Apply(t.Context(), []targets.Op{{ID: "1", Action: targets.CreateAccount, Account: targets.Account{Name: "ada", Active: true}}}); !r[0].Outcome.OK() {
		t.Fatal(r[0].Err)
	}
	before, err := targets.ReadState(t.Context(), first, targets.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	after, err := targets.ReadState(t.Context(), open(), targets.Query{})
	if err != nil || len(after.Accounts) != 1 {
		t.Fatalf("%v, %v", after, err)
	}
	if d := cmp.Diff(before, after); d != "" {
		t.Errorf("the next run (-before +after):\n%s", d)
	}
}
