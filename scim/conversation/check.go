package conversation

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"birthright/scim/shape"
)

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

// fill puts values in the place of {names}. A name that nothing has is an error,
// unless the braces are JSON's own.
func (p *playing) fill(text string) (string, error) {
	var unknown []string
	filled := placeholder.ReplaceAllStringFunc(text, func(found string) string {
		value, ok := p.vars[found[1:len(found)-1]]
		if !ok {
			unknown = append(unknown, found)
		}
		return value
	})
	if len(unknown) > 0 {
		return "", fmt.Errorf("nothing is called %s", strings.Join(unknown, ", "))
	}
	return filled, nil
}

// check holds an answer against one expectation and returns what is wrong. An
// error means that the script is.
func (p *playing) check(c Check, a answer) (complaint string, err error) {
	if c.Path, err = p.fill(c.Path); err != nil {
		return "", err
	}
	got := shape.At(a.body, c.Path)
	switch c.Op {
	case "capture":
		text, ok := got.(string)
		if !ok || text == "" {
			return fmt.Sprintf("%s is %s, want a text to keep as %s", c.Path, shape.Encode(got), c.Want), nil
		}
		p.vars[c.Want] = text
		return "", nil
	case "absent":
		return strings.Join(shape.Differences(nil, got, c.Path), "; "), nil
	case "header":
		return p.matches("header "+c.Path, a.header.Get(c.Path), c.Want)
	case "~":
		text, _ := got.(string)
		return p.matches(c.Path, text, c.Want)
	}
	return p.compare(c, got)
}

// matches holds a text against a regular expression.
func (p *playing) matches(what, text, expression string) (string, error) {
	filled, err := p.fill(expression)
	if err != nil {
		return "", err
	}
	pattern, err := regexp.Compile(filled)
	if err != nil {
		return "", err
	}
	if !pattern.MatchString(text) {
		return fmt.Sprintf("%s is %q, want it to match %s", what, text, pattern), nil
	}
	return "", nil
}

// compare holds a value against JSON.
func (p *playing) compare(c Check, got any) (string, error) {
	filled, err := p.fill(c.Want)
	if err != nil {
		return "", err
	}
	want, err := shape.Decode(filled)
	if err != nil {
		return "", fmt.Errorf("%s is no JSON: %w", filled, err)
	}
	switch c.Op {
	case "contains":
		list, _ := got.([]any)
		if !slices.ContainsFunc(list, func(one any) bool { return len(shape.Differences(want, one, "")) == 0 }) {
			return fmt.Sprintf("%s has no element like %s", c.Path, filled), nil
		}
		return "", nil
	case ">=":
		least, ok := want.(json.Number)
		number, ok2 := got.(json.Number)
		if x, y := float(least), float(number); !ok || !ok2 || y < x {
			return fmt.Sprintf("%s is %s, want at least %s", c.Path, shape.Encode(got), filled), nil
		}
		return "", nil
	}
	return strings.Join(shape.Differences(want, got, c.Path), "; "), nil
}

func float(n json.Number) float64 {
	f, err := n.Float64()
	if err != nil {
		return 0
	}
	return f
}
