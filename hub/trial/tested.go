package trial

import (
	"context"
	"regexp"
	"slices"

	"birthright/rules"
)

// Tested is how the tests and the properties of a policy ended.
type Tested struct {
	OK bool `json:"ok"`
	// People is how many people the properties were held against.
	People     int                    `json:"people"`
	Properties []rules.PropertyResult `json:"properties"`
	Tests      []rules.TestResult     `json:"tests"`
}

// Test runs the tests of a policy whose names a pattern fits, and tells of its
// properties what t found.
func Test(e *rules.Engine, t *rules.PropertyTests, chosen *regexp.Regexp) Tested {
	out := Tested{
		People:     t.People,
		Tests:      slices.DeleteFunc(e.RunTests(), func(r rules.TestResult) bool { return !chosen.MatchString(r.Name) }),
		Properties: slices.DeleteFunc(slices.Clone(t.Results), func(r rules.PropertyResult) bool { return !chosen.MatchString(r.Name) }),
	}
	if out.Tests == nil {
		out.Tests = []rules.TestResult{}
	}
	if out.Properties == nil {
		out.Properties = []rules.PropertyResult{}
	}
	out.OK = !failing(out.Tests, out.Properties)
	return out
}

func failing(tests []rules.TestResult, properties []rules.PropertyResult) bool {
	return slices.ContainsFunc(tests, func(t rules.TestResult) bool { return !t.OK }) ||
		slices.ContainsFunc(properties, func(p rules.PropertyResult) bool { return !p.OK })
}

// HoldEverybody holds properties against everybody in the directory.
func HoldEverybody(ctx context.Context, d Directory, e *rules.Engine, t *rules.PropertyTests) error {
	crowd, err := d.Crowd(ctx, nil, e)
	if err != nil {
		return err
	}
	t.Everyone(e.Everyone(crowd.Population, crowd.World), crowd.Population, crowd.World, "the directory")
	users, err := d.Tx.BareUsers(ctx, t.Nameless())
	t.Name(users)
	return err
}
