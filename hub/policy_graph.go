package hub

import (
	"context"
	"errors"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/rights"
	"birthright/rules"
	"birthright/rules/graph"
	"birthright/store"
)

// GraphQuery says what is drawn of the policy in force.
type GraphQuery struct {
	graph.Options
	// NoPeople counts nobody: the picture shows what the policy says.
	NoPeople bool
}

// PolicyGraph draws who gets what: departments and teams, rules, groups, targets. Where
// the directory has nobody yet, nobody is counted.
func (h *Hub) PolicyGraph(ctx context.Context, a approval.Actor, q GraphQuery) (out graph.Graph, err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadPolicy, rights.Relation{}); err != nil {
			return err
		}
		engine := h.Policy().Engine
		var crowd *graph.Crowd
		if !q.NoPeople {
			if crowd, err = h.drawn(ctx, s.tx, engine); err != nil {
				return err
			}
		}
		out, err = Draw(engine, crowd, q.Options)
		return err
	})
	return out, err
}

// Draw draws a policy; a picture without anything is an error.
func Draw(engine *rules.Engine, crowd *graph.Crowd, o graph.Options) (graph.Graph, error) {
	g, err := graph.Build(engine, crowd, o)
	if err == nil && len(g.Nodes) == 0 {
		err = &identity.Error{
			Kind: identity.NotFound, Op: "draw the policy", Object: g.About,
			Err: errors.New("nothing is connected with it"), Hint: "leave out one of the flags that limit the picture",
		}
	}
	return g, err
}

// drawn decides about everybody in the directory; nil where there is nobody yet.
func (h *Hub) drawn(ctx context.Context, tx *store.Tx, engine *rules.Engine) (*graph.Crowd, error) {
	crowd, err := h.ready(typing)(ctx, tx, engine)
	if err != nil || crowd.Population.Len() == 0 {
		return nil, err
	}
	return &graph.Crowd{Everyone: engine.Everyone(crowd.Population, crowd.World), Places: crowd.Population}, nil
}
