package main

import (
	"context"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/hub/trial"
	"birthright/rules/graph"
)

// policyDesk is what the commands about the policy ask.
type policyDesk interface {
	PolicyVersions(ctx context.Context, a approval.Actor, after string, limit int) (hub.Page[hub.PolicyVersion], error)
	PolicyVersion(ctx context.Context, a approval.Actor, name string) (hub.PolicyDetail, error)
	ExplainPolicy(ctx context.Context, a approval.Actor, name string, limit int) (hub.Reaches, error)
	ExplainCondition(ctx context.Context, a approval.Actor, condition string, limit int) (hub.ConditionReach, error)
	PolicyGraph(ctx context.Context, a approval.Actor, q hub.GraphQuery) (graph.Graph, error)
	CheckPolicy(ctx context.Context, a approval.Actor, q hub.PolicyCheck) (trial.Verdict, error)
	TestPolicy(ctx context.Context, a approval.Actor, q hub.PolicyTest) (trial.Tested, error)
	DiffPolicy(ctx context.Context, a approval.Actor, q hub.PolicyDiff) (trial.Outcome, error)
	SimulatePolicy(ctx context.Context, a approval.Actor, q hub.PolicySimulation) (hub.Simulated, error)
}
