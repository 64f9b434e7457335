package handoff

import (
	"cmp"
	"maps"
	"slices"
)

// Page returns a part of what the model holds: items in a fixed order, those after
// the cursor, so that what stays is listed whatever comes and goes meanwhile.
func (m *Model) Page(ask Ask) Page {
	m.ready()
	p := Page{Version: Version}
	limit := cmp.Or(max(0, ask.Limit), 100)
	for _, item := range m.items(ask) {
		if item.at <= ask.Cursor {
			continue
		}
		if limit == 0 {
			return p
		}
		item.into(&p)
		p.Next = item.at
		limit--
	}
	p.Next, p.Complete = "", true
	return p
}

// item is one line of a listing.
type item struct {
	at   string // accounts before entitlements before assignments
	into func(*Page)
}

func (m *Model) items(ask Ask) []item {
	var out []item
	for _, id := range slices.Sorted(maps.Keys(m.Held)) {
		h := m.Held[id]
		if !m.asked(ask, h.Account) {
			continue
		}
		out = append(out, item{"1 " + id, func(p *Page) { p.Accounts = append(p.Accounts, h.Account) }})
		for _, path := range slices.Sorted(maps.Keys(h.Holds)) {
			if !ask.wants(path) {
				continue
			}
			a := Assignment{AccountID: id, Entitlement: ParsePath(path), Indirect: h.Holds[path].Indirect, NotAfter: h.Holds[path].NotAfter}
			out = append(out, item{"3 " + id + " " + path, func(p *Page) { p.Assignments = append(p.Assignments, a) }})
		}
	}
	for path, e := range m.Entitlements {
		if ask.wants(path) {
			out = append(out, item{"2 " + path, func(p *Page) { p.Entitlements = append(p.Entitlements, e) }})
		}
	}
	slices.SortFunc(out, func(a, b item) int { return cmp.Compare(a.at, b.at) })
	return out
}

func (m *Model) asked(ask Ask, a Account) bool {
	if ask.AccountIDs == nil && ask.Names == nil {
		return true
	}
	return slices.Contains(ask.AccountIDs, a.ID) || slices.ContainsFunc(ask.Names, func(name string) bool { return m.fold(name) == m.fold(a.Name) })
}

func (ask Ask) wants(path string) bool {
	return ask.Entitlements == nil || slices.ContainsFunc(ask.Entitlements, func(e Entitlement) bool { return e.Path() == path })
}
