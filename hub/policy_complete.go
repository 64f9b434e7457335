package hub

import (
	"context"

	"birthright/grants/approval"
	"birthright/rights"
	"birthright/rules"
	"birthright/rules/population"
)

// mostValues is how many values of an attribute are looked through: what nearly everybody
// has a value of their own of is nothing to choose from.
const mostValues = 2000

// CompletePolicy tells what could be written behind the beginning of a policy file.
func (h *Hub) CompletePolicy(ctx context.Context, a approval.Actor, before string) (out rules.Completion, err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.TryPolicy, rights.Relation{}); err != nil {
			return err
		}
		e := h.Policy().Engine
		crowd, err := h.ready(typing)(ctx, s.tx, e)
		if err != nil {
			return err
		}
		out = rules.Complete(before, rules.Known{
			Groups: e.GroupNames(),
			Values: func(attribute string) []string {
				return valuesOf(crowd.Population.Column(population.Reading{Kind: population.First, Attribute: attribute}))
			},
			Arguments: func(function string) []string { return argumentsOf(e.Policy(), function) },
		})
		return nil
	})
	return out, err
}

func valuesOf(c *population.Column) []string {
	if c == nil || c.Distinct() > mostValues {
		return nil
	}
	out := make([]string, 0, c.Distinct())
	for code := range uint32(c.Distinct()) {
		if text := c.Text(code); text != "" {
			out = append(out, text)
		}
	}
	return out
}

// argumentsOf are what the policy asks a function about already.
func argumentsOf(p *rules.Policy, function string) []string {
	asks := p.Asks()
	switch function {
	case "oncall":
		return asks.Schedules
	case "hasTicket":
		return asks.Queues
	case "reportsTo":
		return asks.Managers
	}
	return nil
}
