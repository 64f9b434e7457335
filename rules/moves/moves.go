package moves

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/internal/strictyaml"
	"birthright/rules"
)

// Move is what is to be different about one person, or about those of whom a
// condition holds.
type Move struct {
	// User is the person's name, "" where there is Where.
	User  string
	Where *rules.Question
	// Set holds the new values by attribute; an attribute without any is taken away.
	Set      map[string][]string
	Position rules.Position
}

// cleared is written for an attribute that is taken away.
const cleared = "-"

// Read reads a file by its ending. Where a person has several moves, later ones
// count.
func Read(name string, data []byte) ([]Move, error) {
	var out []Move
	var faults strictyaml.Faults
	switch strings.ToLower(path.Ext(name)) {
	case ".csv":
		out, faults = readCSV(name, data)
	case ".yaml", ".yml":
		out, faults = readYAML(name, data)
	default:
		faults = strictyaml.Faults{{File: name, Message: "the ending does not tell what it is: write .csv or .yaml"}}
	}
	if err := faults.Err(); err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Err: err}
	}
	return out, nil
}

// custom begins the name of an attribute that the hub does not know itself.
const custom = "attributes."

// Attribute returns the attribute that people call name: a known one in any
// letter case, or attributes.NAME for one of their own.
func Attribute(name string) (string, error) {
	if own, ok := strings.CutPrefix(name, custom); ok && own != "" {
		return own, nil
	}
	known := identity.KnownAttributes()
	canonical := identity.CanonicalAttribute(name)
	switch {
	case canonical == identity.AttrUserName:
		return "", fmt.Errorf("userName says who it is, and cannot be changed here")
	case slices.Contains(known, canonical):
		return canonical, nil
	}
	hint := ""
	if near := strictyaml.Nearest(name, known); near != "" {
		hint = " (did you mean " + near + "?)"
	}
	return "", fmt.Errorf("unknown attribute %q%s; a custom one is written attributes.NAME", name, hint)
}

// Values reads what is written for an attribute: several values stand between |.
func Values(text string) []string {
	if strings.TrimSpace(text) == cleared {
		return nil
	}
	var out []string
	for value := range strings.SplitSeq(text, "|") {
		if value = strings.TrimSpace(value); value != "" {
			out = append(out, value)
		}
	}
	return out
}
