package plan

import (
	"slices"
	"time"

	"birthright/identity"
	"birthright/targets"
)

// Desired is what one person should have on one target.
type Desired struct {
	UserN int64
	User  string // userName
	State identity.State
	// Account is the wanted account as the target would show it (normalised).
	Account targets.Account
	// Entitlements are the numbers of those that memberships give, ascending.
	Entitlements []int64
}

// Actual is what one person has on one target: as just read, or as remembered.
type Actual struct {
	// Account is nil where the person has none.
	Account *targets.Account
	// Managed is true where the hub made or adopted the account; without an
	// Account it is one that somebody took away.
	Managed bool
	// Entitlements are what is there or ought to be, ascending by number.
	Entitlements []Holding
}

// Holding is one entitlement that an account has, or that the hub gave it.
type Holding struct {
	Entitlement int64
	// Present is true where the target has it.
	Present bool
	// Managed is true where the hub gave or adopted it, or asked for it.
	Managed bool
	// Vanished is true where it was there when last looked and is not now. What
	// is managed, not present and not vanished was asked for and never seen: an
	// invitation that is open, or an answer that was lost.
	Vanished bool
	// Indirect is true where it comes through something else on the target:
	// it cannot be taken from the account itself.
	Indirect bool
	// Ended is true where the time for which it was given is over.
	Ended bool
	// NotAfter is when the target itself ends it, zero for never, and Lapsed is true
	// where that time is over: what vanished then, nobody took away.
	NotAfter time.Time
	Lapsed   bool
	// Refused says what keeps from the person what would give it; nil for nothing.
	Refused []identity.Cause
	// Ordered says who wants it gone, whoever gave it, as long as no membership gives
	// it; nil for nobody.
	Ordered []identity.Cause
}

// Lookup resolves the numbers of one plan. Its answers must not change while
// the plan is made.
type Lookup interface {
	// Entitlement returns the address behind a number.
	Entitlement(n int64) identity.Entitlement
	// Exists reports whether the target has the entitlement.
	Exists(n int64) bool
	// Governed reports whether the policy gives the entitlement to anybody:
	// members of all others are none of the hub's business.
	Governed(n int64) bool
	// Why returns what gives the entitlement to the user, sorted.
	Why(userN, n int64) []identity.Cause
	// Until returns when the target itself should end the entitlement of the user,
	// should the hub not be there to do it; zero for never.
	Until(userN, n int64) time.Time
}

// Outcome is the plan for one person.
type Outcome struct {
	Changes []Change
	// AdoptAccount is true where the account was found and is ours from now on.
	AdoptAccount bool
	// Adopt and Forget are entitlement numbers whose bookkeeping changes
	// without a change on the target.
	Adopt, Forget []int64
	// Renew are those that are given again although their time was over.
	Renew []int64
	Drift []Drift
	// Waiting says why entitlements cannot be given yet; "" when none waits.
	Waiting string
	// WaitingFor are the entitlements that wait, ascending.
	WaitingFor []int64
}

// User compares what one person should have with what that person has.
func User(s Settings, want Desired, have Actual, names Lookup) Outcome {
	p := personal{Settings: s, want: want, have: have, names: names}
	if have.Account != nil {
		p.account = *have.Account
	} else {
		p.account = want.Account
	}
	p.planAccount()
	p.planEntitlements()
	return p.out
}

// personal is the plan for one person while it is being made.
type personal struct {
	Settings
	want    Desired
	have    Actual
	names   Lookup
	account targets.Account // what changes of entitlements name
	noWay   string          // why nothing can be added, "" when it can
	out     Outcome
}

// planAccount decides about the account itself: made, changed, enabled,
// disabled, deleted or left alone.
func (p *personal) planAccount() {
	switch {
	case len(p.want.Entitlements) > 0 && p.have.Account == nil:
		p.planNewAccount()
	case len(p.want.Entitlements) > 0:
		p.planExistingAccount()
	case p.have.Account != nil && p.have.Managed && p.want.State != identity.Active:
		p.planClosing()
	}
}

