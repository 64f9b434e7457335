package handoff

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"birthright/identity"
	"birthright/targets"
)

// Line is the way to a receiver. It is safe for concurrent use.
type Line interface {
	Describe(ctx context.Context) (Description, error)
	// Send hands over ops in order and returns an answer to each. wants are what they
	// stand for.
	Send(ctx context.Context, wants []targets.Op, ops []Op) []Answer
	// Status asks what became of an op by its key, or by the address that its answer
	// gave; NotFound where the receiver knows no such key.
	Status(ctx context.Context, key, address string) (Result, error)
	State(ctx context.Context, ask Ask) (Page, error)
	Close() error
}

// Options make a Target.
type Options struct {
	Abilities Abilities
	// State is true where the receiver lists what it holds. Otherwise Ledger is the
	// file in which is kept what it said yes to.
	State  bool
	Ledger string
	// Page is how many things are asked for at once, Batch how many ops are sent at
	// once, Concurrency how many calls may run at once.
	Page, Batch, Concurrency int
}

// Target is a receiver as a target.
type Target struct {
	name   string
	o      Options
	line   Line
	fields []targets.Mapping
	now    func() time.Time
	keys   *keys
	ledger *ledger // nil where the receiver lists what it holds

	once sync.Once
	gone error
}

// defaultFields are the attributes that are handed over where map says nothing.
var defaultFields = []string{
	identity.AttrDisplayName, identity.AttrGivenName, identity.AttrFamilyName, identity.AttrEmail, identity.AttrTitle, identity.AttrDepartment, identity.AttrEmployeeNumber,
}

// New makes a target of a line.
func New(env targets.Env, o Options, line Line) *Target {
	t := &Target{name: env.Name, o: o, line: line, fields: env.Map, now: env.Now}
	if t.now == nil {
		t.now = time.Now
	}
	t.keys = newKeys(t.now)
	if t.fields == nil {
		for _, name := range defaultFields {
			t.fields = append(t.fields, targets.Mapping{To: name, From: name})
		}
	}
	if !o.State {
		t.ledger = &ledger{path: o.Ledger, abilities: o.Abilities, name: env.Name}
	}
	return t
}

// CheckMap says what is wrong with a map: no field and no attribute twice.
func CheckMap(fields []targets.Mapping) error {
	to, from := map[string]bool{}, map[string]bool{}
	for _, f := range fields {
		switch {
		case f.To == "" || f.From == "":
			return fmt.Errorf("map: to %q, from %q: both are needed", f.To, f.From)
		case to[f.To] || from[f.From]:
			return fmt.Errorf("map: to %q, from %q: one of them stands there twice", f.To, f.From)
		}
		to[f.To], from[f.From] = true, true
	}
	return nil
}

// Capabilities says what may be asked of the target.
func (t *Target) Capabilities() targets.Capabilities {
	c := t.o.Abilities.Capabilities()
	c.MaxBatch, c.Concurrency = max(t.o.Batch, 100), max(1, t.o.Concurrency)
	if c.CreateAccounts || c.UpdateAccounts {
		for _, f := range t.fields {
			c.Attributes = append(c.Attributes, f.From)
		}
	}
	return c
}

// Close lets go of the line.
func (t *Target) Close() error {
	t.once.Do(func() { t.gone = t.line.Close() })
	return t.gone
}

// Calls returns how many requests were sent, where the line counts them.
func (t *Target) Calls() int64 {
	if c, ok := t.line.(targets.Counter); ok {
		return c.Calls()
	}
	return 0
}

// Probe asks the receiver what it is and compares that with the configuration.
func (t *Target) Probe(ctx context.Context) (targets.Report, error) {
	d, err := t.line.Describe(ctx)
	if err != nil {
		return targets.Report{}, err
	}
	r := targets.Report{Reachable: true, Version: fmt.Sprintf("%s, protocol %d", d.Name, d.Version)}
	find := func(ok bool, detail, remedy string) {
		r.Findings = append(r.Findings, targets.Finding{OK: ok, Check: "description", Detail: detail, Remedy: remedy})
	}
	if d.Version != Version {
		find(false, fmt.Sprintf("the receiver speaks version %d of the protocol", d.Version), fmt.Sprintf("this program speaks version %d", Version))
	}
	for _, text := range t.o.Abilities.differences(d.Abilities) {
		find(false, text, "change the key in the configuration, or the receiver")
	}
	if d.Batch > 0 && d.Batch < t.o.Batch {
		find(false, fmt.Sprintf("batch: configured is %d, the receiver takes %d", t.o.Batch, d.Batch), "lower batch")
	}
	switch {
	case !t.o.State && d.State:
		find(true, "the receiver can list what it holds: state: true makes changes by others visible", "")
	case !t.o.State:
		find(true, "what is shown is what the receiver said yes to: it lists nothing", "")
	case !d.State:
		find(false, "state: the receiver says that it lists nothing", "set state: false, or have the receiver answer state")
	default:
		_, err := t.line.State(ctx, Ask{AccountIDs: []string{}, Names: []string{}, Entitlements: []Entitlement{}, Limit: 1})
		r.Findings = append(r.Findings, identity.Found("list what it holds", "", err))
	}
	return r, nil
}

// sent is the account as the receiver is told of it.
func (t *Target) sent(a targets.Account) *Account {
	out := &Account{ID: a.ID, Name: a.Name, Active: a.Active, Attributes: map[string][]string{}}
	for _, f := range t.fields {
		if values := a.Attributes[f.From]; len(values) > 0 {
			out.Attributes[f.To] = slices.Clone(values)
		}
	}
	return out
}

// found is an account that the receiver told of.
func (t *Target) found(a Account) targets.Account {
	out := targets.Account{ID: a.ID, Name: a.Name, Active: a.Active, Attributes: identity.Attributes{}}
	if t.o.Abilities.LastUsed && a.LastUsed != nil {
		out.LastUsed = a.LastUsed.UTC()
	}
	if c := t.o.Abilities; c.can(targets.CreateAccount) || c.can(targets.UpdateAccount) {
		for _, f := range t.fields {
			out.Attributes.Set(f.From, a.Attributes[f.To]...)
		}
	}
	return out
}
