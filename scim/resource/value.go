package resource

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"
	"time"

	"birthright/scim/fault"
)

// MaxValues bounds the values of one multi-valued attribute, members excepted.
const MaxValues = 250

// Value makes a value that a client sent for a regular, or says why it cannot be
// one. Nil means unassigned: null, an empty array, an empty text or object.
//
// Providers write the same thing in several ways, and none of these is
// ambiguous: "True" for true, an object or text where an array of one is meant, a
// text for a complex value with a "value", and complex values that are JSON
// inside a text.
func (a *Attribute) Value(v any, r *Reading) (any, error) {
	if !a.Multi {
		return a.Element(v, r)
	}
	list, ok := v.([]any)
	if !ok && v != nil && v != "" {
		list = []any{v}
		if err := r.Lenient(fault.InvalidValue("%s takes an array.", a.Name), "%s: one value was read as an array of it", a.Name); err != nil {
			return nil, err
		}
	}
	if len(list) > MaxValues && a.Name != "members" {
		return nil, fault.InvalidValue("%s has %d values; at most %d are kept.", a.Name, len(list), MaxValues)
	}
	out := make([]any, 0, len(list))
	for _, element := range list {
		regular, err := a.single(element, r)
		if err != nil {
			return nil, err
		}
		if regular != nil && !a.Hollow(regular) {
			out = append(out, regular)
		}
	}
	once := Distinct(out)
	if len(once) < len(out) {
		r.Note("%s: a value that came twice was kept once", a.Name)
	}
	if len(once) == 0 {
		return nil, nil
	}
	return once, nil
}

// Distinct returns the values of a multi-valued attribute with each pair of
// "value" and "type" once (RFC 7643 section 2.4), in its first place, and primary
// where any of the same pair was. A value without a "value" always stays. The
// values are not changed; the list is the given one where there is nothing to drop.
func Distinct(list []any) []any {
	at := map[[2]string]int{}
	kept := make([]any, 0, len(list))
	for _, element := range list {
		object, _ := element.(map[string]any)
		value, ok := object["value"].(string)
		kind, _ := object["type"].(string)
		i, again := at[[2]string{value, kind}]
		switch {
		case !ok:
			kept = append(kept, element)
		case !again:
			at[[2]string{value, kind}] = len(kept)
			kept = append(kept, element)
		case object["primary"] == true:
			first := maps.Clone(kept[i].(map[string]any))
			first["primary"] = true
			kept[i] = first
		}
	}
	if len(kept) == len(list) {
		return list
	}
	return kept
}

// Element makes one value regular, of a multi-valued attribute too; a list of one
// is that one.
func (a *Attribute) Element(v any, r *Reading) (any, error) {
	list, ok := v.([]any)
	if ok {
		if err := r.Lenient(fault.InvalidValue("%s takes one value, not an array.", a.Name), "%s: an array was read as the one value in it", a.Name); err != nil {
			return nil, err
		}
	}
	switch {
	case ok && len(list) > 1:
		return nil, fault.InvalidValue("%s takes one value, not %d.", a.Name, len(list))
	case ok && len(list) == 1:
		v = list[0]
	case ok:
		v = nil
	}
	return a.single(v, r)
}

// Hollow reports whether an element of a multi-valued attribute says nothing:
// only what kind of value it would be.
func (a *Attribute) Hollow(element any) bool {
	object, ok := element.(map[string]any)
	if !ok || lookup(a.Sub, "value") == nil {
		return false
	}
	for name := range object {
		switch name {
		case "type", "primary", "display":
		default:
			return false
		}
	}
	return true
}

// single makes one value regular.
func (a *Attribute) single(v any, r *Reading) (any, error) {
	if v == nil {
		return nil, nil
	}
	switch a.Type {
	case "complex":
		return a.complexValue(v, r)
	case "boolean":
		return a.boolean(v, r)
	case "integer", "decimal":
		return a.number(v)
	}
	s, ok := v.(string)
	if !ok {
		return nil, fault.InvalidValue("%s must be a text.", a.Name)
	}
	if s == "" {
		return nil, nil
	}
	return s, a.checkFormat(s)
}

// checkFormat checks the types that are written as texts.
func (a *Attribute) checkFormat(s string) error {
	switch a.Type {
	case "binary":
		plain := strings.TrimRight(s, "=") // which may be left out (RFC 7643 section 2.3.6)
		if _, err := base64.RawStdEncoding.DecodeString(plain); err != nil {
			return fault.InvalidValue("%s must be base64.", a.Name)
		}
	case "dateTime":
		if _, err := parseTime(s); err != nil {
			return fault.InvalidValue("%s is %q: write a date like 2026-01-02 or a time like 2026-01-02T15:04:05Z.", a.Name, s)
		}
	}
	return nil
}

