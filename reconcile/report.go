package reconcile

import (
	"cmp"
	"slices"
	"time"

	"birthright/identity"
	"birthright/plan"
	"birthright/targets"
)

// Report is what a plan or a sync came to, target by target.
type Report struct {
	Runs []Run `json:"runs" yaml:"runs"`
	// Refused are groups that rules give and an exclusion or a constraint keeps
	// from somebody, by user and group.
	Refused []Refused `json:"refused" yaml:"refused"`
	// Conflicts are groups that somebody holds together although a constraint with
	// mode report would keep them apart.
	Conflicts []Conflict `json:"conflicts" yaml:"conflicts"`
}

// Run is one target's part. Complete is true where the target's state was fully
// known, so that what is listed is all there is to do.
type Run struct {
	ID       string    `json:"id" yaml:"id"`
	Target   string    `json:"target" yaml:"target"`
	Kind     string    `json:"kind" yaml:"kind"` // KindFull or KindIncremental
	Complete bool      `json:"complete" yaml:"complete"`
	Started  time.Time `json:"started" yaml:"started"`
	Finished time.Time `json:"finished" yaml:"finished"`
	// Counts sums up what became of the changes, and Calls is how many requests were
	// sent to the target meanwhile, by whomever; 0 where it does not count them.
	Counts  Counts    `json:"counts" yaml:"counts"`
	Calls   int64     `json:"calls,omitempty" yaml:"calls,omitempty"`
	Changes []Change  `json:"changes" yaml:"changes"`
	Held    []Held    `json:"held" yaml:"held"`
	Drift   []Drift   `json:"drift" yaml:"drift"`
	Waiting []Waiting `json:"waiting" yaml:"waiting"`
	// Error says why the run is not complete, "" when it is.
	Error string `json:"error,omitempty" yaml:"error,omitempty"`
}

// The kinds of Run.
const (
	KindFull        = "full"        // the target was read whole
	KindIncremental = "incremental" // from what is remembered of it
)

// What the row of a run counts besides changes by outcome.
const (
	CountHeld     = "held"
	CountDrift    = "drift"
	CountWaiting  = "waiting"
	CountAccounts = "accounts" // that a whole read showed
)

// Change is one step and what became of it.
type Change struct {
	ID          string         `json:"id" yaml:"id"`
	Action      targets.Action `json:"action" yaml:"action"`
	User        string         `json:"user,omitempty" yaml:"user,omitempty"`
	Account     string         `json:"account" yaml:"account"`
	Entitlement string         `json:"entitlement" yaml:"entitlement"`
	// NotAfter is when the target itself is to end what is added; zero for never.
	NotAfter time.Time        `json:"not_after,omitzero" yaml:"not_after,omitempty"`
	Causes   []identity.Cause `json:"causes" yaml:"causes"`
	Outcome  string           `json:"outcome" yaml:"outcome"`
	Error    string           `json:"error" yaml:"error"`
}

// The outcomes of a Change beyond those of package targets.
const (
	// Planned: not tried, because only a plan was asked for.
	Planned = "planned"
	// Overdue: access that must go and could not be taken away yet; the hub
	// goes on trying until it is done.
	Overdue = "overdue"
	// Superseded: not tried, because the user changed while the run was going on
	// and is decided about anew.
	Superseded = "superseded"
)

// Counts are numbers of changes. Each is in one of them, or was only planned or
// superseded.
type Counts struct {
	Done    int `json:"done" yaml:"done"`
	Already int `json:"already" yaml:"already"`
	Pending int `json:"pending" yaml:"pending"`
	Held    int `json:"held" yaml:"held"`
	Failed  int `json:"failed" yaml:"failed"`
	Overdue int `json:"overdue" yaml:"overdue"`
}

// counts sums up a run.
func (run Run) counts() Counts {
	n := Counts{Held: waits(run.Held)}
	for _, c := range run.Changes {
		switch c.Outcome {
		case Planned, Superseded:
		case string(targets.Done):
			n.Done++
		case string(targets.Already):
			n.Already++
		case string(targets.Pending):
			n.Pending++
		case Overdue:
			n.Overdue++
		default:
			n.Failed++
		}
	}
	return n
}

