// Package kubernetessim is a stand-in for the API server of a cluster, as far as roles
// and bindings go: lists in pages whose place is lost after a while, server-side apply,
// a role of a binding that cannot be changed, and refusals as Status objects.
//
// It decides nothing about who may do what: Options.Denied refuses verbs by name.
package kubernetessim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"birthright/targets"
)

// Options make a System.
type Options struct {
	// Token is the bearer token that is taken; "" takes everything.
	Token string
	// Prefix stands before the names of users.
	Prefix string
	// BindingName names the bindings of the hub.
	BindingName func(kind, id, user string) string
	// Denied are the verbs that are refused, such as "delete rolebindings".
	Denied []string
	// Page is how many objects are listed at once at most; 0 means as many as asked.
	Page int
}

// System is a simulated cluster.
type System struct {
	o Options

	mu      sync.Mutex
	mem     memory
	expired int // so many requests for a further page are answered with 410
}

// memory is all that it holds: objects by path, "rolebindings/NAMESPACE/NAME".
type memory struct {
	Objects map[string]object `json:"objects"`
	Version int               `json:"version"`
}

// object is a role or a binding.
type object struct {
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Metadata   map[string]any    `json:"metadata"`
	RoleRef    map[string]string `json:"roleRef,omitempty"`
	Subjects   []map[string]any  `json:"subjects,omitempty"`
	Rules      []map[string]any  `json:"rules,omitempty"`
}

// New makes a cluster that holds nothing.
func New(o Options) *System { return &System{o: o, mem: memory{Objects: map[string]object{}}} }

// Memory implements sim.System.
func (s *System) Memory() any { return &s.mem }

// ExpireLists has so many requests for a further page answered with 410 Gone.
func (s *System) ExpireLists(times int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expired = times
}

// Deny refuses verbs from now on.
func (s *System) Deny(verbs ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.o.Denied = verbs
}

const group = "rbac.authorization.k8s.io"

// kinds are the kinds of objects by resource.
var kinds = map[string]string{
	"roles": "Role", "clusterroles": "ClusterRole", "rolebindings": "RoleBinding", "clusterrolebindings": "ClusterRoleBinding",
}

// Seed implements sim.System. A direct assignment is a binding as the hub makes them,
// an indirect one a binding of somebody else's.
func (s *System) Seed(state targets.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	names := map[string]string{}
	for _, a := range state.Accounts {
		names[cmp.Or(a.ID, a.Name)] = a.Name
	}
	for _, e := range state.Entitlements {
		s.role(e.Address.Kind, e.Address.ID)
	}
	for i, a := range state.Assignments {
		user := s.o.Prefix + cmp.Or(names[a.AccountID], a.AccountID)
		s.role(a.Entitlement.Kind, a.Entitlement.ID)
		name, labels := s.o.BindingName(a.Entitlement.Kind, a.Entitlement.ID, user), map[string]string{"app.kubernetes.io/managed-by": "birthright"}
		if a.Indirect {
			name, labels = fmt.Sprintf("by-hand-%d-%s", i, name[len(name)-8:]), nil
		}
		s.Bind(name, a.Entitlement.Kind, a.Entitlement.ID, labels, map[string]any{"apiGroup": group, "kind": "User", "name": user})
	}
}

// place splits KIND/ID: the resource of the role, where it is, and its name.
func place(kind, id string) (resource, namespace, role string) {
	if kind == "cluster-role" {
		return "clusterroles", "", id
	}
	namespace, role, _ = strings.Cut(id, "/")
	if kind == "role" {
		return "roles", namespace, role
	}
	return "clusterroles", namespace, role
}

func (s *System) role(kind, id string) {
	resource, namespace, role := place(kind, id)
	if resource == "clusterroles" {
		namespace = ""
	}
	s.insert(resource, namespace, role, object{Rules: []map[string]any{{"apiGroups": []string{""}, "resources": []string{"pods"}, "verbs": []string{"get"}}}})
}

// insert puts an object in that is not there; the caller holds mu.
func (s *System) insert(resource, namespace, name string, o object) {
	if _, there := s.mem.Objects[key(resource, namespace, name)]; there {
		return
	}
	o.Metadata = map[string]any{"name": name}
	if namespace != "" {
		o.Metadata["namespace"] = namespace
	}
	s.store(resource, namespace, name, o)
}

