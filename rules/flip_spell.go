package rules

import (
	"slices"
	"strings"

	"birthright/rules/population"
)

// spell notes what could make placeholders spell the name of a group: of each way
// to cut the name, the first value that is another one.
func (p *supposition) spell(n *naming, group string) {
	for _, slugs := range n.readings(group) {
		for i, slug := range slugs {
			if Slug(attributeOf(&p.subject.user, n.reads[i])) == slug {
				continue
			}
			p.spellOne(placeholderReading(n.reads[i]), slug)
			break
		}
	}
}

// spellOne notes the values that have a slug.
func (p *supposition) spellOne(r population.Reading, slug string) {
	for _, c := range p.values.of(r) {
		if c.form == formExact && Slug(c.text) == slug {
			p.set(attributeRead(r), c)
		}
	}
}

// unspell notes what could make placeholders spell another name.
func (p *supposition) unspell(n *naming) {
	for _, attribute := range n.reads {
		r := placeholderReading(attribute)
		p.edits = append(p.edits, p.changesOf(r, nil)...)
	}
}

// readings returns the slugs by which the placeholders could have made a name.
func (n *naming) readings(group string) [][]string {
	var out [][]string
	n.cut(n.parts, group, nil, &out)
	return out
}

func (n *naming) cut(parts []part, rest string, slugs []string, into *[][]string) {
	switch {
	case len(parts) == 0:
		if rest == "" {
			*into = append(*into, slices.Clone(slugs))
		}
	case parts[0].attribute == "":
		if tail, ok := strings.CutPrefix(rest, parts[0].text); ok {
			n.cut(parts[1:], tail, slugs, into)
		}
	default:
		for end := 1; end <= len(rest); end++ {
			if slug := rest[:end]; Slug(slug) == slug {
				n.cut(parts[1:], rest[end:], append(slugs, slug), into)
			}
		}
	}
}
