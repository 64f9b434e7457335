package conversation

import (
	"fmt"
	"net/http"
	"strings"

	"birthright/scim/shape"
)

// again sends a write that has succeeded a second time, as a client does whose
// answer was lost, and checks that the resource is what it was.
func (p *playing) again(x Exchange, r sent, first answer) error {
	if !repeats(r, first) {
		return nil
	}
	state, err := p.state(r, first)
	if err != nil {
		return fmt.Errorf("%s:%d: %w", p.script.Name, x.Line, err)
	}
	second, err := p.send(r)
	if err != nil {
		return fmt.Errorf("%s:%d: the second time: %w", p.script.Name, x.Line, err)
	}
	if complaint := p.tolerable(r, first, second); complaint != "" {
		return p.deviation(x.Line, x, r, second, "the second time: "+complaint)
	}
	after, err := p.state(r, first)
	if err != nil {
		return fmt.Errorf("%s:%d: %w", p.script.Name, x.Line, err)
	}
	if state != after {
		return p.deviation(x.Line, x, r, second, fmt.Sprintf("the second time changed the resource\n  from     %s\n  to       %s", shape.Brief(state), shape.Brief(after)))
	}
	return nil
}

// repeats reports whether a request was a write that succeeded.
func repeats(r sent, first answer) bool {
	switch r.method {
	case http.MethodPut, http.MethodPatch, http.MethodDelete:
		return first.status < 300
	case http.MethodPost:
		return first.status < 300 && !strings.HasSuffix(r.path, "/.search") && r.path != "/Bulk"
	}
	return false
}

// tolerable tells what is wrong with the second answer.
func (p *playing) tolerable(r sent, first, second answer) string {
	conditional := false
	for _, h := range r.headers {
		conditional = conditional || strings.EqualFold(h.Name, "If-Match")
	}
	switch {
	case conditional && second.status == http.StatusPreconditionFailed:
		return ""
	case r.method == http.MethodPost:
		return p.tolerableTwin(r, first, second)
	case r.method == http.MethodDelete && second.status == http.StatusNotFound:
		return ""
	case r.method == http.MethodPatch && shape.At(second.body, "$.scimType") == "noTarget":
		return "" // what was to be removed is gone
	case second.status < 300:
		return ""
	}
	return fmt.Sprintf("status %d, want success", second.status)
}

// tolerableTwin judges the answer to a POST that came twice: a conflict, or the
// same resource.
func (p *playing) tolerableTwin(r sent, first, second answer) string {
	was, is := shape.At(first.body, "$.id"), shape.At(second.body, "$.id")
	switch {
	case second.status == http.StatusConflict, second.status < 300 && was == is:
		return ""
	case second.status < 300 && p.TwinGroups && strings.HasPrefix(r.path, "/Groups"):
		path, _, _ := strings.Cut(r.path, "?")
		if a, err := p.send(sent{method: http.MethodDelete, path: fmt.Sprintf("%s/%v", path, is)}); err != nil || a.status != http.StatusNoContent {
			return fmt.Sprintf("the second group %v could not be deleted", is)
		}
		return ""
	case second.status < 300:
		return fmt.Sprintf("a second resource came about: %v beside %v", is, was)
	}
	return fmt.Sprintf("status %d, want 409, or success with the same id", second.status)
}

// state is what a client sees of the resource that a request was about, without
// meta; its absence is a state, too.
func (p *playing) state(r sent, first answer) (string, error) {
	path, _, _ := strings.Cut(r.path, "?")
	if r.method == http.MethodPost {
		path = fmt.Sprintf("%s/%v", strings.TrimRight(path, "/"), shape.At(first.body, "$.id"))
	}
	a, err := p.send(sent{method: http.MethodGet, path: path})
	if err != nil {
		return "", err
	}
	if object, ok := a.body.(map[string]any); ok {
		delete(object, "meta")
	}
	return fmt.Sprintf("%d %s", a.status, shape.Encode(a.body)), nil
}
