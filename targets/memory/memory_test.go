package memory_test

import (
	"context"
	"errors"
	"testing"

	"birthright/identity"
	"birthright/targets"
	"birthright/targets/memory"

	"github.com/google/go-cmp/cmp"
)

var eng = identity.Entitlement{Target: "demo", Kind: "group", ID: "eng"}

func TestApplyReportsEachOpInOrder(t *testing.T) {
	m := memory.New("demo")
	ada := targets.Account{Name: "ada", Active: true}
	got := m.Apply(t.Context(), []targets.Op{
		{Action: targets.CreateEntitlement, Entitlement: eng},
		{Action: targets.CreateAccount, Account: ada},
		{Action: targets.Add, Account: targets.Account{Name: "ada"}, Entitlement: eng},
		{Action: targets.Add, Account: targets.Account{Name: "nobody"}, Entitlement: eng},
		{Action: targets.Add, Account: targets.Account{Name: "ada"}, Entitlement: eng},
		{Action: "dance", Account: ada},
	})
	var outcomes []targets.Outcome
	for _, r := range got {
		outcomes = append(outcomes, r.Outcome)
	}
	want := []targets.Outcome{targets.Done, targets.Done, targets.Done, targets.Stale, targets.Already, targets.Refused}
	if diff := cmp.Diff(want, outcomes); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
}

func TestCountsAndWatermarkFollowChanges(t *testing.T) {
	m := memory.New("demo")
	m.Seed(targets.State{Assignments: []targets.Assignment{{AccountID: "ada", Entitlement: eng}}})
	before, _ := m.Watermark(t.Context())
	remove := []targets.Op{{Action: targets.Remove, Account: targets.Account{Name: "ada"}, Entitlement: eng}}
	m.Apply(t.Context(), remove)
	m.Apply(t.Context(), remove)
	after, _ := m.Watermark(t.Context())
	if before == after {
		t.Error("the watermark did not move with a removal")
	}
	want := memory.Counts{Applies: 2, Ops: 2, Changes: 1, ByAction: map[targets.Action]int{targets.Remove: 2}}
	if diff := cmp.Diff(want, m.Counts()); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

func TestLostReplyTakesEffect(t *testing.T) {
	m := memory.New("demo", memory.WithFaults(memory.Faults{Op: func(targets.Op) memory.Fault { return memory.LoseReply }}))
	r := m.Apply(t.Context(), []targets.Op{{Action: targets.CreateAccount, Account: targets.Account{Name: "ada"}}})
	if r[0].Outcome != targets.Unknown || len(m.Snapshot().Accounts) != 1 {
		t.Errorf("outcome %s with %d accounts, want unknown with one", r[0].Outcome, len(m.Snapshot().Accounts))
	}
}

func TestFailedPageEndsTheRead(t *testing.T) {
	broken := errors.New("page 1 is broken")
	m := memory.New("demo", memory.WithFaults(memory.Faults{PageSize: 1, Read: func(page int) error {
		if page == 1 {
			return broken
		}
		return nil
	}}))
	m.Seed(targets.State{Accounts: []targets.Account{{Name: "a"}, {Name: "b"}}})
	if _, err := targets.ReadState(t.Context(), m, targets.Query{}); !errors.Is(err, broken) {
		t.Errorf("error %v, want the page's", err)
	}
}

func TestConfigSeedsEntitlementsAndTellsFaults(t *testing.T) {
	if faults := (&memory.Config{Entitlements: []string{"eng", "group/eng"}}).Validate(); len(faults) != 1 {
		t.Errorf("faults %v, want one about \"eng\"", faults)
	}
	target, err := (&memory.Config{Entitlements: []string{"group/eng"}}).Open(targets.Env{Name: "demo"})
	if err != nil {
		t.Fatal(err)
	}
	state, err := targets.ReadState(context.Background(), target, targets.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]targets.Entitlement{{Address: eng}}, state.Entitlements); diff != "" {
		t.Errorf("entitlements (-want +got):\n%s", diff)
	}
}
