package reconcile_test

import (
	"context"
	"testing"
	"time"

	"birthright/identity"
	"birthright/reconcile"
	"birthright/store"
)

// explain asks about one group.
func (h *hub) explain(name string, q reconcile.Question) (all []reconcile.Explained) {
	h.view(func(ctx context.Context, tx *store.Tx) error {
		u, err := tx.UserByName(ctx, name)
		if err == nil {
			all, err = h.runner().Explain(ctx, tx, u, q)
		}
		return err
	})
	return all
}

// TestAgesOfWhatWasRead holds that a source that pushes is as old as what it
// pushed, and that a whole read of a pulled one confirms what is known.
func TestAgesOfWhatWasRead(t *testing.T) {
	h := newHub(t, company, nil)
	h.join("ada", "department", "Sales")
	h.clock.pass(48 * time.Hour)
	read := h.explain("ada", reconcile.Question{Group: "engineering"})[0].Unmet[0].Reads[0]
	if read.Source == "" || read.AsOf == nil || !read.AsOf.Equal(*read.Since) || read.AsOf.After(noon.Add(time.Hour)) {
		t.Errorf("pushed: %+v", read)
	}
	later := noon.Add(47 * time.Hour)
	h.update(func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveSourceState(ctx, store.SourceState{Name: read.Source, LastAt: later, LastCompleteAt: later})
	})
	again := h.explain("ada", reconcile.Question{Group: "engineering"})[0].Unmet[0].Reads[0]
	if !again.AsOf.Equal(later) || !again.Since.Equal(*read.Since) {
		t.Errorf("pulled: %+v", again)
	}
}

// TestCausesThatNoRuleKnowsAreTold holds that a stored cause of another kind counts.
func TestCausesThatNoRuleKnowsAreTold(t *testing.T) {
	h := newHub(t, company, nil)
	h.join("ada", "department", "Sales")
	h.full()
	h.update(func(ctx context.Context, tx *store.Tx) error {
		u, err := tx.UserByName(ctx, "ada")
		h.must(err)
		groups, err := tx.GroupNumbers(ctx, []string{"engineering"}, true)
		h.must(err)
		causes, err := tx.CauseSetNumber(ctx, []identity.Cause{{Kind: identity.CauseGrant, Name: "g1"}})
		h.must(err)
		row := store.MembershipRow{UserN: u.N, GroupN: groups["engineering"], CausesN: causes, Since: noon.UnixMicro(), EndsAt: noon.Add(time.Hour).UnixMicro()}
		return tx.ChangeMemberships(ctx, []store.MembershipRow{row}, nil)
	})
	x := h.explain("ada", reconcile.Question{Group: "engineering"})[0]
	if !x.Held || len(x.Unmet) > 0 || x.Because[0].Kind != identity.CauseGrant || !x.EndsAt.Equal(noon.Add(time.Hour)) || x.Flips != nil {
		t.Errorf("%+v", x)
	}
}
