package rules

import (
	"errors"
	"strings"
	"testing"
	"time"

	"cel.dev/cel-go/cel"

	"birthright/identity"
	"birthright/internal/strictyaml"
)

// engine loads and compiles a policy that must be right.
func engine(tb testing.TB, text string) *Engine {
	tb.Helper()
	p, err := Load([]File{{Name: "policy.yaml", Data: []byte(text)}}, nil)
	if err != nil {
		tb.Fatalf("load: %v", err)
	}
	e, err := Compile(p)
	if err != nil {
		tb.Fatalf("compile: %v", err)
	}
	return e
}

// someone is an active user with the given attributes: name, value, name, value …
func someone(pairs ...string) identity.User {
	u := identity.User{N: 7, UserName: "ada", State: identity.Active, Attributes: identity.Attributes{}, Origins: map[string]string{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		u.Attributes.Set(pairs[i], pairs[i+1])
	}
	return u
}

// held renders memberships as "group<rule,rule".
func held(memberships []identity.Membership) string {
	var out []string
	for _, m := range memberships {
		var rules []string
		for _, c := range m.Causes {
			rules = append(rules, c.Name)
		}
		out = append(out, m.Group+"<"+strings.Join(rules, ","))
	}
	return strings.Join(out, " ")
}

// faultsOf returns the faults of an error of Load.
func faultsOf(err error) strictyaml.Faults {
	var faults strictyaml.Faults
	errors.As(err, &faults)
	return faults
}

// world is Facts that are written out.
type world struct {
	Nothing
	shifts, tickets, managers string
}

// in is the world at no particular time.
func in(f Facts) World { return World{Facts: f} }

func (w world) OnCall(_ identity.User, schedule string, _ time.Time) bool {
	return schedule == w.shifts
}
func (w world) HasTicket(_ identity.User, queue string, _ time.Time) bool { return queue == w.tickets }
func (w world) ReportsTo(_ identity.User, manager string) bool            { return manager == w.managers }

// program makes CEL's own program of a condition: what the logic is held against.
func (l *language) program(c Condition) (cel.Program, error) { return l.plan(c.ast.NativeRep()) }
