package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"birthright/identity"
)

// What holds of a request where the policy does not say.
const (
	DefaultDuration       = time.Hour
	DefaultMaxDuration    = 8 * time.Hour
	DefaultExpireAfter    = 72 * time.Hour
	DefaultActivateWithin = time.Hour
	DefaultBreakGlassMax  = time.Hour
)

// Who may decide, beside "user:NAME", "group:NAME" and "oncall:SCHEDULE".
const (
	ByOwners  = "owners"
	ByManager = "manager"
)

// The things that a request may have to bring.
const (
	RequireReason = "reason"
	RequireTicket = "ticket"
	// RequireOpenTicket is a ticket that a source knows, open and on whoever gets it.
	RequireOpenTicket = "open-ticket"
)

// Request says how a group may be asked for.
type Request struct {
	// Allow says who may get it by asking; zero means everybody.
	Allow Condition
	// ForOthers are those who may ask for somebody else: "manager", "owners",
	// "user:NAME", "group:NAME"; empty means nobody.
	ForOthers []string `json:",omitempty"`
	// AutoApprove says when nobody needs to be asked; zero means never. AutoMax is
	// the longest time that is given so; zero means Max.
	AutoApprove Condition
	AutoMax     time.Duration `json:",omitempty"`
	// Default and Max bound for how long; zero where not said.
	Default, Max time.Duration
	// Require lists what a request must bring: "reason", "ticket".
	Require []string
	// Approve are the stages of approval, in order.
	Approve []Stage
	// RemindBefore is how long before its end people are reminded; zero: not.
	RemindBefore time.Duration
	// ExpireAfter is how long a request waits for decisions, and ActivateWithin how
	// long a grant may take to reach its targets; zero where not said.
	ExpireAfter    time.Duration `json:",omitempty"`
	ActivateWithin time.Duration `json:",omitempty"`
	// Extend says how a grant may be made longer; nil: as a new request.
	Extend *Extend `json:",omitempty"`
	// BreakGlass says how it may be had in an emergency; nil: not at all.
	BreakGlass *BreakGlass `json:",omitempty"`
}

// Extend says how a grant may be made longer.
type Extend struct {
	// Approve is whether it has to be decided on anew.
	Approve bool
	// Max bounds the whole length of the grant; zero where not said.
	Max time.Duration
}

// BreakGlass says how a group may be had in an emergency, without a decision.
type BreakGlass struct {
	// Allow says who may; zero means whoever may ask.
	Allow Condition
	// Max is for how long at most; zero means DefaultBreakGlassMax.
	Max time.Duration
}

// Stage is one step of an approval: so many of these people.
type Stage struct {
	// By is "owners", "manager", "user:NAME", "group:NAME" or "oncall:SCHEDULE".
	By    string
	Count int
	// RemindAfter is when those who have not decided are told again; zero: a third
	// of the time that the request waits.
	RemindAfter time.Duration `json:",omitempty"`
	// EscalateAfter is when EscalateTo, written like By, may decide too.
	EscalateAfter time.Duration `json:",omitempty"`
	EscalateTo    string        `json:",omitempty"`
}

// Bundle is some groups that are asked for together.
type Bundle struct {
	Name        string
	Title       string
	Description string
	Groups      []string
	Position    Position `json:"-"`
}

// Requestable says that single entitlements may be asked for: each becomes a
// group of its own, which has the address for its name.
type Requestable struct {
	// Match is an address in which stars stand for any text.
	Match       string
	Title       string
	Description string
	Owners      []string
	Risk        string
	Request     *Request
	Position    Position `json:"-"`
}

// Longest is for how long a request may ask.
func (r *Request) Longest() time.Duration { return orElse(r.Max, max(DefaultMaxDuration, r.Default)) }

// Usual is for how long a request asks that does not say.
func (r *Request) Usual() time.Duration { return orElse(r.Default, min(DefaultDuration, r.Longest())) }

// LongestAuto is for how long something is given that nobody decided on.
func (r *Request) LongestAuto() time.Duration {
	return min(orElse(r.AutoMax, r.Longest()), r.Longest())
}

// Patience is how long a request waits for decisions.
func (r *Request) Patience() time.Duration { return orElse(r.ExpireAfter, DefaultExpireAfter) }

// ActivationLimit is how long a grant may take to reach its targets.
func (r *Request) ActivationLimit() time.Duration {
	return orElse(r.ActivateWithin, DefaultActivateWithin)
}