func (p *personal) planNewAccount() {
	if p.Capabilities.ImplicitAccounts {
		return
	}
	if p.have.Managed {
		p.drift(Vanished, identity.Entitlement{})
	}
	switch {
	case !p.CreateAccounts:
		p.noWay = "no account of that name on the target, and it is not told to create accounts (match finds one by another attribute)"
		return
	case !p.Capabilities.CreateAccounts:
		p.noWay = "no account of that name on the target, and as it is set up it makes none (match finds one by another attribute)"
		return
	}
	p.change(targets.CreateAccount, p.want.Account, identity.Entitlement{}, accountCause(), true)
}

func (p *personal) planExistingAccount() {
	if !p.CreateAccounts || p.Capabilities.ImplicitAccounts {
		return // accounts are somebody else's, or no things of their own: only entitlements are ours
	}
	if !p.have.Managed {
		p.out.AdoptAccount = true
	}
	if !p.have.Account.Active && p.Capabilities.DisableAccounts {
		p.account.Active = true
		p.change(targets.EnableAccount, p.account, identity.Entitlement{}, accountCause(), true)
	}
	if p.Capabilities.UpdateAccounts && Differs(p.want.Account, *p.have.Account, p.Capabilities) {
		p.account = completed(p.want.Account, p.account, p.Capabilities)
		p.change(targets.UpdateAccount, p.account, identity.Entitlement{}, accountCause(), true)
	}
}

// planClosing disables or deletes the account of somebody who may hold nothing.
func (p *personal) planClosing() {
	because := p.lifecycleCause()
	switch {
	case p.Leaver == DeleteLeaver && p.want.State == identity.Left && p.Capabilities.DeleteAccounts:
		p.change(targets.DeleteAccount, p.account, identity.Entitlement{}, because, true)
	case p.Leaver != KeepLeaver && p.Leaver != "" && p.have.Account.Active && p.Capabilities.DisableAccounts &&
		p.want.State != identity.Staged:
		p.change(targets.DisableAccount, p.account, identity.Entitlement{}, because, true)
	}
}

// planEntitlements merges the two ascending lists.
func (p *personal) planEntitlements() {
	want, have := p.want.Entitlements, p.have.Entitlements
	for len(want) > 0 || len(have) > 0 {
		switch {
		case len(have) == 0 || len(want) > 0 && want[0] < have[0].Entitlement:
			p.add(want[0])
			want = want[1:]
		case len(want) == 0 || have[0].Entitlement < want[0]:
			p.surplus(have[0])
			have = have[1:]
		default:
			p.both(have[0])
			want, have = want[1:], have[1:]
		}
	}
}

// both handles an entitlement that is wanted and known.
func (p *personal) both(h Holding) {
	if h.Ended {
		p.out.Renew = append(p.out.Renew, h.Entitlement)
	}
	switch {
	case h.Present && !h.Managed && !h.Indirect:
		p.out.Adopt = append(p.out.Adopt, h.Entitlement)
		p.moveEnd(h)
	case !h.Present:
		if h.Managed && h.Vanished && !h.Lapsed {
			p.drift(Vanished, p.names.Entitlement(h.Entitlement))
		}
		p.add(h.Entitlement)
	case !h.Indirect:
		p.moveEnd(h)
	}
}

// moveEnd gives what is there the end that the target should know of.
func (p *personal) moveEnd(h Holding) {
	if p.ends(h.Entitlement) && p.noWay == "" && !SameEnd(p.until(h.Entitlement), h.NotAfter) {
		p.add(h.Entitlement)
	}
}

// until is the end that the target should know of, where it can.
func (p *personal) until(n int64) time.Time {
	if !p.ends(n) {
		return time.Time{}
	}
	return p.names.Until(p.want.UserN, n)
}

// ends reports whether the target itself can end what is held of it.
func (p *personal) ends(n int64) bool {
	return p.Capabilities.NativeExpiry && p.Capabilities.Expires(p.names.Entitlement(n).Kind)
}