// Held is a step that a guard stopped. Refused says that a person does not want it: it
// waits for nobody.
type Held struct {
	ID          string         `json:"id" yaml:"id"`
	Reason      string         `json:"reason" yaml:"reason"`
	Action      targets.Action `json:"action" yaml:"action"`
	Account     string         `json:"account" yaml:"account"`
	Entitlement string         `json:"entitlement" yaml:"entitlement"`
	Refused     bool           `json:"refused" yaml:"refused"`
}

// waits counts the held steps that wait for a person.
func waits(held []Held) (n int) {
	for _, h := range held {
		if !h.Refused {
			n++
		}
	}
	return n
}

// Drift is what somebody else changed on the target.
type Drift struct {
	Kind        plan.DriftKind `json:"kind" yaml:"kind"`
	User        string         `json:"user,omitempty" yaml:"user,omitempty"`
	Account     string         `json:"account" yaml:"account"`
	Entitlement string         `json:"entitlement" yaml:"entitlement"`
}

// Waiting is what cannot be given yet, and why.
type Waiting struct {
	User         string   `json:"user" yaml:"user"`
	Entitlements []string `json:"entitlements" yaml:"entitlements"`
	Reason       string   `json:"reason" yaml:"reason"`
}

// withLists makes absent lists empty ones, which programs that read JSON expect, and
// sums up.
func (run Run) withLists() Run {
	run.Counts = run.counts()
	if run.Changes == nil {
		run.Changes = []Change{}
	}
	if run.Held == nil {
		run.Held = []Held{}
	}
	if run.Drift == nil {
		run.Drift = []Drift{}
	}
	if run.Waiting == nil {
		run.Waiting = []Waiting{}
	}
	return run
}

// report shows the plan as it stands, each change with the outcome given for it.
func (p *prepared) report(outcome func(plan.Change) (string, string)) Run {
	run := Run{
		Target: p.dest.Name(), Kind: KindIncremental, Waiting: p.waiting,
		Changes: make([]Change, 0, len(p.changes)), Held: make([]Held, 0, len(p.stopped)), Drift: make([]Drift, 0, len(p.drift)),
	}
	if p.whole {
		run.Kind = KindFull
	}
	for _, c := range p.changes {
		o, err := outcome(c)
		run.Changes = append(run.Changes, reportChange(c, o, err))
	}
	for _, h := range p.stopped {
		run.Held = append(run.Held, reportHeld(h))
	}
	slices.SortFunc(run.Held, func(a, b Held) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Entitlement, b.Entitlement), cmp.Compare(a.ID, b.ID))
	})
	for _, d := range p.drift {
		run.Drift = append(run.Drift, Drift{Kind: d.Kind, User: d.User, Account: d.Account, Entitlement: address(d.Entitlement)})
	}
	return run
}

// Failed counts the changes that were tried and are not true on the target.
func (r Report) Failed() int {
	n := 0
	for _, run := range r.Runs {
		n += run.Counts.Failed + run.Counts.Overdue
	}
	return n
}

// Incomplete returns the targets whose state could not be learned.
func (r Report) Incomplete() []string {
	var out []string
	for _, run := range r.Runs {
		if !run.Complete {
			out = append(out, run.Target)
		}
	}
	return out
}

// Totals returns the numbers of changes, of held steps that wait for a person, and of
// drift in all runs.
func (r Report) Totals() (changes, held, drift int) {
	for _, run := range r.Runs {
		changes += len(run.Changes)
		held += waits(run.Held)
		drift += len(run.Drift)
	}
	return changes, held, drift
}

func address(e identity.Entitlement) string {
	if e.IsZero() {
		return ""
	}
	return e.String()
}

func reportHeld(h plan.Stopped) Held {
	return Held{
		ID: h.Change.ID, Reason: h.Reason, Action: h.Change.Action,
		Account: h.Change.Account.Name, Entitlement: address(h.Change.Entitlement), Refused: h.Refused,
	}
}

func reportChange(c plan.Change, outcome, err string) Change {
	causes := c.Causes
	if causes == nil {
		causes = []identity.Cause{}
	}
	return Change{
		ID: c.ID, Action: c.Action, User: c.User, Account: c.Account.Name, Entitlement: address(c.Entitlement),
		NotAfter: c.NotAfter, Causes: causes, Outcome: outcome, Error: err,
	}
}
