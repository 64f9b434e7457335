package ad

import (
	"strings"

	goldap "github.com/go-ldap/ldap/v3"
)

// template is a DN in which {attribute} stands for an attribute of the hub.
type template string

// names returns the attributes that the template asks for.
func (t template) names() []string {
	var out []string
	t.fill(func(name string) string {
		out = append(out, name)
		return name
	})
	return out
}

// fill puts values in, each as one value of a DN; "" where one of them is empty.
func (t template) fill(value func(name string) string) string {
	var b strings.Builder
	rest, whole := string(t), true
	for {
		before, after, found := strings.Cut(rest, "{")
		b.WriteString(before)
		name, behind, closed := strings.Cut(after, "}")
		if !found || !closed {
			b.WriteString(after)
			break
		}
		v := value(name)
		whole = whole && strings.TrimSpace(v) != ""
		b.WriteString(goldap.EscapeDN(v))
		rest = behind
	}
	if !whole {
		return ""
	}
	return b.String()
}
