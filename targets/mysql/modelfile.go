package mysql

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"birthright/targets"
)

// seed puts in what others are supposed to have made. What is there already stays.
func (m *model) seed(s targets.State) {
	for _, a := range s.Accounts {
		m.change(createAccount{account: named(a.Name, defaultHost), locked: !a.Active})
	}
	for _, e := range s.Entitlements {
		m.change(createRole{roleID(m.dialect, e.Address.ID)})
	}
	for _, a := range s.Assignments {
		given := roleID(m.dialect, a.Entitlement.ID)
		m.change(createRole{given})
		if a.Indirect {
			inner := roleID(m.dialect, a.Entitlement.ID+"-inner")
			m.change(createRole{inner})
			m.change(giveRole{given, inner})
			given = inner
		}
		m.change(giveRole{given, named(a.AccountID, defaultHost)})
	}
}

// kept is how the tables are written down. Ids are written as SQL spells them.
type kept struct {
	Accounts []keptRow   `json:"accounts"`
	Roles    []keptRow   `json:"roles"`
	Grants   []keptGrant `json:"grants"`
}

type keptRow struct {
	ID       string   `json:"id"`
	Locked   bool     `json:"locked,omitempty"`
	Super    bool     `json:"super,omitempty"`
	Defaults []string `json:"default_roles,omitempty"`
}

type keptGrant struct {
	Role   string `json:"role"`
	Holder string `json:"to"`
	Admin  bool   `json:"admin,omitempty"`
}

// MarshalJSON writes the tables in one order.
func (t *tables) MarshalJSON() ([]byte, error) {
	k := kept{Accounts: []keptRow{}, Roles: []keptRow{}, Grants: []keptGrant{}}
	for i, p := range t.Principals {
		r := keptRow{ID: i.String(), Locked: p.Locked, Super: p.Super}
		for _, d := range p.Defaults {
			r.Defaults = append(r.Defaults, d.String())
		}
		if p.Role {
			k.Roles = append(k.Roles, r)
		} else {
			k.Accounts = append(k.Accounts, r)
		}
	}
	for g, admin := range t.Grants {
		k.Grants = append(k.Grants, keptGrant{g.role.String(), g.holder.String(), admin})
	}
	byID := func(a, b keptRow) int { return strings.Compare(a.ID, b.ID) }
	slices.SortFunc(k.Accounts, byID)
	slices.SortFunc(k.Roles, byID)
	slices.SortFunc(k.Grants, func(a, b keptGrant) int { return strings.Compare(a.Holder+a.Role, b.Holder+b.Role) })
	return json.Marshal(k)
}

// UnmarshalJSON reads what MarshalJSON wrote, or somebody by hand.
func (t *tables) UnmarshalJSON(data []byte) error {
	var k kept
	if err := json.Unmarshal(data, &k); err != nil {
		return err
	}
	r := reader{}
	*t = newTables()
	for _, account := range k.Accounts {
		t.Principals[r.id(account.ID)] = r.row(account, false)
	}
	for _, role := range k.Roles {
		t.Principals[r.id(role.ID)] = r.row(role, true)
	}
	for _, g := range k.Grants {
		t.Grants[pair{r.id(g.Role), r.id(g.Holder)}] = g.Admin
	}
	return errors.Join(r.faults...)
}

// reader reads ids and gathers what is wrong with them.
type reader struct{ faults []error }

func (r *reader) id(text string) id {
	i, ok := parseID(text)
	if !ok {
		r.faults = append(r.faults, fmt.Errorf("%q is not written 'user'@'host'", text))
	}
	return i
}

func (r *reader) row(k keptRow, role bool) *row {
	out := &row{Role: role, Locked: k.Locked, Super: k.Super}
	for _, d := range k.Defaults {
		out.Defaults = append(out.Defaults, r.id(d))
	}
	return out
}
