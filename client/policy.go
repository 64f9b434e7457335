package client

import (
	"context"
	"net/url"
	"strconv"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/hub/trial"
	"birthright/rules/graph"
)

// PolicyInForce returns the policy in force.
func (c Hub) PolicyInForce(ctx context.Context, _ approval.Actor) (out hub.Policy, err error) {
	err = c.get(ctx, "/policy", nil, &out)
	return out, err
}

// PolicyVersions lists the policies that were put in force, newest first.
func (c Hub) PolicyVersions(ctx context.Context, _ approval.Actor, after string, limit int) (hub.Page[hub.PolicyVersion], error) {
	return pages[hub.PolicyVersion](ctx, c.Client, "/policy/versions", url.Values{}, after, limit)
}

// PolicyVersion returns one of them.
func (c Hub) PolicyVersion(ctx context.Context, _ approval.Actor, name string) (out hub.PolicyDetail, err error) {
	err = c.get(ctx, "/policy/versions/"+segment(name), nil, &out)
	return out, err
}

// ExplainPolicy says whom a rule is about, or who is in a group because of which rules.
func (c Hub) ExplainPolicy(ctx context.Context, _ approval.Actor, name string, limit int) (hub.Reaches, error) {
	var out struct{ About hub.Reaches }
	query := values("rule", name)
	query.Set("limit", strconv.Itoa(limit))
	err := c.get(ctx, "/policy/explain", query, &out)
	return out.About, err
}

// ExplainCondition says of whom a condition holds.
func (c Hub) ExplainCondition(ctx context.Context, _ approval.Actor, condition string, limit int) (hub.ConditionReach, error) {
	var out struct{ Condition hub.ConditionReach }
	query := values("when", condition)
	query.Set("limit", strconv.Itoa(limit))
	err := c.get(ctx, "/policy/explain", query, &out)
	return out.Condition, err
}

// PolicyGraph draws who gets what.
func (c Hub) PolicyGraph(ctx context.Context, _ approval.Actor, q hub.GraphQuery) (out graph.Graph, err error) {
	query := values("format", "json", "fold", q.Fold, "group", q.Group, "rule", q.Rule, "department", q.Department, "target", q.Target)
	if q.NoPeople {
		query.Set("people", "no")
	}
	err = c.get(ctx, "/policy/graph", query, &out)
	return out, err
}

// CheckPolicy looks for what is wrong with a policy.
func (c Hub) CheckPolicy(ctx context.Context, _ approval.Actor, q hub.PolicyCheck) (out trial.Verdict, err error) {
	err = c.post(ctx, "/policy/check", q, &out)
	return out, err
}

// TestPolicy runs the tests of a policy.
func (c Hub) TestPolicy(ctx context.Context, _ approval.Actor, q hub.PolicyTest) (out trial.Tested, err error) {
	err = c.post(ctx, "/policy/test", q, &out)
	return out, err
}

// DiffPolicy tells who would gain and lose what by a change of the policy.
func (c Hub) DiffPolicy(ctx context.Context, _ approval.Actor, q hub.PolicyDiff) (out trial.Outcome, err error) {
	err = c.post(ctx, "/policy/diff", q, &out)
	return out, err
}

// SimulatePolicy tells what somebody would get, or what moves of many would change.
func (c Hub) SimulatePolicy(ctx context.Context, _ approval.Actor, q hub.PolicySimulation) (out hub.Simulated, err error) {
	err = c.post(ctx, "/policy/simulate", q, &out)
	return out, err
}
