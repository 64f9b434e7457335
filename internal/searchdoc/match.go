package searchdoc

import (
	"strconv"
	"strings"
	"time"
)

// Resource is what a Condition is asked of in memory.
type Resource struct {
	Doc               Doc
	ID                string
	Version           int64
	Created, Modified time.Time
}

// Match reports whether c holds for r. It is the meaning of conditions: what a
// database says must be the same.
func Match(c Condition, r Resource) bool { return c.holds(r, nil) }

func (a And) holds(r Resource, e Element) bool {
	for _, c := range a {
		if !c.holds(r, e) {
			return false
		}
	}
	return true
}

func (o Or) holds(r Resource, e Element) bool {
	for _, c := range o {
		if c.holds(r, e) {
			return true
		}
	}
	return false
}

func (n Not) holds(r Resource, e Element) bool { return !n.X.holds(r, e) }

func (h Has) holds(r Resource, _ Element) bool {
	for _, e := range r.Doc[h.Attribute] {
		if h.Where == nil || h.Where.holds(r, e) {
			return true
		}
	}
	return false
}

func (s Sub) holds(_ Resource, e Element) bool {
	for _, v := range e[s.Name] {
		if text, ok := v.(string); ok {
			v = s.Before + text
		}
		if s.Test == nil || s.Test.passes(v) {
			return true
		}
	}
	return false
}

func (c Column) holds(r Resource, _ Element) bool {
	switch c.Name {
	case ID:
		return c.Test.passes(c.Before + r.ID + c.After)
	case Version:
		return c.Test.passes(c.Before + strconv.FormatInt(r.Version, 10) + c.After)
	case Created:
		return c.Test.passes(r.Created.UnixMicro())
	case Modified:
		return c.Test.passes(r.Modified.UnixMicro())
	}
	return false
}

func (t Test) passes(v any) bool { return t.compare(v) != t.Fails }

func (t Test) compare(v any) bool {
	switch want := t.Value.(type) {
	case string:
		got, ok := v.(string)
		return ok && compareTexts(t.Op, got, want)
	case float64:
		got, ok := v.(float64)
		return ok && ordered(t.Op, got, want)
	case int64:
		got, ok := v.(int64)
		return ok && ordered(t.Op, got, want)
	case bool:
		got, ok := v.(bool)
		return ok && t.Op == Equal && got == want
	}
	return false
}

func compareTexts(op Op, got, want string) bool {
	switch op {
	case Contains:
		return strings.Contains(got, want)
	case Begins:
		return strings.HasPrefix(got, want)
	case Ends:
		return strings.HasSuffix(got, want)
	}
	return ordered(op, got, want)
}

func ordered[T string | float64 | int64](op Op, got, want T) bool {
	switch op {
	case Equal:
		return got == want
	case Greater:
		return got > want
	case GreaterEqual:
		return got >= want
	case Less:
		return got < want
	case LessEqual:
		return got <= want
	}
	return false
}