func (s *System) store(resource, namespace, name string, o object) object {
	s.mem.Version++
	o.APIVersion, o.Kind = group+"/v1", kinds[resource]
	if o.Metadata["uid"] == nil {
		o.Metadata["uid"] = fmt.Sprintf("00000000-0000-4000-8000-%012d", s.mem.Version)
	}
	o.Metadata["resourceVersion"] = strconv.Itoa(s.mem.Version)
	s.mem.Objects[key(resource, namespace, name)] = o
	return o
}

// Bind makes a binding as somebody else would, under a lock that the caller of Seed
// holds; see BindByHand.
func (s *System) Bind(name, kind, id string, labels map[string]string, subjects ...map[string]any) {
	resource, namespace, role := place(kind, id)
	bindings := "clusterrolebindings"
	if namespace != "" {
		bindings = "rolebindings"
	}
	o := object{RoleRef: map[string]string{"apiGroup": group, "kind": kinds[resource], "name": role}, Subjects: subjects}
	s.insert(bindings, namespace, name, o)
	if labels != nil {
		s.mem.Objects[key(bindings, namespace, name)].Metadata["labels"] = labels
	}
}

// BindByHand makes a binding as a person with kubectl would.
func (s *System) BindByHand(name, kind, id string, subjects ...map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Bind(name, kind, id, nil, subjects...)
}

// Change changes the object at resource, namespace and name; nil deletes it.
func (s *System) Change(resource, namespace, name string, change func(roleRef map[string]string, metadata map[string]any)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if change == nil {
		delete(s.mem.Objects, key(resource, namespace, name))
		return
	}
	if o, ok := s.mem.Objects[key(resource, namespace, name)]; ok {
		change(o.RoleRef, o.Metadata)
	}
}

// Names are the objects of a resource, NAMESPACE/NAME, in order.
func (s *System) Names(resource string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, k := range s.below(resource, "") {
		out = append(out, strings.TrimPrefix(k, resource+"\x00"))
	}
	return out
}

func key(resource, namespace, name string) string { return resource + "\x00" + namespace + "/" + name }

// below are the keys of a resource in a namespace, or in all, in order.
func (s *System) below(resource, namespace string) []string {
	prefix := resource + "\x00"
	if namespace != "" {
		prefix += namespace + "/"
	}
	var out []string
	for _, k := range slices.Sorted(maps.Keys(s.mem.Objects)) {
		if strings.HasPrefix(k, prefix) {
			out = append(out, k)
		}
	}
	return out
}

// ServeHTTP answers as an API server does.
func (s *System) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.o.Token != "" && r.Header.Get("Authorization") != "Bearer "+s.o.Token {
		status(w, http.StatusUnauthorized, "Unauthorized", "Unauthorized")
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		status(w, http.StatusBadRequest, "BadRequest", "the body cannot be read")
		return
	}
	switch path := r.URL.Path; {
	case path == "/version":
		reply(w, http.StatusOK, map[string]string{"major": "1", "minor": "37", "gitVersion": "v1.37.2-simulated"})
	case path == "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews":
		s.review(w, body)
	case strings.HasPrefix(path, "/apis/"+group+"/v1/"):
		s.rbac(w, r, body)
	default:
		status(w, http.StatusNotFound, "NotFound", "the server could not find the requested resource")
	}
}

// review says what may be done.
func (s *System) review(w http.ResponseWriter, body []byte) {
	var in map[string]any
	var ask struct {
		Spec struct {
			A struct{ Verb, Resource string } `json:"resourceAttributes"`
		} `json:"spec"`
	}
	if json.Unmarshal(body, &in) != nil || json.Unmarshal(body, &ask) != nil {
		status(w, http.StatusBadRequest, "BadRequest", "the review cannot be read")
		return
	}
	in["status"] = map[string]any{"allowed": !slices.Contains(s.o.Denied, ask.Spec.A.Verb+" "+ask.Spec.A.Resource)}
	reply(w, http.StatusCreated, in)
}

// status is a refusal.
func status(w http.ResponseWriter, code int, reason, message string) {
	reply(w, code, map[string]any{
		"kind": "Status", "apiVersion": "v1", "metadata": map[string]any{}, "status": "Failure", "message": message, "reason": reason, "code": code,
	})
}

func reply(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body) // who has gone does not hear it
}
