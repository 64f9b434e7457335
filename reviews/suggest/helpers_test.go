package suggest_test

import (
	"fmt"
	"strings"
	"time"

	"birthright/identity"
	"birthright/reviews/suggest"
	"birthright/rules"
	"birthright/rules/population"
)

var now = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// failing is what both kinds of test are.
type failing interface {
	Helper()
	Fatalf(format string, args ...any)
}

// company is some people under a policy, and what they asked for.
type company struct {
	t        failing
	policy   string
	people   []identity.User
	requests []suggest.Request
}

// join adds somebody: "name attribute=value … +group …".
func (c *company) join(line string) int64 {
	fields := strings.Fields(line)
	u := identity.User{N: int64(len(c.people) + 1), UserName: fields[0], State: identity.Active, Attributes: identity.Attributes{}}
	for _, f := range fields[1:] {
		if group, ok := strings.CutPrefix(f, "+"); ok {
			u.Groups = append(u.Groups, group)
			continue
		}
		name, value, _ := strings.Cut(f, "=")
		u.Attributes.Set(name, value)
	}
	c.people = append(c.people, u)
	return u.N
}

// ask has somebody ask for a group so many times, and get it for an hour.
func (c *company) ask(n int64, group string, times int) {
	for i := range times {
		c.requests = append(c.requests, suggest.Request{
			UserN: n, Group: group, Approved: true, At: now.Add(-time.Duration(i+1) * time.Hour), Duration: time.Hour,
		})
	}
}

func (c *company) deny(n int64, group string) {
	c.requests = append(c.requests, suggest.Request{UserN: n, Group: group, At: now.Add(-time.Minute), Duration: time.Hour})
}

func compile(t failing, text string) *rules.Engine {
	t.Helper()
	p, err := rules.Load([]rules.File{{Name: "policy.yaml", Data: []byte(text)}}, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	e, err := rules.Compile(p)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return e
}

// input is the company as suggestions see it.
func (c *company) input(more ...*rules.Engine) suggest.Input {
	c.t.Helper()
	e := compile(c.t, c.policy)
	readings := append(suggest.Readings(), e.Readings()...)
	for _, other := range more {
		readings = append(readings, other.Readings()...)
	}
	pop := population.New(readings)
	for i := range c.people {
		pop.Put(&c.people[i])
	}
	pop.Seal()
	return suggest.Input{
		Requests: c.requests, Since: now.Add(-90 * 24 * time.Hour), Engine: e, Population: pop, World: rules.World{At: now, Facts: rules.Nothing{}},
		Readings: suggest.Readings(), Thresholds: suggest.Usual(),
	}
}

// told is a report in short: one line for each suggestion.
func told(r suggest.Report) []string {
	out := []string{}
	for i := range r.Drafts {
		d := &r.Drafts[i]
		out = append(out, fmt.Sprintf("%s %s: %s (%d asked, %d others)", d.Kind, d.Group.Name, d.Condition, d.Asking.GetCardinality(), d.Others.GetCardinality()))
	}
	for _, l := range r.LeftOut {
		out = append(out, "not "+l.Group+": "+l.Reason)
	}
	return out
}
