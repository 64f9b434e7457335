package kubernetes

import (
	"context"
	"net/http"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// right is one that the hub needs.
type right struct{ verb, resource, why string }

// rights are what the hub needs, in the whole cluster.
var rights = []right{
	{"list", "roles", "to know what there is to give"},
	{"list", "clusterroles", "to know what there is to give"},
	{"list", "rolebindings", "to see who has what"},
	{"list", "clusterrolebindings", "to see who has what in the whole cluster"},
	{"get", "roles", "to look for a role before it is given"},
	{"get", "clusterroles", "to look for a role before it is given"},
	{"create", "rolebindings", "to give"},
	{"patch", "rolebindings", "to give: bindings are applied on the server's side"},
	{"delete", "rolebindings", "to take away"},
	{"create", "clusterrolebindings", "to give cluster-role/…"},
	{"patch", "clusterrolebindings", "to give cluster-role/…"},
	{"delete", "clusterrolebindings", "to take cluster-role/… away"},
	{"bind", "roles", "to give roles whose rights the hub has not itself; for single roles by resourceNames, which this check does not see"},
	{"bind", "clusterroles", "to give cluster roles whose rights the hub has not itself; for single ones by resourceNames, which this check does not see"},
}

// reviews is where rights are asked about.
const reviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"

// review is a SelfSubjectAccessReview.
type review struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Spec       struct {
		Attributes attributes `json:"resourceAttributes"`
	} `json:"spec"`
	Status struct {
		Allowed bool `json:"allowed"`
	} `json:"status"`
}

type attributes struct {
	Group    string `json:"group"`
	Verb     string `json:"verb"`
	Resource string `json:"resource"`
}

// Probe asks what cluster it is and, right by right, whether the hub may do its work.
func (t *Target) Probe(ctx context.Context) (targets.Report, error) {
	var v struct {
		GitVersion string `json:"gitVersion"`
	}
	if _, err := t.client.JSON(ctx, httpkit.Request{Method: http.MethodGet, Path: "/version"}, nil, &v); err != nil {
		return targets.Report{}, kinded("ask the cluster", err)
	}
	r := targets.Report{Reachable: true, Version: "Kubernetes " + v.GitVersion}
	for _, need := range rights {
		allowed, err := t.may(ctx, need)
		if err != nil {
			r.Findings = append(r.Findings, identity.Found(need.verb+" "+need.resource, "", err))
			return r, nil // the others would say the same
		}
		f := targets.Finding{OK: allowed, Check: need.verb + " " + need.resource, Detail: need.why}
		if !allowed {
			f.Remedy = "add to the hub's ClusterRole: {apiGroups: [" + group + "], resources: [" + need.resource + "], verbs: [" + need.verb + "]}"
		}
		r.Findings = append(r.Findings, f)
	}
	return r, nil
}

func (t *Target) may(ctx context.Context, need right) (bool, error) {
	ask := review{APIVersion: "authorization.k8s.io/v1", Kind: "SelfSubjectAccessReview"}
	ask.Spec.Attributes = attributes{Group: group, Verb: need.verb, Resource: need.resource}
	var said review
	_, err := t.client.JSON(ctx, httpkit.Request{
		Method: http.MethodPost, Path: reviews, Reads: true,
	}, ask, &said)
	return said.Status.Allowed, kinded("ask about rights", err)
}
