package rules

import (
	"slices"
	"strings"

	"cel.dev/cel-go/cel"

	"birthright/rules/population"
)

// leafKind is what a leaf of a condition asks.
type leafKind uint8

const (
	leafOneOf   leafKind = iota // the value is one of texts
	leafPrefix                  // the value begins with texts[0]
	leafSuffix                  // the value ends with it
	leafPart                    // the value contains it
	leafElement                 // the list has texts[0] in it
	leafOnCall                  // the four that ask for facts about texts[0]
	leafHasTicket
	leafInGroup
	leafReportsTo
	leafValue // any CEL expression over one reading
	leafFree  // any CEL expression
)

// leaf is a question about a person that && , || and ! do not take apart. The
// same question is one leaf, however many conditions ask it.
type leaf struct {
	kind    leafKind
	reading population.Reading // but for facts and leafFree
	texts   []string           // sorted
	text    string             // as written, for people
	program cel.Program        // of leafValue and leafFree
	// reads is what a leafFree reads, facts aside.
	reads []population.Reading
}

// sure reports whether the leaf cannot fail.
func (l *leaf) sure() bool { return l.kind != leafValue && l.kind != leafFree }

// fact reports whether the leaf asks for something that is no attribute.
func (l *leaf) fact() bool { return l.kind >= leafOnCall && l.kind <= leafReportsTo }

// marked reports whether having one of texts is the same as the leaf holding.
func (l *leaf) marked() bool { return l.kind == leafOneOf || l.kind == leafElement }

// passing reports whether the leaf asks for a fact that comes and goes with time.
func (l *leaf) passing() bool { return l.kind == leafOnCall || l.kind == leafHasTicket }

// leaves numbers the leaves of a policy.
type leaves struct {
	all   []leaf
	byKey map[string]int
}

// number returns the node for a leaf, the same number for the same question.
func (ls *leaves) number(l leaf) *logic {
	key := strings.Join(slices.Concat([]string{
		string(rune('a' + l.kind)), string(rune('a' + l.reading.Kind)), l.reading.Attribute,
	}, l.texts), "\x00")
	if l.program != nil {
		key += "\x00\x00" + l.text
	}
	if ls.byKey == nil {
		ls.byKey = map[string]int{}
	}
	n, ok := ls.byKey[key]
	if !ok {
		n = len(ls.all)
		ls.byKey[key] = n
		ls.all = append(ls.all, l)
	}
	return &logic{op: opLeaf, leaf: n, sure: l.sure(), marked: l.marked()}
}

// holdsOf reports whether a leaf about one value holds of it; not for leafValue.
func (l *leaf) holdsOf(value string) bool {
	switch l.kind {
	case leafOneOf:
		if len(l.texts) == 1 {
			return l.texts[0] == value
		}
		_, found := slices.BinarySearch(l.texts, value)
		return found
	case leafPrefix:
		return strings.HasPrefix(value, l.texts[0])
	case leafSuffix:
		return strings.HasSuffix(value, l.texts[0])
	default:
		return strings.Contains(value, l.texts[0])
	}
}
