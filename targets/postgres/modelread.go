package postgres

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"birthright/targets"
)

func (s *modelSession) roles(names, oids []string) ([]*role, error) {
	s.calls.Add(1)
	wanted := map[string]bool{}
	for _, n := range names {
		wanted[n], wanted[fold(n)] = true, true
	}
	var found []*role
	for _, r := range s.tables.roles {
		if names == nil || wanted[r.name] || wanted[fold(r.name)] || slices.Contains(oids, r.oid) {
			copied := *r
			found = append(found, &copied)
		}
	}
	slices.SortFunc(found, func(a, b *role) int { return strings.Compare(a.name, b.name) })
	return found, s.ctx.Err()
}

func (s *modelSession) holdings(members []string) ([]holding, error) {
	s.calls.Add(1)
	above := map[string][]string{} // the roles that each one is in directly
	for p := range s.tables.members {
		above[p.member] = append(above[p.member], p.role)
	}
	if members == nil {
		for member := range above {
			members = append(members, member)
		}
	}
	var found []holding
	for _, m := range members {
		for given := range climb(above, m) {
			found = append(found, holding{m, given, s.tables.members[pair{given, m}]})
		}
	}
	slices.SortFunc(found, func(a, b holding) int {
		return cmp.Or(strings.Compare(a.member, b.member), strings.Compare(a.given, b.given))
	})
	return found, s.ctx.Err()
}

// climb returns the roles above one.
func climb(above map[string][]string, from string) map[string]bool {
	found, queue := map[string]bool{}, slices.Clone(above[from])
	for len(queue) > 0 {
		next := queue[0]
		queue = queue[1:]
		if !found[next] {
			found[next] = true
			queue = append(queue, above[next]...)
		}
	}
	return found
}

func (s *modelSession) grants(asked []pair) (map[pair][]grant, error) {
	s.calls.Add(1)
	found := map[pair][]grant{}
	for _, p := range asked {
		if s.tables.members[p] {
			found[p] = []grant{{grantor: modelSelf, conveys: true}}
		}
	}
	return found, s.ctx.Err()
}

func (s *modelSession) reaches(member, given *role) (bool, error) {
	s.calls.Add(1)
	return s.reached(member.oid)[given.oid], s.ctx.Err()
}

// seed puts in what others are supposed to have made. What is there already stays.
func (m *model) seed(from targets.State) {
	s := &modelSession{model: m} // what it may undo is forgotten
	for _, a := range from.Accounts {
		c := createRole{name: fold(a.Name), login: a.Active}
		if !a.Active {
			c.comment = mark
		}
		_, _ = s.create(c) // there already
	}
	for _, e := range from.Entitlements {
		_, _ = s.create(createRole{name: e.Address.ID})
	}
	for _, a := range from.Assignments {
		given := a.Entitlement.ID
		_, _ = s.create(createRole{name: given})
		if a.Indirect {
			_, _ = s.create(createRole{name: given + "-inner"})
			_ = s.grant(grantRole{given, given + "-inner"})
			given += "-inner"
		}
		_ = s.grant(grantRole{given, fold(a.AccountID)})
	}
}

// keptRole is a role as it is written down, and keptMember one in another.
type keptRole struct {
	OID     string `json:"oid"`
	Name    string `json:"name"`
	Login   bool   `json:"login,omitempty"`
	Super   bool   `json:"superuser,omitempty"`
	Comment string `json:"comment,omitempty"`
}

type keptMember struct {
	Role   string `json:"role"`
	Member string `json:"member"`
}

// plain is tables without methods, for encoding/json.
type plain tables

// MarshalJSON writes the tables in one order.
func (t *tables) MarshalJSON() ([]byte, error) {
	p := plain{Next: t.Next, Roles: []keptRole{}, Members: []keptMember{}}
	for _, r := range t.roles {
		p.Roles = append(p.Roles, keptRole{r.oid, r.name, r.login, r.super, r.comment})
	}
	for m := range t.members {
		p.Members = append(p.Members, keptMember{m.role, m.member})
	}
	slices.SortFunc(p.Roles, func(a, b keptRole) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(p.Members, func(a, b keptMember) int {
		return cmp.Or(strings.Compare(a.Role, b.Role), strings.Compare(a.Member, b.Member))
	})
	return json.Marshal(p)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (t *tables) UnmarshalJSON(data []byte) error {
	var p plain
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	self := t.roles[modelSelf]
	*t = tables{Next: max(p.Next, firstOID+1), roles: map[string]*role{modelSelf: self}, members: map[pair]bool{}}
	for _, r := range p.Roles {
		t.roles[r.Name] = &role{r.OID, r.Name, r.Login, r.Super, r.Comment}
	}
	for _, m := range p.Members {
		t.members[pair{m.Role, m.Member}] = true
	}
	return nil
}
