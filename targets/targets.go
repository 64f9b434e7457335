// Package targets says what a target must do: a system that access is synced
// to. Each kind of target is a folder below; builtin lists them, targettest is
// the contract as tests and memory the model that the others are held against.
//
//	            Query                      []Op
//	engine ───────────────▶ target  ◀─────────────── engine
//	       ◀─ accounts, entitlements,  ─▶ one Result per Op
//	          assignments, End{Complete}
//
// A target keeps no desired state, decides nothing and never retries across
// calls: the engine plans, paces, retries and records.
package targets

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"birthright/identity"
	"birthright/internal/ratelimit"
)

// Target is a system whose accounts and entitlements the hub can read and change.
type Target interface {
	// Probe checks reach, credentials and rights without changing anything.
	Probe(ctx context.Context) (Report, error)
	// Capabilities tells what the engine may ask of this target. It is constant.
	Capabilities() Capabilities
	// Read hands to sink what q asks for. A nil error with End.Complete means:
	// this is all there is. Anything else claims nothing about what was not seen.
	Read(ctx context.Context, q Query, sink Sink) (End, error)
	// Apply makes each op true and returns one result per op, in order. It never
	// panics on a bad op and never leaves out a result: an op whose fate is not
	// known is Unknown. Ops are independent unless they name the same account or
	// entitlement; then they take effect in order.
	Apply(ctx context.Context, ops []Op) []Result
}

// Capabilities is what a target can do, as data; the contract suite asserts it.
type Capabilities struct {
	// Kinds are the entitlement kinds it knows, e.g. "group"; empty means any.
	Kinds []string
	// CreateAccounts … tell which actions Apply understands besides Add and Remove.
	CreateAccounts, UpdateAccounts, DisableAccounts, DeleteAccounts bool
	CreateEntitlements                                              bool
	// ImplicitAccounts is true where accounts need not be created: Add names
	// one, which then lasts as long as it holds something. CreateAccount may still
	// be understood, for an account that is to stay while it holds nothing.
	ImplicitAccounts bool
	// ImplicitEntitlements is the same of entitlements: one exists by being
	// given, and may be gone with its last assignment.
	ImplicitEntitlements bool
	// Attributes are the account attributes (by hub name) that it stores and reads back.
	Attributes []string
	// MaxBatch is the most ops one Apply call should carry; 0 means no limit.
	MaxBatch int
	// Concurrency is how many Apply calls may run at once; 0 means 1.
	Concurrency int
	// FoldNames is true where account names that differ only in letter case are
	// the same account.
	FoldNames bool
	// NativeExpiry is true where the target itself ends an assignment at
	// Op.NotAfter, whether the hub is there or not, and shows that time in a read.
	NativeExpiry bool
	// NativeExpiryKinds are the kinds of entitlement that this is true of; empty
	// means all.
	NativeExpiryKinds []string
	// LongestExpiry is how far ahead such an end may lie; 0 means no limit. One that
	// lies further ahead is not told to the target until it comes near enough.
	LongestExpiry time.Duration
	// LastUsed is true where reads tell when accounts were last used.
	LastUsed bool
}

// Expires reports whether the target itself ends assignments of this kind.
func (c Capabilities) Expires(kind string) bool {
	return c.NativeExpiry && (len(c.NativeExpiryKinds) == 0 || slices.Contains(c.NativeExpiryKinds, kind))
}

// Account is a person's presence on a target.
type Account struct {
	// ID is the target's own immutable identifier; "" before it exists.
	ID string
	// Name is the login name, unique on the target, which people may change.
	Name   string
	Active bool
	// Attributes holds what the target stores, by hub attribute name.
	Attributes identity.Attributes
	// LastUsed is when the person last signed in or worked there, as far as the target
	// tells, which may be to the day; zero where it does not tell, or never.
	LastUsed time.Time
}

// Assignment is account × entitlement as found on a target.
type Assignment struct {
	AccountID   string
	Entitlement identity.Entitlement
	// Indirect is true where the account holds it through something else (a
	// nested or dynamic group): it is read, and never fought.
	Indirect bool
	// NotAfter is when the target itself ends it; zero for never.
	NotAfter time.Time
}

// Entitlement is something the target can give, as found there.
type Entitlement struct {
	Address identity.Entitlement
	Title   string
	// ReadOnly is true where the target lets nobody like us change members.
	ReadOnly bool
}

// Query says how much to read.
type Query struct {
	// Accounts limits the read to these accounts and their assignments, found
	// by ID or, where that is "", by Name; nil means all. One that is not there
	// is simply not handed out.
	Accounts []Account
	// Entitlements limits the assignments and entitlements to these; nil means
	// everything the target has. One that is not there is not handed out.
	Entitlements []identity.Entitlement
}

// Sink receives what a read finds: accounts before their assignments,
// entitlements before their assignments. The callee owns what it is given.
type Sink interface {
	Account(a Account) error
	Entitlement(e Entitlement) error
	Assignment(a Assignment) error
}

// End closes a read.
type End struct {
	// Complete is true when everything asked for was handed out.
	Complete bool
}

// Action is what a change does.
type Action string

