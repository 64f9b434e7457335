package evidence

import (
	"time"

	"birthright/audit"
	"birthright/identity"
)

// Format names the archive's layout.
const Format = "birthright-evidence/1"

// The files of an archive, in the order in which they are written. Those of policies
// follow under policies/.
const (
	ReadmeFile      = "README.md"
	PeopleFile      = "people.jsonl"
	MembershipsFile = "memberships.jsonl"
	ObservedFile    = "observed.jsonl"
	RequestsFile    = "requests.jsonl"
	GrantsFile      = "grants.jsonl"
	RevocationsFile = "revocations.jsonl"
	OrdersFile      = "orders.jsonl"
	DecisionsFile   = "decisions.jsonl"
	ChangesFile     = "changes.jsonl"
	RunsFile        = "runs.jsonl"
	PoliciesFile    = "policies.jsonl"
	AuditFile       = "audit.jsonl"
	ManifestFile    = "manifest.json"
	SumsFile        = "SHA256SUMS"
)

// Tables are the files that every archive has, one JSON object a line.
func Tables() []string {
	return []string{
		PeopleFile, MembershipsFile, ObservedFile, RequestsFile, GrantsFile, DecisionsFile, RevocationsFile, OrdersFile, ChangesFile, RunsFile, PoliciesFile, AuditFile,
	}
}

// Manifest says what is in an archive.
type Manifest struct {
	Format string    `json:"format"`
	From   time.Time `json:"from"`  // the period begins
	Until  time.Time `json:"until"` // and ends before this
	// KnownSince is since when people and memberships are known; nil: from the first.
	KnownSince *time.Time `json:"known_since"`
	// NotRead are the targets that were not read whole within the period.
	NotRead []string `json:"targets_not_read"`
	Counts  Counts   `json:"counts"`
	// After and Head are the places in the audit log that its part lies between.
	After audit.Head `json:"audit_after"`
	Head  audit.Head `json:"audit_head"`
	Files []File     `json:"files"`
}

// Counts are what a reader can count again.
type Counts struct {
	PeopleAtStart      int64 `json:"people_at_start"`
	PeopleAtEnd        int64 `json:"people_at_end"`
	MembershipsAtStart int64 `json:"memberships_at_start"`
	MembershipsAtEnd   int64 `json:"memberships_at_end"`
}

// File is one file of an archive.
type File struct {
	Name   string     `json:"name"`
	SHA256 audit.Hash `json:"sha256"`
	Bytes  int64      `json:"bytes"`
	Rows   int64      `json:"rows"` // lines
}

// Times that are nil, here and below, were not before the end of the period: what came
// later is not told, so that an archive stays the same whenever it is made.

// Person is what somebody was for a time.
type Person struct {
	ID         string              `json:"id"`
	User       string              `json:"user"`
	From       time.Time           `json:"from"`
	Until      *time.Time          `json:"until"`
	State      identity.State      `json:"state"`
	Attributes identity.Attributes `json:"attributes"`
}

// Membership is a time during which somebody was in a group by the same causes.
type Membership struct {
	ID     string           `json:"id"` // of the user
	User   string           `json:"user"`
	Group  string           `json:"group"`
	From   time.Time        `json:"from"`
	Until  *time.Time       `json:"until"`
	Since  time.Time        `json:"since"` // the membership itself began
	EndsAt *time.Time       `json:"ends_at"`
	Causes []identity.Cause `json:"causes"`
	Policy string           `json:"policy"`
}

// Holding is a time during which an account was seen to have an entitlement.
type Holding struct {
	Target      string     `json:"target"`
	Entitlement string     `json:"entitlement"`
	Holder      string     `json:"holder"` // "user:NAME", or "account:NAME" for one that is nobody's
	Indirect    bool       `json:"indirect"`
	FirstSeen   time.Time  `json:"first_seen"`
	Gone        *time.Time `json:"seen_gone"`
}

