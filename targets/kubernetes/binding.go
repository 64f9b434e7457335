package kubernetes

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"birthright/identity"
	"birthright/targets"
)

// The kinds of entitlement.
const (
	kindRole          = "role"
	kindClusterRole   = "cluster-role"
	kindNamespaceRole = "namespace-role"
)

// What marks a binding as the hub's. The name follows from what it binds, so that
// giving twice makes one object.
const (
	fieldManager      = "birthright"
	labelManagedBy    = "app.kubernetes.io/managed-by"
	annotationAccount = "birthright/account"
	annotationGives   = "birthright/entitlement"
	annotationEnd     = "birthright/not-after"
)

const (
	group   = "rbac.authorization.k8s.io"
	version = group + "/v1"
	base    = "/apis/" + version
)

// binding is a RoleBinding or ClusterRoleBinding, as far as it matters.
type binding struct {
	APIVersion string    `json:"apiVersion,omitempty"`
	Kind       string    `json:"kind,omitempty"`
	Metadata   metadata  `json:"metadata"`
	RoleRef    roleRef   `json:"roleRef"`
	Subjects   []subject `json:"subjects,omitempty"`
}

type metadata struct {
	Name        string            `json:"name"`
	Namespace   string            `json:"namespace,omitempty"`
	UID         string            `json:"uid,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

type roleRef struct {
	APIGroup string `json:"apiGroup"`
	Kind     string `json:"kind"`
	Name     string `json:"name"`
}

type subject struct {
	APIGroup string `json:"apiGroup,omitempty"`
	Kind     string `json:"kind"`
	Name     string `json:"name"`
}

// place is what an entitlement says in Kubernetes' words.
type place struct {
	kind      string // of the entitlement
	namespace string // "" for the whole cluster
	role      string
}

// nameOfNamespace is what a namespace may be called (RFC 1123 label).
var nameOfNamespace = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)

// placeOf reads an entitlement's address.
func placeOf(e identity.Entitlement) (place, error) {
	p := place{kind: e.Kind, role: e.ID}
	switch e.Kind {
	case kindClusterRole:
	case kindRole, kindNamespaceRole:
		p.namespace, p.role, _ = strings.Cut(e.ID, "/")
		if !nameOfNamespace.MatchString(p.namespace) {
			return place{}, fmt.Errorf("%s: write NAMESPACE/NAME after %s/", e, e.Kind)
		}
	default:
		return place{}, fmt.Errorf("%s: kinds are %s, %s and %s", e, kindRole, kindClusterRole, kindNamespaceRole)
	}
	if p.role == "" || p.role == "." || p.role == ".." || strings.ContainsAny(p.role, "/%\x00") {
		return place{}, fmt.Errorf("%s: %q cannot be the name of a role", e, p.role)
	}
	return p, nil
}

// id is what follows KIND/ in the address.
func (p place) id() string {
	if p.namespace == "" {
		return p.role
	}
	return p.namespace + "/" + p.role
}

func (p place) roleKind() string {
	if p.kind == kindRole {
		return "Role"
	}
	return "ClusterRole"
}

// rolePath is where the role is.
func (p place) rolePath() string {
	if p.kind == kindRole {
		return base + "/namespaces/" + p.namespace + "/roles/" + url.PathEscape(p.role)
	}
	return base + "/clusterroles/" + url.PathEscape(p.role)
}

// bindingsPath is where bindings of it are.
func (p place) bindingsPath() string {
	if p.namespace == "" {
		return base + "/clusterrolebindings"
	}
	return base + "/namespaces/" + p.namespace + "/rolebindings"
}

// BindingName is the name of the hub's binding of a user name to an entitlement.
func BindingName(kind, id, user string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{kind, id, user}, "\x00")))
	return "birthright-" + hex.EncodeToString(sum[:16])
}

// desired is the binding that gives p to a user name until end.
func (p place) desired(user string, end time.Time) binding {
	b := binding{
		APIVersion: version, Kind: "RoleBinding",
		Metadata: metadata{
			Name: BindingName(p.kind, p.id(), user), Namespace: p.namespace,
			Labels:      map[string]string{labelManagedBy: fieldManager},
			Annotations: map[string]string{annotationAccount: user, annotationGives: p.kind + "/" + p.id()},
		},
		RoleRef:  roleRef{APIGroup: group, Kind: p.roleKind(), Name: p.role},
		Subjects: []subject{{APIGroup: group, Kind: "User", Name: user}},
	}
	if p.namespace == "" {
		b.Kind = "ClusterRoleBinding"
	}
	if !end.IsZero() {
		b.Metadata.Annotations[annotationEnd] = end.UTC().Format(time.RFC3339)
	}
	return b
}

// place is what a binding that was read gives.
func (b binding) place() place {
	p := place{kind: kindClusterRole, namespace: b.Metadata.Namespace, role: b.RoleRef.Name}
	switch {
	case b.RoleRef.Kind == "Role":
		p.kind = kindRole
	case p.namespace != "":
		p.kind = kindNamespaceRole
	}
	return p
}

// users are the user names that it binds.
func (b binding) users() []string {
	var out []string
	for _, s := range b.Subjects {
		if s.Kind == "User" {
			out = append(out, s.Name)
		}
	}
	return out
}

// ours reports whether the hub made it, and nobody changed since whom it binds to what:
// its name says both.
func (b binding) ours(user string) bool {
	p := b.place()
	return b.Metadata.Labels[labelManagedBy] == fieldManager && b.Metadata.Name == BindingName(p.kind, p.id(), user)
}

// account is the user name without the prefix; false for a name of the cluster's own
// and one that has not the prefix.
func (t *Target) account(user string) (string, bool) {
	name, ok := strings.CutPrefix(user, t.prefix)
	return name, ok && name != "" && !reserved(user)
}

// reserved are the names that Kubernetes keeps for itself.
func reserved(user string) bool { return strings.HasPrefix(user, "system:") }

func (t *Target) user(a targets.Account) string { return t.prefix + cmp.Or(a.ID, a.Name) }