// The actions. Each is "make it true": done twice is done.
const (
	CreateAccount     Action = "create-account"
	UpdateAccount     Action = "update-account"
	EnableAccount     Action = "enable-account"
	DisableAccount    Action = "disable-account"
	DeleteAccount     Action = "delete-account"
	CreateEntitlement Action = "create-entitlement"
	Add               Action = "add"    // give the account the entitlement
	Remove            Action = "remove" // take it away
)

// Removes reports whether the action takes access away.
func (a Action) Removes() bool {
	return a == Remove || a == DisableAccount || a == DeleteAccount
}

// Op is one step for a target to make true.
type Op struct {
	// ID identifies the change; a target that offers idempotency keys uses it.
	ID     string
	Action Action
	// Account is the wanted account for CreateAccount, UpdateAccount and
	// EnableAccount; for the others ID and Name tell which one. An account that
	// was created in the same call may be named with ID "" and its Name.
	// UpdateAccount makes Name and all of Capabilities.Attributes so, which
	// removes those that are absent here; only CreateAccount, EnableAccount and
	// DisableAccount say anything about Active.
	Account     Account
	Entitlement identity.Entitlement
	// NotAfter is, for Add, when the target itself ends it; zero for never. An Add
	// of what is held makes that time so: a later one moves it, zero clears it. It
	// is set only where Capabilities.Expires says so of the kind; a target that keeps whole
	// minutes rounds up.
	NotAfter time.Time
}

// Outcome is what became of an op.
type Outcome string

// The outcomes.
const (
	Done        Outcome = "done"        // made true now
	Already     Outcome = "already"     // was true before
	Pending     Outcome = "pending"     // accepted, not true yet: an invitation, an asynchronous job
	Refused     Outcome = "refused"     // the target said no; saying it again will not help by itself
	Stale       Outcome = "stale"       // what the op named is not there: read again and plan anew
	Throttled   Outcome = "throttled"   // not done; Result.RetryAt says when to come back
	Unreachable Outcome = "unreachable" // not done; the target did not take the request
	Unknown     Outcome = "unknown"     // perhaps done: read back before anything else
)

// OK reports whether the op's aim is true on the target now.
func (o Outcome) OK() bool { return o == Done || o == Already }

// Result tells what became of one op.
type Result struct {
	Outcome Outcome
	// AccountID is the immutable id of the op's account where it was learned.
	AccountID string
	// Err says why not, for people and with its identity.Kind for programs; nil when OK.
	Err error
	// RetryAt is the earliest time to try again where the target said so.
	RetryAt time.Time
}

// Normaliser is implemented by a target that stores accounts otherwise than
// they were asked for (lower case, no umlauts, one value only): it returns the
// account as a later read would show it, so that plans compare like with like.
type Normaliser interface {
	Normalise(a Account) Account
}

// Serialiser is implemented by a target where some ops must not be under way at once:
// those that change one value, such as a group whose members are a list. Ops with the
// same key are sent together, in as few calls as their number allows, and never in two
// calls at a time. "" is bound to nothing.
type Serialiser interface {
	SerialKey(op Op) string
}

// Watermarker is implemented by a target that can cheaply tell whether anything
// changed since the last read: equal marks, equal contents.
type Watermarker interface {
	Watermark(ctx context.Context) (string, error)
}

// SessionEnder is implemented by a target where what was opened under an access
// goes on after the access is gone: a login, a connection, a shell. It ends what
// the accounts have open that may rest on the entitlement, everything where that
// is the zero value, and tells how much that was. An account that has nothing open,
// or is not there any more, is no error. The engine calls it once the access is gone.
type SessionEnder interface {
	EndSessions(ctx context.Context, accounts []Account, entitlement identity.Entitlement) (ended int, err error)
}

// Counter is implemented by a target that counts the requests it sent so far, for
// people who want to know what a run cost.
type Counter interface {
	Calls() int64
}

// Closer is implemented by a target that holds connections.
type Closer interface {
	Close() error
}

// Report is the outcome of a probe, for people.
type Report struct {
	Reachable bool
	Version   string // what the peer says it is, "" if it does not say
	Findings  []Finding
}

// Finding is one observation of a probe, with what to do about it.
type Finding = identity.Finding

// Env is what the program gives every target it opens.
type Env struct {
	Name string // the configured name; the Target of every entitlement
	Map  []Mapping
	Log  *slog.Logger
	Now  func() time.Time
	// Dir is the folder of the configuration file: relative paths start there.
	Dir string
	// Budgets is where targets that share a credential share its limits; nil gives
	// each its own.
	Budgets *ratelimit.Budgets
	// Simulation is what a simulated target starts from; it says nothing to others.
	Simulation Simulation
}

// Simulation is what a target that is only simulated starts from.
type Simulation struct {
	// File is where it keeps what it holds from one run of the program to the next;
	// "" for nowhere.
	File string
	// Begin returns what is there although the hub does not make it: the entitlements
	// that the policy names, and the accounts of people where they come from
	// elsewhere; nil for nothing. It is asked once in a run of the program.
	Begin func(ctx context.Context) (State, error)
}

// Config is the typed settings of one kind of target. The configuration is
// decoded into it strictly, so its yaml tags are the keys people write.
type Config interface {
	// Validate returns every fault that can be told without reaching out, each
	// in the words of the file.
	Validate() []error
	// Open makes the target. It must not connect: the other methods do.
	Open(env Env) (Target, error)
}
