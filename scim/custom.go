package scim

import (
	"maps"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/scim/resource"
)

// userType is what the hub declares of users: whatever else an extension has is
// an attribute of the company's own.
var userType = resource.Users()

// custom adds the attributes of extensions that nobody declares, so that policies
// can use them: user.attributes["squad"], and where two extensions have one of that
// name, or the hub an attribute of its own, by the extension's URI, a colon and
// the name. A mapping to an attribute takes its place.
func (s *Source) custom(doc resource.Document, out identity.Attributes) {
	taken := map[string]bool{}
	for _, urn := range slices.Sorted(maps.Keys(doc)) {
		object, ok := doc[urn].(map[string]any)
		if !ok || !strings.Contains(urn, ":") {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(object)) {
			if userType.Declares(urn, name) {
				continue
			}
			list, ok := object[name].([]any)
			if !ok {
				list = []any{object[name]}
			}
			values := texts(list)
			if len(values) == 0 {
				continue
			}
			out.Set(urn+":"+name, values...)
			if short := identity.CanonicalAttribute(name); !known[short] && !s.mapped[short] && !taken[short] {
				taken[short] = true
				out.Set(short, values...)
			}
		}
	}
}

// known are the attributes that mean something to the hub: no extension's
// attribute becomes one by having its name.
var known = func() map[string]bool {
	out := map[string]bool{}
	for _, name := range identity.KnownAttributes() {
		out[name] = true
	}
	return out
}()
