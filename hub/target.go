package hub

import (
	"context"

	"birthright/grants/approval"
	"birthright/reconcile"
	"birthright/rights"
	"birthright/store"
)

// lastRuns is how many runs the page of a target has.
const lastRuns = 10

// TargetDetail is all that is known of one target.
type TargetDetail struct {
	Target
	// Accounts and Drift are as of the last whole read.
	Accounts int `json:"accounts" doc:"accounts that the last whole read showed"`
	Drift    int `json:"drift" doc:"what the last whole read showed that somebody else changed"`
	// Gap says why the last look at all of it did not show everything.
	Gap          string       `json:"gap"`
	Queue        int          `json:"queue" doc:"people who wait to be looked after on it"`
	OpenChanges  int          `json:"open_changes" doc:"changes that were begun and have no known outcome"`
	Match        []string     `json:"match" nullable:"false" doc:"attributes by which accounts are recognised as people's"`
	Creates      bool         `json:"creates_accounts"`
	Leaver       string       `json:"leaver" doc:"what becomes of the accounts of leavers"`
	Guard        Guard        `json:"guard"`
	Capabilities Capabilities `json:"capabilities"`
	Runs         []Run        `json:"runs" nullable:"false" doc:"the last ones, newest first"`
}

// Guard is how many removals that nobody ordered a target may see in 24 hours; negative
// for no limit.
type Guard struct {
	MaxRemovals       int     `json:"max_removals"`
	MaxRemovalPercent float64 `json:"max_removal_percent"`
	MinRemovals       int     `json:"min_removals"`
}

// Capabilities are what a target can do.
type Capabilities struct {
	Kinds              []string `json:"kinds" nullable:"false"`
	CreateAccounts     bool     `json:"create_accounts"`
	UpdateAccounts     bool     `json:"update_accounts"`
	DisableAccounts    bool     `json:"disable_accounts"`
	DeleteAccounts     bool     `json:"delete_accounts"`
	CreateEntitlements bool     `json:"create_entitlements"`
	NativeExpiry       bool     `json:"native_expiry" doc:"it ends access by itself at a time it was told"`
	LastUsed           bool     `json:"last_used" doc:"it tells when accounts were last used"`
	Attributes         []string `json:"attributes" nullable:"false"`
	MaxBatch           int      `json:"max_batch" doc:"changes in one call; 0 for no limit"`
	Concurrency        int      `json:"concurrency"`
}

// Target returns all that is known of one target; kind NotFound where there is none.
func (h *Hub) Target(ctx context.Context, a approval.Actor, name string) (out TargetDetail, err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadTargets, rights.Relation{}); err != nil {
			return err
		}
		d, err := s.destination(name)
		if err != nil {
			return err
		}
		known, err := s.standings()
		if err != nil {
			return err
		}
		out = TargetDetail{
			Target: known.target(d, s.TargetKinds[name], s.tx.Now()), Match: append([]string{}, d.Match...), Creates: d.Settings.CreateAccounts,
			Leaver: string(d.Settings.Leaver), Capabilities: capabilities(d),
			Guard: Guard{MaxRemovals: d.Limits.Removals, MaxRemovalPercent: d.Limits.Percent, MinRemovals: d.Limits.Floor},
		}
		return s.lookAt(&out, known.states[name])
	})
	return out, err
}

// lookAt adds what costs a query of its own.
func (s *session) lookAt(t *TargetDetail, state store.TargetState) error {
	queue, err := s.tx.CountWork(s.ctx)
	if err != nil {
		return err
	}
	open, err := s.tx.CountOpenChanges(s.ctx)
	if err != nil {
		return err
	}
	t.Queue, t.OpenChanges = queue[t.Name], open[t.Name]
	if t.Runs, err = s.passes(store.RunQuery{Target: t.Name, Limit: lastRuns}); err != nil {
		return err
	}
	full, err := s.tx.Runs(s.ctx, store.RunQuery{Target: t.Name, Kind: reconcile.KindFull, Limit: 1})
	if err != nil {
		return err
	}
	for _, row := range full {
		t.Accounts, t.Drift = row.Counts[reconcile.CountAccounts], row.Counts[reconcile.CountDrift]
	}
	t.Gap, err = s.tx.SightingGap(s.ctx, state.N)
	return err
}

func capabilities(d reconcile.Destination) Capabilities {
	c := d.Settings.Capabilities
	return Capabilities{
		Kinds: append([]string{}, c.Kinds...), CreateAccounts: c.CreateAccounts, UpdateAccounts: c.UpdateAccounts, DisableAccounts: c.DisableAccounts,
		DeleteAccounts: c.DeleteAccounts, CreateEntitlements: c.CreateEntitlements, NativeExpiry: c.NativeExpiry, LastUsed: c.LastUsed,
		Attributes: append([]string{}, c.Attributes...), MaxBatch: c.MaxBatch, Concurrency: max(1, c.Concurrency),
	}
}
