package kubernetes

import (
	"context"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/targets"
)

// fewRoles is how many roles are looked for one by one; more are listed.
const fewRoles = 20

// Read hands out what q asks for. Who is bound can only be seen in all bindings.
func (t *Target) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	p := picture{t: t, q: q, catalog: map[identity.Entitlement]bool{}, lost: map[identity.Entitlement]bool{}, accounts: map[string]bool{}, held: map[targets.Assignment]bool{}}
	if q.Accounts == nil || len(q.Accounts) > 0 {
		if err := p.readBindings(ctx); err != nil {
			return targets.End{}, err
		}
	}
	if err := p.readCatalog(ctx); err != nil {
		return targets.End{}, err
	}
	if err := p.handOut(sink); err != nil {
		return targets.End{}, err
	}
	return targets.End{Complete: true}, nil
}

// picture is what a read has found so far.
type picture struct {
	t        *Target
	q        targets.Query
	bindings []binding
	catalog  map[identity.Entitlement]bool
	lost     map[identity.Entitlement]bool // bound by the hub, and the role is gone
	accounts map[string]bool
	held     map[targets.Assignment]bool // without Indirect; the value is whether the hub gave it
}

func (p *picture) readBindings(ctx context.Context) error {
	for path, kind := range map[string]string{base + "/rolebindings": "RoleBindingList", base + "/clusterrolebindings": "ClusterRoleBindingList"} {
		items, err := p.t.each(ctx, path, kind)
		if err != nil {
			return err
		}
		p.bindings = append(p.bindings, items...)
	}
	return nil
}

// readCatalog finds which entitlements there are: every role, every cluster role, and
// of cluster roles in namespaces those that are bound or asked for.
func (p *picture) readCatalog(ctx context.Context) error {
	asked := p.asked()
	if p.q.Entitlements != nil && len(asked) <= fewRoles {
		for e, at := range asked {
			there, err := p.t.exists(ctx, at)
			if err != nil {
				return err
			}
			p.catalog[e] = there
		}
		return nil
	}
	roles, err := p.t.each(ctx, base+"/roles", "RoleList")
	if err != nil {
		return err
	}
	clusterRoles, err := p.t.each(ctx, base+"/clusterroles", "ClusterRoleList")
	if err != nil {
		return err
	}
	names := map[string]bool{}
	for _, r := range roles {
		p.catalog[p.t.entitlement(place{kindRole, r.Metadata.Namespace, r.Metadata.Name})] = true
	}
	for _, r := range clusterRoles {
		names[r.Metadata.Name] = true
		p.catalog[p.t.entitlement(place{kindClusterRole, "", r.Metadata.Name})] = true
	}
	for _, b := range p.bindings {
		if at := b.place(); at.kind == kindNamespaceRole && names[at.role] {
			p.catalog[p.t.entitlement(at)] = true
		}
	}
	for e, at := range asked {
		if at.kind == kindNamespaceRole && names[at.role] {
			p.catalog[e] = true
		}
	}
	return nil
}

// asked are the entitlements that the query names and that can be.
func (p *picture) asked() map[identity.Entitlement]place {
	out := map[identity.Entitlement]place{}
	for _, e := range p.q.Entitlements {
		if at, err := placeOf(e); err == nil && e.Target == p.t.name {
			out[e] = at
		}
	}
	return out
}

// find takes accounts and assignments out of the bindings. One of the hub's to a role
// that is not there gives nothing now, and would again with a role of that name: it is
// shown, to be taken away.
func (p *picture) find() {
	for _, b := range p.bindings {
		e := p.t.entitlement(b.place())
		for _, user := range b.users() {
			name, known := p.t.account(user)
			if !known {
				continue
			}
			if b.ours(user) && !p.catalog[e] {
				p.catalog[e], p.lost[e] = true, true
			}
			if !p.wantsAccount(name) {
				continue
			}
			p.accounts[name] = true
			a := targets.Assignment{AccountID: name, Entitlement: e}
			p.held[a] = p.held[a] || b.ours(user)
		}
	}
}

func (p *picture) wantsAccount(name string) bool {
	return p.q.Accounts == nil || slices.ContainsFunc(p.q.Accounts, func(a targets.Account) bool {
		return a.ID == name || a.ID == "" && a.Name == name
	})
}

func (p *picture) handOut(sink targets.Sink) error {
	p.find()
	var s targets.State
	for name := range p.accounts {
		a := p.t.found(name)
		a.ID = name
		s.Accounts = append(s.Accounts, a)
	}
	for e, there := range p.catalog {
		if there && (p.q.Entitlements == nil || slices.Contains(p.q.Entitlements, e)) {
			s.Entitlements = append(s.Entitlements, targets.Entitlement{Address: e, Title: title(e, p.lost[e])})
		}
	}
	for a, ours := range p.held {
		if p.catalog[a.Entitlement] && (p.q.Entitlements == nil || slices.Contains(p.q.Entitlements, a.Entitlement)) {
			a.Indirect = !ours
			s.Assignments = append(s.Assignments, a)
		}
	}
	s.Sort()
	for _, a := range s.Accounts {
		if err := sink.Account(a); err != nil {
			return err
		}
	}
	for _, e := range s.Entitlements {
		if err := sink.Entitlement(e); err != nil {
			return err
		}
	}
	for _, a := range s.Assignments {
		if err := sink.Assignment(a); err != nil {
			return err
		}
	}
	return nil
}

// title is the address in words.
func title(e identity.Entitlement, lost bool) string {
	if lost {
		return "a role that is not there any more"
	}
	namespace, role, inNamespace := strings.Cut(e.ID, "/")
	switch {
	case e.Kind == kindRole && inNamespace:
		return "role " + role + " in namespace " + namespace
	case e.Kind == kindNamespaceRole && inNamespace:
		return "cluster role " + role + " in namespace " + namespace
	}
	return "cluster role " + e.ID + " in the whole cluster"
}
