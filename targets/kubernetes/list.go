package kubernetes

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"birthright/identity"
	"birthright/internal/httpkit"
)

// list is a page of objects. Roles are read as bindings that bind nobody: of both,
// only where they are and what they are called matters.
type list struct {
	Kind     string `json:"kind"`
	Metadata struct {
		Continue        string `json:"continue"`
		ResourceVersion string `json:"resourceVersion"`
	} `json:"metadata"`
	Items []binding `json:"items"`
}

// each hands over all objects below path. The server's place in a list ends after some
// minutes (410 Gone): then it begins anew, once, and nothing that was handed over
// before counts.
func (t *Target) each(ctx context.Context, path, kind string) ([]binding, error) {
	items, err := t.all(ctx, path, kind)
	if f := httpkit.AsFailure(err); f != nil && f.Status == http.StatusGone {
		t.log.Info("the list ended before it was read; it is read again", "list", path)
		items, err = t.all(ctx, path, kind)
		if f := httpkit.AsFailure(err); f != nil && f.Status == http.StatusGone {
			return nil, torn(path, "the cluster ended the list twice before it was read: a larger page_size needs fewer requests")
		}
	}
	return items, kinded("read "+path, err)
}

func (t *Target) all(ctx context.Context, path, kind string) ([]binding, error) {
	first := httpkit.Request{Method: http.MethodGet, Path: path, Accept: "application/json", Query: url.Values{"limit": {strconv.Itoa(t.page)}}}
	var out []binding
	seen := map[string]bool{}
	var l list
	next := func(r httpkit.Request, _ *httpkit.Response) (httpkit.Request, bool, error) {
		if l.Metadata.Continue == "" {
			return r, false, nil
		}
		r.Query = url.Values{"limit": first.Query["limit"], "continue": {l.Metadata.Continue}}
		return r, true, nil
	}
	for resp, err := range t.client.Pages(ctx, first, next) {
		if err != nil {
			return nil, err
		}
		l = list{}
		if err := resp.Decode(&l); err != nil {
			return nil, err
		}
		if l.Kind != kind || l.Metadata.ResourceVersion == "" {
			return nil, torn(path, "the answer is no "+kind)
		}
		for _, item := range l.Items {
			key := item.Metadata.Namespace + "/" + item.Metadata.Name
			if item.Metadata.Name == "" || seen[key] {
				return nil, torn(path, "the cluster lists "+key+" twice, or without a name")
			}
			seen[key] = true
			out = append(out, item)
		}
	}
	return out, nil
}

func torn(what, why string) error {
	return &identity.Error{Kind: identity.Incomplete, Op: "read", Object: what, Err: errors.New(why)}
}

// exists reports whether the role of p is there.
func (t *Target) exists(ctx context.Context, p place) (bool, error) {
	var role struct {
		Kind string `json:"kind"`
	}
	_, err := t.client.JSON(ctx, httpkit.Request{Method: http.MethodGet, Path: p.rolePath()}, nil, &role)
	if f := httpkit.AsFailure(err); f != nil && f.Status == http.StatusNotFound && isStatus(f) {
		return false, nil
	}
	if err == nil && role.Kind != p.roleKind() {
		return false, torn(p.rolePath(), "the answer is no "+p.roleKind())
	}
	return err == nil, kinded("look for "+p.roleKind()+" "+p.id(), err)
}
