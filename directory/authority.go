package directory

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"birthright/identity"
)

// AuthorityRule says that Sources, the most trusted first, and nobody else are
// believed about Attributes.
type AuthorityRule struct {
	Attributes []string
	Sources    []string
}

// Authority says which source is believed for which attribute. The zero value
// believes every source, in the order of their names.
type Authority struct {
	order map[string]int            // source → place, for attributes without a rule
	rules map[string]map[string]int // attribute → source → place
	text  string
}

// NewAuthority takes the sources in the order of the configuration, which is the
// order of trust for attributes that no rule names, and the rules. Where two
// rules name an attribute the first one counts.
func NewAuthority(order []string, rules []AuthorityRule) Authority {
	a := Authority{order: places(order), rules: map[string]map[string]int{}, text: fmt.Sprint(order, rules)}
	for _, rule := range rules {
		for _, name := range rule.Attributes {
			name = identity.CanonicalAttribute(name)
			if _, ok := a.rules[name]; !ok {
				a.rules[name] = places(rule.Sources)
			}
		}
	}
	return a
}

// String spells the settings, for telling one setting from another.
func (a Authority) String() string { return a.text }

// places maps each name to its first position.
func places(names []string) map[string]int {
	out := make(map[string]int, len(names))
	for i, name := range names {
		if _, ok := out[name]; !ok {
			out[name] = i
		}
	}
	return out
}

// Believes reports whether source has a say about attribute. An attribute that
// a rule names is believed from the listed sources only; any other attribute
// from every source.
func (a Authority) Believes(attribute, source string) bool {
	listed, ok := a.rules[attribute]
	if !ok {
		return true
	}
	_, ok = listed[source]
	return ok
}

// Merge returns what is believed of the person that records speak of, and which
// source each attribute came from. For each attribute the most trusted live
// record that has it wins, with all its values. The attribute active is more
// careful where no rule names it: one live record that says no is believed. When
// no record is live the gone ones are used, so that a leaver keeps a name.
//
// The values are shared with the records and must not be changed in place.
func (a Authority) Merge(records []identity.Record) (identity.Attributes, map[string]string) {
	records = a.speaking(records)
	attributes := identity.Attributes{}
	origins := map[string]string{}
	best := map[string]int{} // place of the origin, for attributes with a rule
	for _, r := range records {
		for name, values := range r.Attributes {
			if len(values) == 0 {
				continue
			}
			place, ruled := 0, false
			if listed, ok := a.rules[name]; ok {
				if place, ok = listed[r.Source]; !ok {
					continue
				}
				ruled = true
			}
			if _, taken := origins[name]; taken && !(ruled && place < best[name]) {
				continue
			}
			attributes[name], origins[name] = values, r.Source
			if ruled {
				best[name] = place
			}
		}
	}
	a.careful(records, attributes, origins)
	return attributes, origins
}

// careful lets the first record that says inactive win where no rule decides.
func (a Authority) careful(records []identity.Record, attributes identity.Attributes, origins map[string]string) {
	if _, ruled := a.rules[identity.AttrActive]; ruled || len(records) < 2 {
		return
	}
	for _, r := range records {
		values := r.Attributes[identity.AttrActive]
		if len(values) == 0 {
			continue
		}
		if active, err := parseFlag(values[0]); err != nil || !active {
			attributes[identity.AttrActive], origins[identity.AttrActive] = values, r.Source
			return
		}
	}
}

// speaking returns the live records, or all where none is live, the most
// trusted source first. The order of its argument does not matter.
func (a Authority) speaking(records []identity.Record) []identity.Record {
	if len(records) < 2 {
		return records
	}
	anyLive := slices.ContainsFunc(records, identity.Record.Live)
	out := make([]identity.Record, 0, len(records))
	for _, r := range records {
		if r.Live() || !anyLive {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(x, y identity.Record) int {
		return cmp.Or(
			-x.GoneAt.Compare(y.GoneAt), // among gone ones, the last that left
			cmp.Compare(a.place(x.Source), a.place(y.Source)),
			strings.Compare(x.Source, y.Source),
			strings.Compare(x.Key, y.Key),
		)
	})
	return out
}

// place is the position of source in the default order; sources that are no
// longer configured come last.
func (a Authority) place(source string) int {
	if i, ok := a.order[source]; ok {
		return i
	}
	return len(a.order)
}
