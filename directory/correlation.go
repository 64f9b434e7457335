package directory

import (
	"slices"
	"strings"

	"birthright/identity"
)

// keySeparator stands between the values of a rule with several attributes. It
// cannot be confused with a part of a value that people type.
const keySeparator = "\x1f"

// maxKeysPerRule bounds the keys that one record gives for one rule: values
// multiply when a rule names several multi-valued attributes.
const maxKeysPerRule = 16

// Correlation says by which attributes records of different sources are
// recognised as one person. The zero value recognises nobody: each record
// becomes a user of its own.
type Correlation struct {
	rules []correlationRule
}

type correlationRule struct {
	attributes []string
	prefix     string // "employeenumber=", what its keys begin with
}

// NewCorrelation takes the rules of the configuration in order of preference;
// each is a list of attributes that must all agree.
func NewCorrelation(rules [][]string) Correlation {
	var c Correlation
	for _, attributes := range rules {
		if len(attributes) == 0 {
			continue
		}
		rule := correlationRule{attributes: make([]string, len(attributes))}
		for i, name := range attributes {
			rule.attributes[i] = identity.CanonicalAttribute(name)
		}
		rule.prefix = strings.ToLower(strings.Join(rule.attributes, "+")) + "="
		c.rules = append(c.rules, rule)
	}
	return c
}

// String names the rules, for messages and for telling one setting from another.
func (c Correlation) String() string {
	names := make([]string, len(c.rules))
	for i, rule := range c.rules {
		names[i] = rule.name()
	}
	return strings.Join(names, ", ")
}

// Keys returns the match keys of r in order of the rules, like
// "employeenumber=4711": equal keys mean that a rule matches. A rule gives one
// key for each value of its attribute (each combination, where it names
// several), and none when an attribute is empty: two people without an
// employee number do not share one.
func (c Correlation) Keys(r identity.Record) []string {
	var keys []string
	for _, rule := range c.rules {
		keys = append(keys, rule.keys(r.Attributes)...)
	}
	return keys
}

func (rule correlationRule) name() string { return strings.Join(rule.attributes, "+") }

// keys returns the rule's keys for a, without duplicates, at most maxKeysPerRule.
func (rule correlationRule) keys(a identity.Attributes) []string {
	keys := []string{rule.prefix}
	for i, name := range rule.attributes {
		values := folded(a[name])
		if len(values) == 0 {
			return nil
		}
		separator := keySeparator
		if i == 0 {
			separator = ""
		}
		keys = combine(keys, separator, values)
	}
	return keys
}

// combine appends each value to each key, up to the bound.
func combine(keys []string, separator string, values []string) []string {
	if len(keys) == 1 && len(values) == 1 {
		keys[0] += separator + values[0]
		return keys
	}
	out := make([]string, 0, min(len(keys)*len(values), maxKeysPerRule))
	for _, key := range keys {
		for _, value := range values {
			if len(out) == maxKeysPerRule {
				return out
			}
			out = append(out, key+separator+value)
		}
	}
	return out
}

// folded returns the distinct non-empty values, folded, in order.
func folded(values []string) []string {
	out := make([]string, 0, len(values))
	for _, value := range values {
		if value = Fold(value); value != "" && !slices.Contains(out, value) {
			out = append(out, value)
		}
	}
	return out
}
