package hub

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/live"
	"birthright/reconcile"
	"birthright/rights"
	"birthright/store"
	"birthright/targets"
)

// The kinds of ordered run; a pass over one target is of a kind of package reconcile.
const (
	KindSync   = "sync"
	KindImport = "import"
)

// The states of a Run.
const (
	RunRunning = "running"
	RunDone    = "done"
	RunPart    = "part"   // some changes failed, or a target could not be read
	RunHeld    = "held"   // a guard holds something back
	RunFailed  = "failed" // it came to nothing
	RunLost    = "lost"   // whoever carried it out is gone
)

// silence is after how long without a word the process of a run counts as gone.
const silence = time.Minute

// Run is a run that somebody ordered, or one pass over a target.
type Run struct {
	ID    string `json:"id"`
	Kind  string `json:"kind" doc:"sync, import, or for a pass over a target: full, incremental"`
	State string `json:"state" enum:"running,done,part,held,failed,lost"`
	// Target is what a pass is over, "" for an ordered run.
	Target     string         `json:"target"`
	By         string         `json:"by" doc:"who ordered it; empty for what the hub does by itself"`
	PartOf     string         `json:"part_of" doc:"the ordered run that a pass belongs to"`
	Scope      *Scope         `json:"scope" doc:"what it was ordered for"`
	StartedAt  *time.Time     `json:"started_at"`
	FinishedAt *time.Time     `json:"finished_at"`
	Complete   bool           `json:"complete"`
	Counts     map[string]int `json:"counts" doc:"changes by outcome; held, drift, waiting, accounts"`
	Error      string         `json:"error"`
	Steps      []live.Step    `json:"steps" nullable:"false" doc:"how far it is, while it goes on"`
}

// Scope is what a run is for. Empty fields do not limit it.
type Scope struct {
	Targets []string `json:"targets,omitempty"`
	User    string   `json:"user,omitempty"`
	// Full looks at targets instead of trusting what is remembered.
	Full    bool     `json:"full,omitempty"`
	Sources []string `json:"sources,omitempty"`
}

// RunDetail is a run with the passes that are its parts.
type RunDetail struct {
	Run
	Parts []Run `json:"parts" nullable:"false"`
	// Reported says that what it came to is kept whole.
	Reported bool `json:"reported"`
}

// Failed is how many changes are not true on their targets.
func (r Run) Failed() (n int) {
	for outcome, count := range r.Counts {
		switch outcome {
		case string(targets.Done), string(targets.Already), string(targets.Pending), reconcile.Planned, reconcile.Superseded,
			reconcile.CountHeld, reconcile.CountDrift, reconcile.CountWaiting, reconcile.CountAccounts, countRead, countImported:
		default:
			n += count
		}
	}
	return n
}

// RunQuery selects runs, newest first. Empty fields do not filter.
type RunQuery struct {
	Target, Kind string
	After        string // Next of the page before
	Limit        int    // 0 for all
}

// Runs lists what somebody ordered and what the hub did by itself; the passes of ordered
// runs only where a target or their kind is asked for.
func (h *Hub) Runs(ctx context.Context, a approval.Actor, q RunQuery) (out Page[Run], err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadRuns, rights.Relation{}); err != nil {
			return err
		}
		at, id, err := momentBehind(q.After)
		if err != nil {
			return err
		}
		pass := q.Target != "" || q.Kind == reconcile.KindFull || q.Kind == reconcile.KindIncremental
		runs, err := s.passes(store.RunQuery{
			Target: q.Target, Kind: q.Kind, Whole: !pass, After: store.RunPosition{Started: at, ID: id}, Limit: more(q.Limit),
		})
		out = pageOf(runs, q.Limit, func(r Run) string { return positionAt(*r.StartedAt, r.ID) })
		return err
	})
	return out, err
}

// passes loads runs.
func (s *session) passes(q store.RunQuery) ([]Run, error) {
	rows, err := s.tx.Runs(s.ctx, q)
	out := make([]Run, len(rows))
	for i, row := range rows {
		out[i] = viewRun(row, s.tx.Now())
	}
	return out, err
}

// Run returns one run with its parts; kind NotFound where there is none.
func (h *Hub) Run(ctx context.Context, a approval.Actor, id string) (out RunDetail, err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadRuns, rights.Relation{}); err != nil {
			return err
		}
		row, err := s.tx.Run(ctx, id)
		if err != nil {
			return noRun(err, id)
		}
		out = RunDetail{Run: viewRun(row, s.tx.Now()), Parts: []Run{}}
		if row.Target != "" {
			return nil
		}
		if out.Parts, err = s.passes(store.RunQuery{PartsOf: []string{id}}); err != nil {
			return err
		}
		if out.State == RunRunning && s.orders.has(id) { // nearer than what was last written down
			out.Steps = s.Live.Steps(s.targetsOf(row))
		}
		out.Reported, err = s.tx.HasRunReport(ctx, id)
		return err
	})
	return out, err
}

func noRun(err error, id string) error {
	if identity.KindOf(err) != identity.NotFound {
		return err
	}
	return &identity.Error{Kind: identity.NotFound, Op: "look at run", Object: id, Err: errNoRun}
}

func viewRun(row store.RunRow, now time.Time) Run {
	r := Run{
		ID: row.ID, Kind: row.Kind, Target: row.Target, By: row.By, PartOf: row.PartOf, Complete: row.Complete, Counts: row.Counts, Error: row.Error,
		StartedAt: instant(row.Started), FinishedAt: instant(row.Finished), Steps: []live.Step{}, Scope: scopeOf(row),
	}
	if r.Counts == nil {
		r.Counts = map[string]int{}
	}
	if row.Finished.IsZero() {
		_ = json.Unmarshal([]byte(row.Steps), &r.Steps) // without them, it is only not known how far it is
	}
	r.State = r.state(row, now)
	return r
}

func (r Run) state(row store.RunRow, now time.Time) string {
	switch {
	case row.Finished.IsZero() && now.Sub(row.AliveAt) > silence:
		return RunLost
	case row.Finished.IsZero():
		return RunRunning
	case row.Error != "" && !row.Complete && r.Counts[countRead] == 0:
		return RunFailed
	case !row.Complete || r.Failed() > 0:
		return RunPart
	case r.Counts[reconcile.CountHeld] > 0:
		return RunHeld
	}
	return RunDone
}

func scopeOf(row store.RunRow) *Scope {
	var s Scope
	if row.Scope == "" || json.Unmarshal([]byte(row.Scope), &s) != nil {
		return nil
	}
	return &s
}

// targetsOf are the targets that an ordered run is about.
func (s *session) targetsOf(row store.RunRow) []string {
	if scope := scopeOf(row); scope != nil && len(scope.Targets) > 0 {
		return scope.Targets
	}
	return append([]string{""}, s.Targets...) // what is decided about everybody belongs to no target
}

// positionAt is the position of something in a list by time.
func positionAt(at time.Time, id string) string {
	return strconv.FormatInt(at.UnixMicro(), 10) + "\x1f" + id
}

// momentBehind reads a position in a list by time.
func momentBehind(position string) (at time.Time, id string, err error) {
	first, id, err := behind(position)
	if first == "" || err != nil {
		return at, id, err
	}
	us, err := strconv.ParseInt(first, 10, 64)
	if err != nil || strings.Contains(id, "\x1f") {
		return at, "", errForeignCursor()
	}
	return time.UnixMicro(us).UTC(), id, nil
}