func (a *Attribute) boolean(v any, r *Reading) (any, error) {
	refusal := fault.InvalidValue("%s must be true or false.", a.Name)
	switch b := v.(type) {
	case bool:
		return b, nil
	case string:
		if b == "" {
			return nil, nil
		}
		value, ok := truth(b)
		if !ok {
			return nil, refusal
		}
		return value, r.Lenient(refusal, "%s: the text %q was read as %v", a.Name, b, value)
	}
	return nil, refusal
}

func (a *Attribute) number(v any) (any, error) {
	n, ok := v.(json.Number)
	if ok && a.Type == "integer" {
		_, err := n.Int64()
		ok = err == nil
	}
	if !ok {
		return nil, fault.InvalidValue("%s must be a number.", a.Name)
	}
	return n, nil
}

func (a *Attribute) complexValue(v any, r *Reading) (any, error) {
	refusal := fault.InvalidValue("%s must be an object.", a.Name)
	if s, ok := v.(string); ok && s != "" {
		if v = a.complexText(s); v != any(s) {
			if err := r.Lenient(refusal, "%s: a text was read as an object", a.Name); err != nil {
				return nil, err
			}
		}
	} else if ok {
		return nil, nil
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, refusal
	}
	// To the letter, the text of a value is a text, whatever it looks like.
	if inner := a.role(object); inner != nil && (r == nil || !r.Strict) {
		r.Note("%s: the text of a value was read as an object", a.Name)
		object = inner
	}
	regular := make(map[string]any, len(object))
	for name, value := range object {
		sub := lookup(a.Sub, name)
		if sub == nil || sub.ReadOnly() {
			continue
		}
		got, err := sub.Value(value, r)
		if err != nil {
			return nil, err
		}
		if got != nil {
			regular[sub.Name] = got
		}
	}
	if len(regular) == 0 {
		return nil, nil
	}
	return regular, nil
}

// role reads a role whose value is a whole role as JSON in a text, which is how
// Entra writes several; nil for any other.
func (a *Attribute) role(object map[string]any) map[string]any {
	text, ok := object["value"].(string)
	if !ok || a.Name != "roles" || !strings.HasPrefix(text, "{") {
		return nil
	}
	inner, err := ReadObject([]byte(text))
	if err != nil || inner["value"] == nil {
		return nil
	}
	for name, part := range object {
		if _, said := inner[name]; !said {
			inner[name] = part
		}
	}
	return inner
}

// Parts returns the parts of the one value of a as they were sent, also where they
// stand in a text or in a list of one. It is nil where there are none.
func (a *Attribute) Parts(v any) map[string]any {
	if a.Multi || !a.Complex() {
		return nil
	}
	if list, ok := v.([]any); ok && len(list) == 1 {
		v = list[0]
	}
	if s, ok := v.(string); ok && s != "" {
		v = a.complexText(s)
	}
	parts, _ := v.(map[string]any)
	return parts
}

// complexText reads a complex value that came as a text.
func (a *Attribute) complexText(s string) any {
	if strings.HasPrefix(s, "{") {
		if object, err := ReadObject([]byte(s)); err == nil {
			return object
		}
	}
	if lookup(a.Sub, "value") != nil {
		return map[string]any{"value": s}
	}
	return s
}

// readObject makes the object of an extension regular. What the extension does
// not declare is kept as it is.
func readObject(attributes []*Attribute, object map[string]any, r *Reading) (map[string]any, error) {
	regular := make(map[string]any, len(object))
	for name, value := range object {
		if a := lookup(attributes, name); a != nil {
			got, err := a.Value(value, r)
			if err != nil {
				return nil, err
			}
			name, value = a.Name, got
		}
		if !Empty(value) {
			regular[name] = value
		}
	}
	return regular, nil
}

// Empty reports whether a value is no value: null, or an empty text, list or object.
func Empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// parseTime reads a dateTime of XML Schema as far as SCIM uses it, and a plain
// date, which begins at midnight UTC.
func parseTime(s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t, nil
	}
	if t, err := time.ParseInLocation("2006-01-02T15:04:05.999999999", s, time.UTC); err == nil {
		return t, nil
	}
	return time.ParseInLocation(time.DateOnly, s, time.UTC)
}
