package handoff

import (
	"time"

	"birthright/targets"
)

// Version is that of the messages. Fields are added under the same version; anything
// else that changes makes a new one.
const Version = 1

// Op is what is to be made true.
type Op struct {
	Version int `json:"version"`
	// Target is the target's configured name.
	Target string `json:"target"`
	// ID names the aim: the same aim at another time has the same one.
	ID string `json:"id"`
	// Key names this one need of it: whoever gets it twice does it once.
	Key         string         `json:"key"`
	Action      targets.Action `json:"action"`
	Account     *Account       `json:"account,omitempty"`
	Entitlement *Entitlement   `json:"entitlement,omitempty"`
	NotAfter    *time.Time     `json:"not_after,omitempty"`
}

// Batch is several ops, which take effect in order.
type Batch struct {
	Version int  `json:"version"`
	Ops     []Op `json:"ops"`
}

// Account is one on the receiver.
type Account struct {
	ID         string              `json:"id,omitempty"`
	Name       string              `json:"name"`
	Active     bool                `json:"active"`
	Attributes map[string][]string `json:"attributes,omitempty"`
	// LastUsed is when somebody last signed in, as the receiver tells; it is never sent.
	LastUsed *time.Time `json:"lastUsed,omitempty"`
}

// Entitlement is one on the receiver.
type Entitlement struct {
	Kind     string `json:"kind"`
	ID       string `json:"id"`
	Title    string `json:"title,omitempty"`
	ReadOnly bool   `json:"read_only,omitempty"`
}

// Assignment is account × entitlement.
type Assignment struct {
	AccountID   string      `json:"account_id"`
	Entitlement Entitlement `json:"entitlement"`
	Indirect    bool        `json:"indirect,omitempty"`
	NotAfter    *time.Time  `json:"not_after,omitempty"`
}

// The outcomes that a receiver can answer with.
const (
	Done      = "done"
	Already   = "already"
	Pending   = "pending"
	Refused   = "refused"
	Conflict  = "conflict" // the name is taken by an account that differs
	Stale     = "stale"    // what the op names is not there
	Throttled = "throttled"
	Failed    = "failed" // something broke: perhaps done
)

// Result is the answer to one op.
type Result struct {
	Version   int    `json:"version"`
	Key       string `json:"key"`
	Outcome   string `json:"outcome"`
	AccountID string `json:"account_id,omitempty"`
	// Detail says why not, for people.
	Detail string `json:"detail,omitempty"`
	// RetryAfter is in seconds.
	RetryAfter int `json:"retry_after,omitempty"`
	// Status is where a pending op can be asked about, below the receiver's URL.
	Status string `json:"status,omitempty"`
}

// Results answer a batch, one for each op, in order.
type Results struct {
	Version int      `json:"version"`
	Results []Result `json:"results"`
}

// Page is a part of what the receiver holds: accounts first, then entitlements,
// then assignments.
type Page struct {
	Version      int           `json:"version"`
	Accounts     []Account     `json:"accounts,omitempty"`
	Entitlements []Entitlement `json:"entitlements,omitempty"`
	Assignments  []Assignment  `json:"assignments,omitempty"`
	// Next is the cursor of the page after it; Complete says that there is none.
	Next     string `json:"next,omitempty"`
	Complete bool   `json:"complete,omitempty"`
}

// Ask is what a listing is wanted of. Nil is everything, an empty list nothing.
type Ask struct {
	AccountIDs   []string      `json:"account_ids"`
	Names        []string      `json:"names"`
	Entitlements []Entitlement `json:"entitlements"`
	Cursor       string        `json:"cursor,omitempty"`
	Limit        int           `json:"limit"`
}

// Description is what a receiver says of itself.
type Description struct {
	Version int    `json:"version"`
	Name    string `json:"name"`
	Abilities
	State bool `json:"state"`
	Batch int  `json:"batch,omitempty"`
}

// Call is a line of the protocol over standard input: one of its fields is set.
type Call struct {
	Version  int       `json:"version"`
	Describe *struct{} `json:"describe,omitempty"`
	Apply    *Op       `json:"apply,omitempty"`
	Status   string    `json:"status,omitempty"`
	State    *Ask      `json:"state,omitempty"`
}
