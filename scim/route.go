package scim

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"birthright/scim/fault"
)

// serve carries out a request.
type serve func(*call) (answer, error)

// methods are the ways to serve one path.
type methods map[string]serve

// route finds what serves a request, or says 404, 405 or 501.
func (h *handler) route(c *call) (serve, error) {
	segments, ok := split(c.URL.EscapedPath())
	if !ok {
		return nil, fault.New(http.StatusNotFound, "There is no such endpoint.")
	}
	table := h.endpoint(c, segments)
	if table == nil {
		return nil, fault.New(http.StatusNotFound, "There is no endpoint %s.", c.URL.Path)
	}
	method := c.Method
	if method == http.MethodHead {
		method = http.MethodGet // net/http leaves the body out
	}
	if s := table[method]; s != nil {
		return s, nil
	}
	var allowed []string
	for name := range table {
		allowed = append(allowed, name)
	}
	slices.Sort(allowed)
	c.w.Header().Set("Allow", strings.Join(allowed, ", "))
	return nil, fault.New(http.StatusMethodNotAllowed, "%s is not possible here; %s is.", c.Method, strings.Join(allowed, ", "))
}

// endpoint returns the methods of a path, nil for an unknown one.
func (h *handler) endpoint(c *call, segments []string) methods {
	first, second := "", ""
	switch len(segments) {
	case 0:
		return methods{http.MethodGet: h.list(h.userListing(), h.groupListing())}
	case 1:
		first = segments[0]
	case 2:
		first, second = segments[0], segments[1]
		c.id = second
	default:
		return nil
	}
	switch {
	case first == "Users":
		return h.resourceEndpoint(second, h.userEndpoint())
	case first == "Groups":
		return h.resourceEndpoint(second, h.groupEndpoint())
	case first == "ServiceProviderConfig" && second == "":
		return methods{http.MethodGet: h.serviceProviderConfig}
	case first == "ResourceTypes":
		return methods{http.MethodGet: discovery(h.resourceTypes)}
	case first == "Schemas":
		return methods{http.MethodGet: discovery(h.schemas)}
	case first == "Bulk" && second == "":
		return methods{http.MethodPost: h.bulk}
	case first == ".search" && second == "":
		return methods{http.MethodPost: h.search(h.userListing(), h.groupListing())}
	case first == "Me":
		me := methods{}
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
			me[method] = notOffered("Me")
		}
		return me
	}
	return nil
}

// endpoints are the ways to serve a type of resource.
type endpoints struct{ list, search, create, read, replace, patch, remove serve }

func (h *handler) resourceEndpoint(id string, e endpoints) methods {
	switch id {
	case "":
		return methods{http.MethodGet: e.list, http.MethodPost: e.create}
	case ".search":
		return methods{http.MethodPost: e.search}
	}
	return methods{http.MethodGet: e.read, http.MethodPut: e.replace, http.MethodPatch: e.patch, http.MethodDelete: e.remove}
}

// notOffered answers what RFC 7644 leaves to the provider and this one does not do.
func notOffered(what string) serve {
	return func(*call) (answer, error) {
		return answer{}, fault.New(http.StatusNotImplemented, "%s is not supported; see ServiceProviderConfig.", what)
	}
}

// split takes the path below Prefix apart, each segment unescaped once, so that
// an id may contain a slash. One trailing slash is passed over.
func split(escaped string) (segments []string, ok bool) {
	rest, ok := strings.CutPrefix(escaped, Prefix)
	if !ok || rest != "" && rest[0] != '/' {
		return nil, false
	}
	rest = strings.TrimSuffix(strings.TrimPrefix(rest, "/"), "/")
	if rest == "" {
		return nil, true
	}
	for segment := range strings.SplitSeq(rest, "/") {
		plain, err := url.PathUnescape(segment)
		if err != nil || plain == "" || !utf8.ValidString(plain) || strings.ContainsRune(plain, 0) {
			return nil, false // nothing is called that, and not every database takes it
		}
		segments = append(segments, plain)
	}
	return segments, true
}
