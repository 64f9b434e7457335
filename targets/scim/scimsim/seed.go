package scimsim

import (
	"birthright/identity"
	"birthright/targets"
)

// Seed puts s in as somebody else would: users, groups, and members, an Indirect one
// through a group of its own inside the group. What is there already stays.
func (a *App) Seed(s targets.State) {
	a.mu.Lock()
	defer a.mu.Unlock()
	ids := map[string]string{}
	for _, account := range s.Accounts {
		id := a.seedUser(account)
		ids[account.Name] = id
		if account.ID != "" {
			ids[account.ID] = id
		}
	}
	for _, e := range s.Entitlements {
		a.seedGroup(e.Address.ID)
	}
	for _, as := range s.Assignments {
		member := ids[as.AccountID]
		if u := a.tables.userNames[fold(as.AccountID)]; member == "" && u != nil {
			member = u.id
		}
		if member == "" && a.tables.users[as.AccountID] != nil {
			member = as.AccountID
		}
		if member == "" {
			continue
		}
		g := a.seedGroup(as.Entitlement.ID)
		if as.Indirect {
			inner := a.seedGroup("in " + g.displayName + " by " + member)
			a.tables.link(inner, member)
			member = inner.id
		}
		a.tables.link(g, member)
	}
}

// seedUser returns the id of the user of that name, who is made where there is none.
func (a *App) seedUser(account targets.Account) string {
	if u := a.tables.userNames[fold(account.Name)]; u != nil {
		return u.id
	}
	now := a.opt.Now().UTC()
	u := &user{id: a.tables.newID("u-"), created: now, modified: now, groups: map[*group]struct{}{},
		attrs: object{"userName": account.Name, "active": account.Active}}
	if n := account.Attributes.First(identity.AttrDisplayName); n != "" {
		u.attrs["displayName"] = n
	}
	if mail := account.Attributes.First(identity.AttrEmail); mail != "" {
		u.attrs["emails"] = []any{object{"value": mail, "type": "work", "primary": true}}
	}
	a.render(u)
	a.tables.addUser(u)
	return u.id
}

// seedGroup returns the group of that name, which is made where there is none.
func (a *App) seedGroup(name string) *group {
	for _, g := range a.tables.names[fold(name)] {
		return g
	}
	now := a.opt.Now().UTC()
	g := &group{id: a.tables.newID("g-"), displayName: name, created: now, modified: now,
		members: map[string]int{}, groups: map[*group]struct{}{}}
	a.tables.addGroup(g)
	return g
}
