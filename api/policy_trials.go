package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/hub/trial"
)

// maxPolicies is how much somebody may send who has policies tried: two of ten thousand
// rules each have room.
const maxPolicies = 16 << 20

// trialBody is what is tried. Nothing of it is kept.
type trialBody[T any] struct{ Body T }

// trying describes a route that takes policies, and changes nothing.
func trying(id, path, summary string) huma.Operation {
	op := questionable(operation(id, http.MethodPost, path, summary))
	op.MaxBodyBytes = maxPolicies
	return op
}

// isTrial reports whether a request has policies tried: it may bring more than others, and
// its answer is not kept, since asking again does no harm.
func isTrial(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, Prefix+"/policy/")
}

func (s *server) mountPolicyTrials() {
	route(s, trying("policy-check", "/policy/check", "What is wrong with a policy, or with the one in force"),
		func(ctx context.Context, who approval.Actor, in *trialBody[hub.PolicyCheck]) (*answer[trial.Verdict], error) {
			return answering(s.Hub.CheckPolicy(ctx, who, in.Body))
		})
	route(s, trying("policy-test", "/policy/test", "How the tests and properties of a policy end"),
		func(ctx context.Context, who approval.Actor, in *trialBody[hub.PolicyTest]) (*answer[trial.Tested], error) {
			return answering(s.Hub.TestPolicy(ctx, who, in.Body))
		})
	route(s, trying("policy-diff", "/policy/diff", "Who would gain and lose what by a change of the policy"),
		func(ctx context.Context, who approval.Actor, in *trialBody[hub.PolicyDiff]) (*answer[trial.Outcome], error) {
			return answering(s.Hub.DiffPolicy(ctx, who, in.Body))
		})
	route(s, trying("policy-simulate", "/policy/simulate", "What somebody would get, or what a reorganisation would change"),
		func(ctx context.Context, who approval.Actor, in *trialBody[hub.PolicySimulation]) (*answer[hub.Simulated], error) {
			return answering(s.Hub.SimulatePolicy(ctx, who, in.Body))
		})
}
