package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"birthright/identity"
)

// groupNameShape is what the name of a group looks like.
var groupNameShape = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)

// slugShape is what Slug returns.
const slugShape = `[a-z0-9]+(?:-[a-z0-9]+)*`

// naming is the name of a group as a rule writes it: spelled out, or with
// placeholders as in team-{department}-{team}.
type naming struct {
	text  string
	parts []part
	// shape matches every name that the placeholders can make; nil for a name
	// that is spelled out.
	shape *regexp.Regexp
	// reads are the attributes of the placeholders, in order.
	reads []string
}

// part is a piece of a name: fixed text, or the slug of an attribute.
type part struct{ text, attribute string }

// parseNaming reads a name; the error says what is wrong with it.
func parseNaming(text string) (naming, error) {
	n := naming{text: text}
	shape := "^"
	for rest := text; rest != ""; {
		before, after, found := strings.Cut(rest, "{")
		if before != "" {
			n.parts = append(n.parts, part{text: before})
			shape += regexp.QuoteMeta(before)
		}
		if !found {
			break
		}
		attribute, tail, closed := strings.Cut(after, "}")
		if !closed {
			return naming{}, fmt.Errorf("%q opens a placeholder with { that no } closes", text)
		}
		if err := checkPlaceholder(attribute); err != nil {
			return naming{}, err
		}
		n.parts = append(n.parts, part{attribute: attribute})
		n.reads = append(n.reads, attribute)
		shape += slugShape
		rest = tail
	}
	if !groupNameShape.MatchString(n.sample()) {
		return naming{}, fmt.Errorf("%q is not a group name: use a to z, 0 to 9, '.', '_' and '-', and start with a letter or digit", text)
	}
	if slices.ContainsFunc(n.parts, func(p part) bool { return p.attribute != "" }) {
		n.shape = regexp.MustCompile(shape + "$")
	}
	return n, nil
}

// checkPlaceholder accepts a known attribute and attributes.NAME.
func checkPlaceholder(attribute string) error {
	known := identity.KnownAttributes()
	if custom, ok := strings.CutPrefix(attribute, "attributes."); ok && custom != "" {
		return nil
	}
	if slices.Contains(known, attribute) {
		return nil
	}
	return fmt.Errorf("unknown attribute in placeholder {%s}%s; a custom attribute is written {attributes.NAME}",
		attribute, didYouMean("", attribute, known))
}

// made reports whether the name depends on the user.
func (n naming) made() bool { return n.shape != nil }

// sample is the name with a letter for each placeholder.
func (n naming) sample() string {
	var b strings.Builder
	for _, p := range n.parts {
		if p.attribute != "" {
			b.WriteByte('x')
		}
		b.WriteString(p.text)
	}
	return b.String()
}

// matches reports whether the name is, or for some user could be, group.
func (n naming) matches(group string) bool {
	if n.made() {
		return n.shape.MatchString(group)
	}
	return n.text == group
}

// render returns the name for u, and false where an attribute is empty: then
// the rule gives nothing.
func (n naming) render(u *identity.User) (string, bool) {
	if !n.made() {
		return n.text, true
	}
	name := n.spell(func(i int) string { return attributeOf(u, n.reads[i]) })
	return name, name != ""
}

// spell returns the name with the slugs of values in its placeholders, "" where
// one of them is empty.
func (n naming) spell(value func(i int) string) string {
	var b strings.Builder
	placeholder := 0
	for _, p := range n.parts {
		b.WriteString(p.text)
		if p.attribute == "" {
			continue
		}
		slug := Slug(value(placeholder))
		if slug == "" {
			return ""
		}
		b.WriteString(slug)
		placeholder++
	}
	return b.String()
}
