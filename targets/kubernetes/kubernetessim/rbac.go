package kubernetessim

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// rbac answers for roles and bindings.
func (s *System) rbac(w http.ResponseWriter, r *http.Request, body []byte) {
	resource, namespace, name, ok := parse(strings.TrimPrefix(r.URL.EscapedPath(), "/apis/"+group+"/v1/"))
	if !ok {
		status(w, http.StatusNotFound, "NotFound", "the server could not find the requested resource")
		return
	}
	verb := map[string]string{http.MethodPatch: "patch", http.MethodDelete: "delete", http.MethodGet: "get"}[r.Method]
	if verb == "get" && name == "" {
		verb = "list"
	}
	if slices.Contains(s.o.Denied, verb+" "+resource) {
		status(w, http.StatusForbidden, "Forbidden", fmt.Sprintf("%s.%s is forbidden: User \"hub\" cannot %s resource %q", resource, group, verb, resource))
		return
	}
	switch verb {
	case "list":
		s.list(w, r, resource, namespace)
	case "get":
		s.get(w, resource, namespace, name)
	case "delete":
		s.delete(w, resource, namespace, name)
	case "patch":
		s.apply(w, r, resource, namespace, name, body)
	default:
		status(w, http.StatusMethodNotAllowed, "MethodNotAllowed", "the server does not allow this method on the requested resource")
	}
}

// parse reads [namespaces/NAMESPACE/]RESOURCE[/NAME].
func parse(path string) (resource, namespace, name string, ok bool) {
	parts := strings.Split(path, "/")
	if parts[0] == "namespaces" && len(parts) > 2 {
		namespace, parts = parts[1], parts[2:]
	}
	resource = parts[0]
	if len(parts) == 2 {
		name = unescape(parts[1])
	}
	return resource, namespace, name, kinds[resource] != "" && len(parts) <= 2
}

func unescape(text string) string {
	r, err := http.NewRequest(http.MethodGet, "http://x/"+text, nil)
	if err != nil {
		return text
	}
	return strings.TrimPrefix(r.URL.Path, "/")
}

func notFound(w http.ResponseWriter, resource, name string) {
	status(w, http.StatusNotFound, "NotFound", fmt.Sprintf("%s.%s %q not found", resource, group, name))
}

// list answers a page. The place in a list is the last key, and the version that it
// began with.
func (s *System) list(w http.ResponseWriter, r *http.Request, resource, namespace string) {
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	if s.o.Page > 0 && (limit == 0 || limit > s.o.Page) {
		limit = s.o.Page
	}
	from := r.URL.Query().Get("continue")
	if from != "" && s.expired > 0 {
		s.expired--
		status(w, http.StatusGone, "Expired", "The provided continue parameter is too old to display a consistent list result.")
		return
	}
	metadata := map[string]any{"resourceVersion": strconv.Itoa(s.mem.Version)}
	items := []object{}
	keys := s.below(resource, namespace)
	for i, k := range keys {
		if from != "" && k <= resource+"\x00"+from {
			continue
		}
		items = append(items, s.mem.Objects[k])
		if limit > 0 && len(items) == limit && i < len(keys)-1 {
			metadata["continue"] = strings.TrimPrefix(k, resource+"\x00")
			metadata["remainingItemCount"] = len(keys) - 1 - i
			break
		}
	}
	reply(w, http.StatusOK, map[string]any{"kind": kinds[resource] + "List", "apiVersion": group + "/v1", "metadata": metadata, "items": items})
}

func (s *System) get(w http.ResponseWriter, resource, namespace, name string) {
	o, there := s.mem.Objects[key(resource, namespace, name)]
	if !there {
		notFound(w, resource, name)
		return
	}
	reply(w, http.StatusOK, o)
}

func (s *System) delete(w http.ResponseWriter, resource, namespace, name string) {
	k := key(resource, namespace, name)
	o, there := s.mem.Objects[k]
	if !there {
		notFound(w, resource, name)
		return
	}
	delete(s.mem.Objects, k)
	s.mem.Version++
	reply(w, http.StatusOK, map[string]any{
		"kind": "Status", "apiVersion": "v1", "metadata": map[string]any{}, "status": "Success",
		"details": map[string]any{"name": name, "group": group, "kind": resource, "uid": o.Metadata["uid"]},
	})
}

// apply is server-side apply: 201 where the object was not there. The hub owns all
// fields that it sends.
func (s *System) apply(w http.ResponseWriter, r *http.Request, resource, namespace, name string, body []byte) {
	var in object
	q := r.URL.Query()
	switch {
	case r.Header.Get("Content-Type") != "application/apply-patch+yaml":
		status(w, http.StatusUnsupportedMediaType, "UnsupportedMediaType", "this stand-in knows server-side apply alone")
		return
	case q.Get("fieldManager") == "":
		status(w, http.StatusBadRequest, "BadRequest", "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch")
		return
	case json.Unmarshal(body, &in) != nil || in.Kind != kinds[resource] || in.Metadata["name"] != name || in.APIVersion != group+"/v1":
		status(w, http.StatusBadRequest, "BadRequest", "the object in the body is not the one in the path")
		return
	}
	k := key(resource, namespace, name)
	old, there := s.mem.Objects[k]
	if there && !maps.Equal(old.RoleRef, in.RoleRef) {
		status(w, http.StatusUnprocessableEntity, "Invalid", fmt.Sprintf("%s.%s %q is invalid: roleRef: Invalid value: cannot change roleRef", in.Kind, group, name))
		return
	}
	if there {
		same, _ := json.Marshal(old.Subjects)
		sent, _ := json.Marshal(in.Subjects)
		if string(same) == string(sent) {
			reply(w, http.StatusOK, old)
			return
		}
		in.Metadata["uid"] = old.Metadata["uid"]
		reply(w, http.StatusOK, s.store(resource, namespace, name, in))
		return
	}
	reply(w, http.StatusCreated, s.store(resource, namespace, name, in))
}