// Whole is how long a grant may become by being extended.
func (r *Request) Whole() time.Duration {
	if r.Extend == nil || r.Extend.Max == 0 {
		return 2 * r.Longest()
	}
	return r.Extend.Max
}

// Stages are the steps of approval: the owners' alone where nothing is said.
func (r *Request) Stages() []Stage {
	if len(r.Approve) == 0 {
		return []Stage{{By: ByOwners, Count: 1}}
	}
	return r.Approve
}

// Requires reports whether a request must bring something.
func (r *Request) Requires(what string) bool { return slices.Contains(r.Require, what) }

// Longest is for how long the glass stays broken at most.
func (b *BreakGlass) Longest() time.Duration { return orElse(b.Max, DefaultBreakGlassMax) }

func orElse(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

// Request returns how a group may be asked for: one that the policy spells out,
// one that a rule could make, or an entitlement by itself. It is nil where it may
// not.
func (e *Engine) Request(group string) *Request {
	if g, ok := e.groups[group]; ok {
		return g.Request
	}
	if r := e.requestable(group); r != nil {
		return r.Request
	}
	for i := range e.policy.Templates {
		t := &e.policy.Templates[i]
		if _, ok := t.group(group, ""); ok {
			if _, made := e.Group(group); !made {
				return nil
			}
			return t.Request
		}
	}
	return nil
}

// Bundle returns the bundle of that name, nil where there is none.
func (e *Engine) Bundle(name string) *Bundle {
	for i := range e.policy.Bundles {
		if b := &e.policy.Bundles[i]; b.Name == name {
			return b
		}
	}
	return nil
}

// requestable returns what says that an entitlement may be asked for by itself.
func (e *Engine) requestable(address string) *Requestable {
	if !strings.Contains(address, ":") {
		return nil
	}
	for i := range e.policy.Entitlements {
		if r := &e.policy.Entitlements[i]; matchesStars(r.Match, address) {
			return r
		}
	}
	return nil
}

// Covers reports whether the entry fits an address, or whatever fits a pattern of
// addresses.
func (r *Requestable) Covers(address string) bool { return matchesStars(r.Match, address) }

// Offered returns what says how an entitlement may be asked for by itself, nil where it may
// not.
func (e *Engine) Offered(address string) *Requestable { return e.requestable(address) }

// single returns the group that is one entitlement.
func (e *Engine) single(address string) (identity.Group, bool) {
	r := e.requestable(address)
	if r == nil {
		return identity.Group{}, false
	}
	entitlement, err := identity.ParseEntitlement(address)
	if err != nil {
		return identity.Group{}, false
	}
	return identity.Group{
		Name: address, Title: r.Title, Description: r.Description, Owners: r.Owners, Risk: r.Risk,
		Access: []identity.Entitlement{entitlement}, NoStanding: true,
	}, true
}

// matchesStars reports whether text is the pattern, in which stars stand for any text.
func matchesStars(pattern, text string) bool {
	first, rest, starred := strings.Cut(pattern, "*")
	text, ok := strings.CutPrefix(text, first)
	if !ok || !starred {
		return ok && text == ""
	}
	for {
		part, after, more := strings.Cut(rest, "*")
		if !more {
			return strings.HasSuffix(text, part)
		}
		at := strings.Index(text, part)
		if at < 0 {
			return false
		}
		text, rest = text[at+len(part):], after
	}
}

// Terms is a fingerprint of everything that a decision on a request for the group
// was made about: what it carries, also through the groups that contain it, who owns it,
// and how it may be asked for. Where it differs, the decision was about something else.
func (e *Engine) Terms(group string) string {
	g, ok := e.Group(group)
	if !ok {
		return ""
	}
	sum := sha256.New()
	// Encoding plain structs of strings and numbers into a hash cannot fail.
	_ = json.NewEncoder(sum).Encode(struct {
		Access  []identity.Entitlement
		Owners  []string
		Risk    string
		Request *Request
		Around  []identity.Entitlement `json:",omitempty"`
	}{g.Access, g.Owners, g.Risk, e.Request(group), e.carriedAround(group)})
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// carriedAround is what the groups carry that contain a group, sorted: whoever is in it
// gets that, too.
func (e *Engine) carriedAround(group string) []identity.Entitlement {
	var out []identity.Entitlement
	for _, outer := range e.Around(group) {
		definition, _ := e.Group(outer)
		out = append(out, definition.Access...)
	}
	slices.SortFunc(out, identity.CompareEntitlements)
	return slices.Compact(out)
}
