package rules

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"birthright/identity"
)

// templateShape is what a template may match: a group's name with stars.
var templateShape = regexp.MustCompile(`^[a-z0-9*][a-z0-9._*-]*$`)

// glob is a template's pattern; a star stands for any text, and what it stood
// for can be used as {1}, {2} …. Where that is open, earlier stars are short.
type glob struct {
	shape *regexp.Regexp
	stars int
}

func parseGlob(pattern string) (glob, error) {
	if !templateShape.MatchString(pattern) {
		return glob{}, fmt.Errorf("%q is not a pattern of group names: use a to z, 0 to 9, '.', '_', '-' and '*'", pattern)
	}
	parts := strings.Split(pattern, "*")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return glob{regexp.MustCompile("^" + strings.Join(parts, "(.*?)") + "$"), len(parts) - 1}, nil
}

// placeholder finds {…} in the texts of a template.
var placeholder = regexp.MustCompile(`\{([^{}]*)\}`)

// checkText tells which placeholder of text a template cannot fill.
func (g glob) checkText(text string) error {
	for _, found := range placeholder.FindAllStringSubmatch(text, -1) {
		name := found[1]
		if n, err := strconv.Atoi(name); err == nil && n >= 1 && n <= g.stars {
			continue
		}
		if name == "name" || name == "rule" {
			continue
		}
		return fmt.Errorf("unknown placeholder {%s}: a template knows {name}, {rule}%s", name, g.starNames())
	}
	if rest := placeholder.ReplaceAllString(text, ""); strings.ContainsAny(rest, "{}") {
		return fmt.Errorf("%q has a brace without its other half", text)
	}
	return nil
}

func (g glob) starNames() string {
	switch g.stars {
	case 0:
		return ""
	case 1:
		return " and {1} for its star"
	default:
		return fmt.Sprintf(" and {1} to {%d} for its stars", g.stars)
	}
}

// fill puts the group's name, its rule and the stars of match into text.
func fill(text, group, rule string, match []string) string {
	return placeholder.ReplaceAllStringFunc(text, func(p string) string {
		switch name := p[1 : len(p)-1]; name {
		case "name":
			return group
		case "rule":
			return rule
		default:
			if n, err := strconv.Atoi(name); err == nil && n < len(match) {
				return match[n]
			}
			return p
		}
	})
}

// group returns the group called name that rule makes, and false if the
// template is not for it.
func (t *Template) group(name, rule string) (identity.Group, bool) {
	match := t.glob.shape.FindStringSubmatch(name)
	if match == nil {
		return identity.Group{}, false
	}
	g := identity.Group{
		Name: name, Rule: rule, Risk: t.Risk, Prehire: t.Prehire,
		Title:       fill(t.Title, name, rule, match),
		Description: fill(t.Description, name, rule, match),
	}
	for _, owner := range t.Owners {
		g.Owners = append(g.Owners, fill(owner, name, rule, match))
	}
	for _, address := range t.Access {
		// Load has seen that the address is one whatever the name is.
		if e, err := identity.ParseEntitlement(fill(address, name, rule, match)); err == nil {
			g.Access = append(g.Access, e)
		}
	}
	return g, true
}
