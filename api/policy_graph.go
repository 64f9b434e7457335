package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/rules/graph"
)

type policyGraphs interface {
	PolicyGraph(ctx context.Context, a approval.Actor, q hub.GraphQuery) (graph.Graph, error)
}

// graphQuestion says what is drawn, and how.
type graphQuestion struct {
	Accept     string `header:"Accept" hidden:"true"`
	Format     string `query:"format" enum:"svg,dot,json" doc:"without it, what Accept names"`
	Fold       string `query:"fold" enum:"auto,none,department"`
	Group      string `query:"group" maxLength:"256" doc:"only what is connected with this group"`
	Rule       string `query:"rule" maxLength:"256"`
	Department string `query:"department" maxLength:"256"`
	Target     string `query:"target" maxLength:"256"`
	People     string `query:"people" enum:"yes,no" default:"yes" doc:"no: draw what the policy says, without counting anybody"`
}

// picture is a graph in one of its formats.
type picture struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

// pictureKinds are the media types of the formats.
var pictureKinds = map[string]string{"svg": "image/svg+xml", "dot": "text/vnd.graphviz", "json": "application/json"}

func (s *server) mountPolicyGraph() {
	op := operation("policy-graph", http.MethodGet, "/policy/graph", "Who gets what, drawn: departments and teams, rules, groups, targets")
	content := map[string]*huma.MediaType{}
	for _, kind := range pictureKinds {
		content[kind] = &huma.MediaType{Schema: &huma.Schema{}}
	}
	op.Responses = map[string]*huma.Response{"200": {Description: "the picture", Content: content}}
	route(s, op, func(ctx context.Context, who approval.Actor, in *graphQuestion) (*picture, error) {
		g, err := s.Hub.PolicyGraph(ctx, who, hub.GraphQuery{
			Options:  graph.Options{Fold: in.Fold, Group: in.Group, Rule: in.Rule, Department: in.Department, Target: in.Target},
			NoPeople: in.People == "no",
		})
		if err != nil {
			return nil, err
		}
		return drawn(&g, in.format())
	})
}

// format is how the picture is wanted.
func (q *graphQuestion) format() string {
	for _, format := range []string{"svg", "dot"} {
		if q.Format == "" && strings.Contains(q.Accept, pictureKinds[format]) {
			return format
		}
	}
	if q.Format == "" {
		return "json"
	}
	return q.Format
}

func drawn(g *graph.Graph, format string) (*picture, error) {
	out := &picture{ContentType: pictureKinds[format]}
	var err error
	switch format {
	case "svg":
		out.Body = g.SVG()
	case "dot":
		out.Body = g.DOT()
	default:
		out.Body, err = json.Marshal(g)
	}
	return out, err
}