// Request is a wish with the answers to it.
type Request struct {
	ID        string     `json:"id"`
	Kind      string     `json:"kind"`
	User      string     `json:"user"`
	By        string     `json:"by"`
	Group     string     `json:"group"`
	Reason    string     `json:"reason"`
	Ticket    string     `json:"ticket"`
	Duration  string     `json:"for"`
	Created   time.Time  `json:"created_at"`
	Outcome   string     `json:"outcome"`
	DecidedAt *time.Time `json:"decided_at"`
	DecidedBy string     `json:"decided_by"`
	Note      string     `json:"note"`
	Auto      string     `json:"because"`
	Votes     []Vote     `json:"votes"`
}

// Vote is one answer.
type Vote struct {
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Approve bool      `json:"approve"`
	Stage   int       `json:"stage"`
	Note    string    `json:"note"`
}

// Grant is what was given for a time.
type Grant struct {
	ID          string     `json:"id"`
	Request     string     `json:"request"`
	Kind        string     `json:"kind"`
	User        string     `json:"user"`
	Group       string     `json:"group"`
	StartsAt    time.Time  `json:"starts_at"`
	ActivatedAt *time.Time `json:"activated_at"`
	OverAt      *time.Time `json:"over_at"`
	Over        string     `json:"over"`
	OverBy      string     `json:"over_by"`
	OverReason  string     `json:"over_reason"`
	SettledAt   *time.Time `json:"settled_at"`
}

// Decision is what a reviewer decided on one item of a campaign.
type Decision struct {
	Campaign string    `json:"campaign"`
	Item     string    `json:"item"`
	User     string    `json:"user"` // or account, whose access it is about
	What     string    `json:"what"` // the group or entitlement
	By       string    `json:"by"`
	Decision string    `json:"decision"`
	Reason   string    `json:"reason"`
	Stage    int       `json:"stage"`
	At       time.Time `json:"at"`
}

// Revocation is a membership that somebody took away.
type Revocation struct {
	ID       string     `json:"id"`
	User     string     `json:"user"`
	Group    string     `json:"group"`
	By       string     `json:"by"`
	Reason   string     `json:"reason"`
	Source   string     `json:"source"`
	At       time.Time  `json:"at"`
	LiftedAt *time.Time `json:"lifted_at"`
	LiftedBy string     `json:"lifted_by"`
}

// Order is access on a target that somebody ordered to go.
type Order struct {
	ID          string     `json:"id"`
	Account     string     `json:"account"`
	Entitlement string     `json:"entitlement"`
	By          string     `json:"by"`
	Reason      string     `json:"reason"`
	Source      string     `json:"source"`
	At          time.Time  `json:"at"`
	DoneAt      *time.Time `json:"done_at"`
	Outcome     string     `json:"outcome"`
}

// Change is one step on a target.
type Change struct {
	ID          string           `json:"id"`
	Run         string           `json:"run"`
	Target      string           `json:"target"`
	User        string           `json:"user"`
	Action      string           `json:"action"`
	Account     string           `json:"account"`
	Entitlement string           `json:"entitlement"`
	Causes      []identity.Cause `json:"causes"`
	Intended    time.Time        `json:"intended_at"`
	Finished    *time.Time       `json:"finished_at"`
	Outcome     string           `json:"outcome"`
	Error       string           `json:"error"`
}

// Run is one pass over a target.
type Run struct {
	ID       string         `json:"id"`
	Target   string         `json:"target"`
	Kind     string         `json:"kind"`
	Started  time.Time      `json:"started_at"`
	Finished time.Time      `json:"finished_at"`
	Complete bool           `json:"complete"`
	Counts   map[string]int `json:"counts"`
	Error    string         `json:"error"`
}

// Policy is a loading of the policy that was in force at some moment of the period.
type Policy struct {
	Version  string    `json:"version"`
	Hash     string    `json:"hash"`
	LoadedAt time.Time `json:"loaded_at"`
	LoadedBy string    `json:"loaded_by"`
	Files    []string  `json:"files"`
}
