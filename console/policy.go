package console

import (
	"context"
	"html/template"
	"net/http"
	"net/url"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/rules"
	"birthright/rules/graph"
)

type policyHub interface {
	PolicyInForce(ctx context.Context, a approval.Actor) (hub.Policy, error)
	PolicyRules(ctx context.Context, a approval.Actor, q hub.RuleQuery) (hub.Page[hub.PolicyRule], error)
	RuleMembers(ctx context.Context, a approval.Actor, rule, after string, limit int) (hub.RuleMembers, error)
	RuleRemoved(ctx context.Context, a approval.Actor, rule string) (hub.DraftImpact, error)
	ExplainPolicy(ctx context.Context, a approval.Actor, name string, limit int) (hub.Reaches, error)
	PolicyGraph(ctx context.Context, a approval.Actor, q hub.GraphQuery) (graph.Graph, error)
	PolicySources(ctx context.Context, a approval.Actor) ([]hub.PolicyFile, error)
	TryDraft(ctx context.Context, a approval.Actor, d hub.PolicyDraft) (hub.DraftVerdict, error)
	DraftPeople(ctx context.Context, a approval.Actor, q hub.DraftPeople) (hub.Page[hub.RuleMember], error)
	CompletePolicy(ctx context.Context, a approval.Actor, before string) (rules.Completion, error)
	PolicyPatch(ctx context.Context, a approval.Actor, d hub.PolicyDraft) (string, error)
}

// policyPage is the policy in force: its picture, and its rules.
type policyPage struct {
	Policy  hub.Policy
	Rules   hub.Page[hub.PolicyRule]
	Groups  []graph.Node
	Search  string
	Drawing template.HTML
	Pager   pager
}

// rulePage is one rule.
type rulePage struct {
	Reach   hub.RuleReach
	Members hub.RuleMembers
	Removed *hub.DraftImpact
	Pager   pager
}

func (c *Console) mountPolicy(d door) {
	d.page("GET /policy", c.policyInForce)
	d.page("GET /policy/rules/{rule}", c.policyRule)
	d.page("GET /policy/edit", c.editPolicy)
	d.mount("POST /policy/edit", maxDraft, d.known(c.draftSent))
	d.mux.HandleFunc("GET /policy/drawing.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "max-age=3600")
		_, _ = w.Write([]byte(graph.Style()))
	})
}

func (c *Console) policyInForce(r *http.Request, v visitor) (view, error) {
	asked := r.URL.Query()
	in, err := c.Hub.PolicyInForce(r.Context(), v.Actor)
	if err != nil {
		return view{}, err
	}
	found, err := c.Hub.PolicyRules(r.Context(), v.Actor, hub.RuleQuery{Search: asked.Get("q"), After: asked.Get("after"), Limit: pageSize})
	if err != nil {
		return view{}, err
	}
	body := policyPage{Policy: in, Rules: found, Search: asked.Get("q"), Pager: pagerOf(r.URL, found.Next)}
	if asked.Get("q") == "" && asked.Get("after") == "" && in.Rules > 0 {
		g, err := c.Hub.PolicyGraph(r.Context(), v.Actor, hub.GraphQuery{})
		if err != nil {
			return view{}, err
		}
		body.Drawing, body.Groups = template.HTML(g.Linked(nodeLink)), g.In(graph.Groups) //nolint:gosec // it escapes every name
	}
	return view{Page: "policy.html", Section: "Policy", Title: "Policy", Body: body}, nil
}

// nodeLink is the page of what a box stands for; folded boxes have none.
func nodeLink(n graph.Node) string {
	if n.Kind != graph.Plain && n.Kind != graph.Idle && n.Kind != graph.Team {
		return ""
	}
	switch n.Layer {
	case graph.Rules:
		return "/policy/rules/" + url.PathEscape(n.Label)
	case graph.Groups:
		return "/groups/" + url.PathEscape(n.Label)
	case graph.Targets:
		return "/targets/" + url.PathEscape(n.Label)
	}
	return ""
}

func (c *Console) policyRule(r *http.Request, v visitor) (view, error) {
	name := r.PathValue("rule")
	members, err := c.Hub.RuleMembers(r.Context(), v.Actor, name, r.URL.Query().Get("after"), pageSize)
	if err != nil {
		return view{}, err
	}
	reach, err := c.Hub.ExplainPolicy(r.Context(), v.Actor, name, 1)
	if err != nil {
		return view{}, err
	}
	body := rulePage{Members: members, Pager: pagerOf(r.URL, members.Next)}
	for _, one := range reach.Rules {
		if one.Rule == name {
			body.Reach = one
		}
	}
	removed, err := c.Hub.RuleRemoved(r.Context(), v.Actor, name)
	if err != nil {
		return view{}, err
	}
	body.Removed = &removed
	return view{Page: "rule.html", Section: "Policy", Title: "Rule " + name, Body: body}, nil
}
