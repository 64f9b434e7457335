package file

import (
	"slices"

	"birthright/identity"
	"birthright/targets"
)

// accountOf returns the account as its rows tell it. Where they disagree on a
// value, all are shown, so that the difference is seen and mended.
func (t *table) accountOf(name string) targets.Account {
	attributes := identity.Attributes{}
	for i, c := range t.columns {
		if _, set := attributes[c.From]; set {
			continue
		}
		var values []string
		blank := false
		for _, line := range t.live(name) {
			blank = blank || line.values[i] == ""
			if !slices.Contains(values, line.values[i]) {
				values = append(values, line.values[i])
			}
		}
		if blank && len(values) > 1 {
			values = append(values, "(empty in some rows)")
		}
		attributes.Set(c.From, values...)
	}
	return targets.Account{ID: name, Name: name, Active: true, Attributes: attributes}
}

// live returns the rows of an account.
func (t *table) live(name string) []*row { return t.byAccount[name] }

// holds returns the entitlements of an account, sorted, each once.
func (t *table) holds(name string) []string {
	var out []string
	for _, line := range t.live(name) {
		if line.entitlement != "" {
			out = append(out, line.entitlement)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// has reports whether the account has a row for the entitlement.
func (t *table) has(name, entitlement string) bool {
	return slices.ContainsFunc(t.live(name), func(line *row) bool { return line.entitlement == entitlement })
}

// drop removes the rows of an account for which condition holds.
func (t *table) drop(name string, condition func(*row) bool) {
	var left []*row
	for _, line := range t.byAccount[name] {
		if condition(line) {
			line.gone = true
			continue
		}
		left = append(left, line)
	}
	if len(left) == 0 {
		delete(t.byAccount, name)
		return
	}
	t.byAccount[name] = left
}

// valuesOf returns the attribute columns for an account's attributes.
func (t *table) valuesOf(a identity.Attributes) []string {
	values := make([]string, len(t.columns))
	for i, c := range t.columns {
		values[i] = t.cell(a.First(c.From))
	}
	return values
}

// rename gives all rows of an account to a new name.
func (t *table) rename(from, to string) {
	if from == to {
		return
	}
	for _, line := range t.byAccount[from] {
		line.account = to
	}
	t.byAccount[to] = append(t.byAccount[to], t.byAccount[from]...)
	delete(t.byAccount, from)
}
