package console

import (
	"context"
	"net/http"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/rights"
)

type targetHub interface {
	AllTargets(ctx context.Context, a approval.Actor) ([]hub.Target, error)
	Target(ctx context.Context, a approval.Actor, name string) (hub.TargetDetail, error)
	Entitlements(ctx context.Context, a approval.Actor, q hub.EntitlementQuery) (hub.Page[hub.SeenEntitlement], error)
	CheckTargets(ctx context.Context, a approval.Actor, names []string) ([]hub.Check, error)
}

// targetsPage is all targets.
type targetsPage struct {
	Targets []hub.Target
	Overdue int
	May     map[string]bool
}

// targetPage is one target.
type targetPage struct {
	hub.TargetDetail
	Given  hub.Page[hub.SeenEntitlement]
	Search string
	Pager  pager
	Checks []hub.Check // what was asked of it just now
	May    map[string]bool
}

func (c *Console) mountTargets(d door) {
	d.page("GET /targets", c.targets)
	d.page("GET /targets/{target}", c.target)
	d.slowForm("POST /targets/{target}/check", c.checkTarget)
}

// may tells which of some verbs a visitor may do, for buttons that others do not see.
func (c *Console) may(r *http.Request, v visitor, verbs ...rights.Verb) (map[string]bool, error) {
	who, err := c.Hub.Self(r.Context(), v.Actor, verbs...)
	out := make(map[string]bool, len(verbs))
	for verb, allowed := range who.May {
		out[string(verb)] = allowed
	}
	return out, err
}

func (c *Console) targets(r *http.Request, v visitor) (view, error) {
	found, err := c.Hub.AllTargets(r.Context(), v.Actor)
	if err != nil {
		return view{}, err
	}
	body := targetsPage{Targets: found}
	for _, t := range found {
		body.Overdue += t.Overdue
	}
	body.May, err = c.may(r, v, rights.Run, rights.Plan)
	return view{Page: "targets.html", Section: "Targets", Title: "Targets", Body: body}, err
}

func (c *Console) target(r *http.Request, v visitor) (view, error) {
	name, asked := r.PathValue("target"), r.URL.Query()
	t, err := c.Hub.Target(r.Context(), v.Actor, name)
	if err != nil {
		return view{}, err
	}
	given, err := c.Hub.Entitlements(r.Context(), v.Actor, hub.EntitlementQuery{Target: name, Search: asked.Get("q"), After: asked.Get("after"), Limit: pageSize})
	if err != nil {
		return view{}, err
	}
	body := targetPage{TargetDetail: t, Given: given, Search: asked.Get("q"), Pager: pagerOf(r.URL, given.Next)}
	body.May, err = c.may(r, v, rights.Run, rights.Plan, rights.Probe)
	return view{Page: "target.html", Section: "Targets", Title: t.Name, Body: body}, err
}

// checkTarget asks a target about connection and rights, and shows its page with what it
// said.
func (c *Console) checkTarget(r *http.Request, v visitor) (view, error) {
	checks, err := c.Hub.CheckTargets(r.Context(), v.Actor, []string{r.PathValue("target")})
	if err != nil {
		return view{}, err
	}
	out, err := c.target(r, v)
	if body, ok := out.Body.(targetPage); ok {
		body.Checks = checks
		out.Body = body
	}
	return out, err
}
