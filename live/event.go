package live

import "time"

// The kinds of Event.
const (
	Started  = "started"  // an ordered run began
	Progress = "progress" // how far a step is
	Changes  = "changes"  // what became of some changes on a target
	Held     = "held"     // what a guard stopped
	Finished = "finished" // an ordered run ended
	// Missed says that events before this one are not known any more.
	Missed = "missed"
)

// Event is something that happened.
type Event struct {
	ID   string    `json:"id"`
	At   time.Time `json:"at"`
	Kind string    `json:"kind"`
	// Run is the ordered run that it belongs to, Pass the pass over one target.
	Run    string `json:"run,omitempty"`
	Pass   string `json:"pass,omitempty"`
	Target string `json:"target,omitempty"`
	// Step is what is being done, with Done of Total; Total is 0 where it is not known.
	Step  string `json:"step,omitempty"`
	Done  int    `json:"done,omitempty"`
	Total int    `json:"total,omitempty"`
	// Count is how many changes or held steps it is about, Failed how many of them are
	// not true on the target, and Sample the first of them.
	Count  int      `json:"count,omitempty"`
	Failed int      `json:"failed,omitempty"`
	Sample []Change `json:"sample,omitempty"`
	// State is how a run ended.
	State string `json:"state,omitempty"`
	Error string `json:"error,omitempty"`
}

// Change is one step on a target.
type Change struct {
	Action      string `json:"action"`
	User        string `json:"user,omitempty"`
	Account     string `json:"account"`
	Entitlement string `json:"entitlement"`
	Outcome     string `json:"outcome,omitempty"`
	Error       string `json:"error,omitempty"`
	Reason      string `json:"reason,omitempty"`
}

// Step is how far the work on one target is.
type Step struct {
	Target string `json:"target"`
	Step   string `json:"step"`
	Done   int    `json:"done"`
	Total  int    `json:"total"`
}
