package rules

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"birthright/identity"
	"birthright/rules/population"
)

// form is how a candidate stands for values.
type form uint8

const (
	formOther  form = iota // any value that nothing in the policy is about
	formPrefix             // any that begins with the text
	formSuffix
	formPart
	formExact
)

// candidate is a value that an attribute could have.
type candidate struct {
	form form
	text string
}

func compareCandidates(a, b candidate) int {
	return cmp.Or(cmp.Compare(a.form, b.form), cmp.Compare(a.text, b.text))
}

// The characters for private use stand in for values that no condition asks for:
// slugs and comparisons make nothing of them that a policy names.
const firstOther, others = 0xe000, 6400

// concrete is one of the values that c stands for. It is another one in each slot,
// so that things are not taken for equal that need not be.
func (c candidate) concrete(s slot) string {
	if c.form == formExact {
		return c.text
	}
	hash := fnv.New32a()
	hash.Write([]byte{byte(s.kind)})
	hash.Write([]byte(s.name))
	other := string(rune(firstOther + hash.Sum32()%others))
	switch c.form {
	case formPrefix:
		return c.text + other
	case formSuffix:
		return other + c.text
	case formPart:
		return other + c.text + other
	default:
		return other
	}
}

// String is c for people; a star stands for any text.
func (c candidate) String() string { return starred(c.concrete(slot{})) }

func starred(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= firstOther && r < firstOther+others {
			return '*'
		}
		return r
	}, text)
}

// candidates are the values worth a try, by attribute. Those of user.groups are
// under "".
type candidates map[string][]candidate

// candidates gathers the values that decide on group.
func (e *Engine) candidates(group string) candidates {
	around := sortedKeys(e.closure([]string{group}))
	out := candidates{}
	for _, name := range sortedKeys(e.needed(around)) {
		e.name(e.byName[name].logic, out)
	}
	for _, name := range around {
		e.nameSlugs(name, out)
	}
	for attribute, list := range out {
		list = append(list, combined(list)...)
		list = append(list, candidate{}, candidate{form: formExact})
		slices.SortFunc(list, compareCandidates)
		out[attribute] = slices.Compact(list)
	}
	return out
}

// of returns those of an attribute; without any, there is what is there and what is not.
func (c candidates) of(r population.Reading) []candidate {
	if list := c[attributeRead(r)]; list != nil {
		return list
	}
	return []candidate{{}, {form: formExact}}
}

// attributeRead is the attribute that a reading is about.
func attributeRead(r population.Reading) string {
	if r.Kind == population.Name {
		return "userName"
	}
	return r.Attribute
}

// name adds what the leaves of some logic spell out.
func (e *Engine) name(n *logic, into candidates) {
	if n.op == opLeaf {
		l := &e.leaves.all[n.leaf]
		if !l.fact() && l.kind != leafFree {
			into.add(l.reading, l)
		}
		for _, r := range l.reads {
			into.add(r, l)
		}
	}
	for _, arg := range n.args {
		e.name(arg, into)
	}
}

// beside adds what u has of all that a program compares with each other.
func (e *Engine) beside(n *logic, u *identity.User, into candidates) {
	if n.op == opLeaf && e.leaves.all[n.leaf].kind == leafFree {
		l := &e.leaves.all[n.leaf]
		for _, r := range l.reads {
			if r.Kind == population.Whole || r.Kind == population.State {
				continue
			}
			list := into[attributeRead(r)]
			if list == nil {
				list = into.of(r)
			}
			for _, text := range textsOf(l.reads, u) {
				if c := (candidate{formExact, text}); !slices.Contains(list, c) {
					list = append(list, c)
				}
			}
			into[attributeRead(r)] = list
		}
	}
	for _, arg := range n.args {
		e.beside(arg, u, into)
	}
}

// textsOf is what u has of some readings.
func textsOf(reads []population.Reading, u *identity.User) []string {
	var out []string
	for _, r := range reads {
		if r.Listed() {
			out = append(out, r.List(u)...)
		} else if r.Kind != population.Whole {
			out = append(out, r.Text(u))
		}
	}
	return out
}

// nameSlugs adds what placeholders would have to be for group.
func (e *Engine) nameSlugs(group string, into candidates) {
	for _, i := range e.givers.of(group) {
		for j := range e.policy.Rules[i].names {
			n := &e.policy.Rules[i].names[j]
			if !n.made() {
				continue
			}
			for _, slugs := range n.readings(group) {
				for k, slug := range slugs {
					attribute := attributeRead(placeholderReading(n.reads[k]))
					into[attribute] = append(into[attribute], candidate{formExact, slug})
				}
			}
		}
	}
}

// forms are the leaves that ask for a part of a value.
var forms = map[leafKind]form{leafPrefix: formPrefix, leafSuffix: formSuffix, leafPart: formPart}

func (c candidates) add(r population.Reading, l *leaf) {
	if r.Kind == population.State || r.Kind == population.Whole {
		return
	}
	attribute := attributeRead(r)
	for _, text := range l.texts {
		c[attribute] = append(c[attribute], candidate{formExact, text})
		if f, ok := forms[l.kind]; ok {
			c[attribute] = append(c[attribute], candidate{f, text})
		}
	}
	for _, value := range l.named {
		for _, text := range near(value) {
			c[attribute] = append(c[attribute], candidate{formExact, text})
		}
	}
}

// combined are values that begin, go on and end as several leaves want.
func combined(list []candidate) []candidate {
	var out []candidate
	for _, a := range list {
		for _, b := range list {
			if a.form == formPrefix && (b.form == formSuffix || b.form == formPart) || a.form == formPart && b.form == formSuffix {
				out = append(out, candidate{formExact, a.text + b.text})
			}
		}
	}
	return out
}

// near are the texts that a value in a program makes worth a try: itself, and for
// numbers, times and patterns those around.
func near(value ref.Val) []string {
	switch v := value.(type) {
	case types.Int:
		return []string{strconv.FormatInt(int64(v)-1, 10), strconv.FormatInt(int64(v), 10), strconv.FormatInt(int64(v)+1, 10)}
	case types.Double:
		return []string{strconv.FormatFloat(float64(v), 'g', -1, 64), strconv.FormatFloat(float64(v)+1, 'g', -1, 64), strconv.FormatFloat(float64(v)-1, 'g', -1, 64)}
	case types.String:
		text := string(v)
		if at, err := time.Parse(time.RFC3339, text); err == nil {
			return []string{at.AddDate(0, 0, -1).Format(time.RFC3339), text, at.AddDate(0, 0, 1).Format(time.RFC3339)}
		}
		if example, ok := matching(text); ok {
			return []string{example, text}
		}
		return []string{text}
	}
	return nil
}