// SameEnd reports whether two ends that a target is told are one to it: it may
// keep whole minutes only.
func SameEnd(a, b time.Time) bool {
	if a.IsZero() || b.IsZero() {
		return a.IsZero() && b.IsZero()
	}
	return a.Sub(b).Abs() < time.Minute
}

// surplus handles an entitlement that nothing gives.
func (p *personal) surplus(h Holding) {
	switch {
	case h.Present && !h.Indirect && len(h.Ordered) > 0:
		p.change(targets.Remove, p.account, p.names.Entitlement(h.Entitlement), h.Ordered, true)
	case !h.Present && (h.Vanished || !h.Managed):
		p.out.Forget = append(p.out.Forget, h.Entitlement)
	case h.Managed && !h.Indirect: // also what was asked for and never seen: it may yet come true
		because, ordered := p.whyNot(h)
		p.change(targets.Remove, p.account, p.names.Entitlement(h.Entitlement), because, ordered)
	case p.unmanaged() == Ignore || !p.names.Governed(h.Entitlement):
	default:
		p.drift(Unmanaged, p.names.Entitlement(h.Entitlement))
		if p.unmanaged() == RemoveUnmanaged && !h.Indirect {
			p.change(targets.Remove, p.account, p.names.Entitlement(h.Entitlement), unmanagedCause(), false)
		}
	}
}

func (p *personal) add(n int64) {
	why := p.noWay
	if why == "" && !p.names.Exists(n) && !p.Capabilities.CreateEntitlements && !p.Capabilities.ImplicitEntitlements {
		why = "the target has no such entitlement, and it is not told to create it"
	}
	if why != "" {
		p.out.Waiting = why
		p.out.WaitingFor = append(p.out.WaitingFor, n)
		return
	}
	p.change(targets.Add, p.account, p.names.Entitlement(n), p.names.Why(p.want.UserN, n), true)
	p.out.Changes[len(p.out.Changes)-1].NotAfter = p.until(n)
}

// whyNot says why a managed entitlement goes, and whether that was ordered. The
// lifecycle orders, and so does an end time, and whoever excludes one person; a
// rule that stopped matching does not, nor a constraint: it may be a mistake.
func (p *personal) whyNot(h Holding) ([]identity.Cause, bool) {
	switch {
	case p.want.State != identity.Active:
		return p.lifecycleCause(), true
	case h.Ended:
		return []identity.Cause{{Kind: identity.CauseNone, Name: "the time for which it was given is over"}}, true
	}
	if len(h.Refused) > 0 {
		return h.Refused, slices.ContainsFunc(h.Refused, orders)
	}
	return []identity.Cause{{Kind: identity.CauseNone, Name: "no rule or grant gives it any more"}}, false
}

// orders reports whether a cause is somebody's word about one person.
func orders(c identity.Cause) bool {
	return c.Kind == identity.CauseExclusion || c.Kind == identity.CauseReview
}

func (p *personal) lifecycleCause() []identity.Cause {
	return []identity.Cause{{Kind: identity.CauseLifecycle, Name: string(p.want.State)}}
}

func (p *personal) drift(kind DriftKind, e identity.Entitlement) {
	p.out.Drift = append(p.out.Drift, Drift{Kind: kind, Target: p.Target, User: p.want.User, Account: p.account.Name, Entitlement: e})
}

func (p *personal) change(a targets.Action, account targets.Account, e identity.Entitlement, why []identity.Cause, ordered bool) {
	p.out.Changes = append(p.out.Changes, Change{
		ID: changeID(p.Target, a, p.want.User, e), Target: p.Target, Action: a, UserN: p.want.UserN, User: p.want.User,
		Account: account, Entitlement: e, Causes: why, Ordered: ordered,
	})
}

func accountCause() []identity.Cause { return []identity.Cause{{Kind: identity.CauseAccount}} }

func unmanagedCause() []identity.Cause { return []identity.Cause{{Kind: identity.CauseUnmanaged}} }
