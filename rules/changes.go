package rules

import (
	"fmt"
	"slices"
	"strings"
)

// The ways in which a definition differs between two policies.
const (
	Added     = "added"
	Removed   = "removed"
	Changed   = "changed"
	Reordered = "reordered" // the definitions of one kind stand in another order
)

// Change is how one definition of a policy differs from that of another.
type Change struct {
	Kind   string `json:"kind"` // group, rule, template, constraint, exclusion, property, bundle, entitlements
	Name   string `json:"name"` // a template's is its match, an exclusion's the user; "" for Reordered
	Action string `json:"action"`
	// Fields are those that differ; all that are set of what was added or removed.
	Fields []FieldChange `json:"fields,omitempty"`
}

// FieldChange is one key of a definition, in the words of policy files. An empty
// text is a key that is not set.
type FieldChange struct {
	Field string `json:"field"`
	Old   string `json:"old"`
	New   string `json:"new"`
}

// Changes tells how a policy differs from an older one: by kind, then by name.
// nil for old is a policy without anything. There are none where only comments,
// layout, tests or the names of files differ.
func Changes(old, new *Policy) []Change {
	var out []Change
	before, after := definitions(old), definitions(new)
	for i, kind := range after {
		out = append(out, kind.against(before[i])...)
	}
	return out
}

// definition is one group, rule or other entry of a policy as its fields.
type definition struct {
	name   string
	fields []field
}

// kindOf is all definitions of one kind, in the order of the policy.
type kindOf struct {
	kind string
	defs []definition
}

// definitions lists a policy by kinds, always the same ones.
func definitions(p *Policy) []kindOf {
	if p == nil {
		p = &Policy{}
	}
	return []kindOf{
		listed("group", "name", p.Groups), listed("rule", "name", p.Rules),
		listed("template", "match", p.Templates), listed("constraint", "name", p.Constraints),
		listed("exclusion", "user", p.Exclusions), listed("property", "name", p.Properties),
		listed("bundle", "name", p.Bundles), listed("entitlements", "match", p.Entitlements),
	}
}

// listed names each definition by one of its fields. Templates may share a match,
// and exclusions a user: the second is "x (2)".
func listed[T any](kind, key string, defs []T) kindOf {
	out := kindOf{kind: kind}
	seen := map[string]int{}
	for i := range defs {
		fields := fieldsOf(&defs[i])
		name := textAt(fields, key)
		if seen[name]++; seen[name] > 1 {
			name = fmt.Sprintf("%s (%d)", name, seen[name])
		}
		fields = slices.DeleteFunc(fields, func(f field) bool { return f.name == key })
		out.defs = append(out.defs, definition{name, fields})
	}
	return out
}

// against compares with the older definitions of the same kind.
func (k kindOf) against(old kindOf) []Change {
	before, after := old.byName(), k.byName()
	var out []Change
	for name, was := range before {
		if _, ok := after[name]; !ok {
			out = append(out, Change{k.kind, name, Removed, fieldChanges(was, nil)})
		}
	}
	for name, is := range after {
		was, ok := before[name]
		differing := fieldChanges(was, is)
		switch {
		case !ok:
			out = append(out, Change{k.kind, name, Added, differing})
		case len(differing) > 0:
			out = append(out, Change{k.kind, name, Changed, differing})
		}
	}
	slices.SortFunc(out, func(a, b Change) int { return strings.Compare(a.Name, b.Name) })
	return append(out, k.reordered(old)...)
}

// reordered tells of definitions in both that stand in another order: of
// templates, the first that fits is taken.
func (k kindOf) reordered(old kindOf) []Change {
	was, is := old.common(k), k.common(old)
	if slices.Equal(was, is) {
		return nil
	}
	return []Change{{k.kind, "", Reordered, []FieldChange{{"order", strings.Join(was, ", "), strings.Join(is, ", ")}}}}
}

// common lists, in the order of k, the names that other has too.
func (k kindOf) common(other kindOf) []string {
	has := other.byName()
	var names []string
	for _, d := range k.defs {
		if _, ok := has[d.name]; ok {
			names = append(names, d.name)
		}
	}
	return names
}

func (k kindOf) byName() map[string][]field {
	out := make(map[string][]field, len(k.defs))
	for _, d := range k.defs {
		out[d.name] = d.fields
	}
	return out
}

// fieldChanges lists the fields that differ, those that are no longer set last.
func fieldChanges(was, is []field) []FieldChange {
	var out []FieldChange
	for _, f := range is {
		if old := textAt(was, f.name); old != f.text {
			out = append(out, FieldChange{f.name, old, f.text})
		}
	}
	for _, f := range was {
		if textAt(is, f.name) == "" {
			out = append(out, FieldChange{f.name, f.text, ""})
		}
	}
	return out
}

func textAt(fields []field, name string) string {
	i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
	if i < 0 {
		return ""
	}
	return fields[i].text
}
