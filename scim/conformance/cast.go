package conformance

import (
	"context"
	"slices"

	"birthright/scim/shape"
)

// cast is who filters, sorting and paging are tried on: a few people and groups
// that nothing changes. Every one of them has an externalId that begins with the
// run's tag, so that a condition on it leaves out whoever else is there.
type cast struct {
	ids   map[string]string // by first name, or the group's name
	names map[string]string // the other way round
}

// member is one of the cast.
type member struct{ name, endpoint, body string }

// members are the cast in the order of their making; {ada} stands for ada's id.
func members() []member {
	const user = `{"schemas":["` + coreUser + `"],"userName":"`
	return []member{
		{"ada", "/Users", user + `Ada.{u}@Example.com","externalId":"{u}-Ada","displayName":"Ada {u}","nickName":"Lady","title":"Engineer {u}",
			"userType":"Employee","locale":"en-GB","active":true,"name":{"givenName":"Ada","familyName":"Byron {u}"},
			"emails":[{"value":"ada.{u}@work.example","type":"work","primary":true},{"value":"ada.{u}@home.example","type":"home"}],
			"phoneNumbers":[{"value":"tel:+44-{u}","type":"mobile"}],"addresses":[{"type":"work","locality":"London {u}","country":"GB"}],
			"roles":[{"value":"Admin"},{"value":"Reader"}]}`},
		{"bob", "/Users", user + `bob.{u}@example.com","externalId":"{u}-bob","displayName":"Bob {u}","title":"engineer {u}",
			"userType":"Contractor","active":false,"name":{"givenName":"Bob","familyName":"Aiken {u}"},"emails":[{"value":"bob.{u}@work.example","type":"work"}],
			"roles":[{"value":"Reader"}],"` + enterprise + `":{"department":"Research {u}","employeeNumber":"100","manager":{"value":"{ada}"}}}`},
		{"cyd", "/Users", user + `cyd.{u}@example.org","externalId":"{u}-cyd","displayName":"Çyd \"the\\quick\" O'Malley {u}",
			"name":{"givenName":"Çyd","familyName":"éclair {u}"},"` + enterprise + `":{"department":"Sales {u}","employeeNumber":"20"}}`},
		{"dan", "/Users", user + `dan.{u}@example.org","externalId":"{u}-Dan","title":"Manager {u}","userType":"Employee","active":true,
			"emails":[{"value":"a0.{u}@work.example","type":"work"},{"value":"dan.{u}@home.example","type":"home","primary":true}]}`},
		{"crew", "/Groups", `{"schemas":["` + coreGroup + `"],"externalId":"{u}-crew","displayName":"Crew {u}","members":[{"value":"{ada}"},{"value":"{bob}"}]}`},
		{"fleet", "/Groups", `{"schemas":["` + coreGroup + `"],"externalId":"{u}-fleet","displayName":"fleet {u}","members":[{"value":"{crew}"},{"value":"{dan}"}]}`},
		{"idle", "/Groups", `{"schemas":["` + coreGroup + `"],"externalId":"{u}-idle","displayName":"Idle {u}"}`},
	}
}

// makeCast creates the cast; it stays until the suite is closed.
func (s *Suite) makeCast() (*cast, []string) {
	made := &cast{ids: map[string]string{}, names: map[string]string{}}
	ctx, cancel := context.WithTimeout(context.Background(), answerTimeout)
	defer cancel()
	failures := s.watch(ctx, func(c *Client) {
		defer func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.made, c.made = append(s.made, c.made...), nil
		}()
		for _, m := range members() {
			r := c.create(m.endpoint, c.fill(m.body, made.pairs()...))
			made.ids[m.name], made.names[r.id] = r.id, m.name
		}
	})
	return made, failures
}

// pairs are the ids for Client.fill.
func (m *cast) pairs() []string {
	var out []string
	for name, id := range m.ids {
		out = append(out, name, id)
	}
	return out
}

// casting returns the cast, or ends the case if it could not be made.
func (c *Client) casting() *cast {
	made, failures := c.suite.cast()
	if len(failures) > 0 {
		c.fatal("the people and groups to look for could not be made: %s", failures[0])
	}
	return made
}

// who names the resources of a list, in their order; a stranger by its id.
func (m *cast) who(a *Answer) []string {
	names := []string{}
	for _, r := range a.resources() {
		id, _ := shape.At(r, "$.id").(string)
		if name, ok := m.names[id]; ok {
			id = name
		}
		names = append(names, id)
	}
	return names
}

// finds checks that a list has exactly these of the cast, in any order.
func (m *cast) finds(a *Answer, want ...string) {
	a.status(200)
	got := slices.Sorted(slices.Values(m.who(a)))
	if !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		a.wrong("found %v, want %v", got, want)
	}
	a.is("$.totalResults", len(want))
}

// orders checks that a list has exactly these of the cast, in this order. "..."
// at the beginning or the end stands for the rest of the people in any order:
// those without a value.
func (m *cast) orders(a *Answer, want ...string) {
	a.status(200)
	got := m.who(a)
	named := slices.DeleteFunc(slices.Clone(want), func(name string) bool { return name == "..." })
	ordered := slices.Equal(got, want)
	if n := len(named); n < len(want) && len(got) == 4 {
		ordered = want[0] == "..." && slices.Equal(got[4-n:], named) || want[n] == "..." && slices.Equal(got[:n], named)
	}
	if !ordered {
		a.wrong("the order is %v, want %v", got, want)
	}
}
