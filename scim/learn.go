package scim

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"

	"birthright/scim/resource"
)

// learned is what is known of the extensions that sources use without declaring
// them, so that it is written down once.
type learned struct {
	mu sync.Mutex
	of map[string]map[Learned]bool // by source
}

// learn writes down which attributes of undeclared extensions a resource has, so
// that /Schemas can list them. A failure costs only that: it is tried again with
// the next resource.
func (h *handler) learn(c *call, t *resource.Type, doc resource.Document) {
	told := h.undeclared(t, doc)
	if len(told) == 0 {
		return
	}
	h.learned.mu.Lock()
	known := h.learned.of[c.source.name]
	h.learned.mu.Unlock()
	if !slices.ContainsFunc(told, func(l Learned) bool { return !known[l] }) {
		return
	}
	all, err := h.o.Directory.Learned(c.Context(), c.source.name)
	if err == nil {
		if news := missingFrom(all, told); len(news) > 0 {
			err = h.o.Directory.Learn(c.Context(), c.source.name, news)
			all = append(all, news...)
		}
	}
	if err != nil {
		h.o.Log.Warn("scim: an extension's attributes could not be written down", "source", c.source.name, "error", err)
		return
	}
	now := make(map[Learned]bool, len(all)+len(told))
	for _, l := range append(all, told...) {
		now[l] = true
	}
	h.learned.mu.Lock()
	h.learned.of[c.source.name] = now
	h.learned.mu.Unlock()
}

// missingFrom returns those of told that nobody has seen under that name.
func missingFrom(all, told []Learned) []Learned {
	return slices.DeleteFunc(slices.Clone(told), func(l Learned) bool {
		return slices.ContainsFunc(all, func(k Learned) bool {
			return strings.EqualFold(k.Schema, l.Schema) && strings.EqualFold(k.Name, l.Name)
		})
	})
}

// mostLearned bounds what is learned of one resource.
const mostLearned = 500

// undeclared lists the attributes of doc that the schemas of t do not list.
func (h *handler) undeclared(t *resource.Type, doc resource.Document) []Learned {
	var out []Learned
	for _, urn := range slices.Sorted(maps.Keys(doc)) {
		object, ok := doc[urn].(map[string]any)
		if !ok || !strings.Contains(urn, ":") {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(object)) {
			if len(out) == mostLearned {
				return out
			}
			switch {
			case resource.Quiet(urn, name):
				out = append(out, Learned{Schema: urn, Name: name, Kind: "dateTime"})
			case !t.Declares(urn, name):
				out = append(out, learnedOf(urn, name, object[name]))
			}
		}
	}
	return out
}

func learnedOf(urn, name string, value any) Learned {
	l := Learned{Schema: urn, Name: name, Kind: "string"}
	list, ok := value.([]any)
	if l.Multi = ok; ok && len(list) > 0 {
		value = list[0]
	}
	switch value.(type) {
	case bool:
		l.Kind = "boolean"
	case json.Number:
		l.Kind = "decimal"
	case map[string]any:
		l.Kind = "complex"
	}
	return l
}
