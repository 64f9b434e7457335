package api

import (
	"context"
	"errors"
	"net/http"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/hub/trial"
	"birthright/identity"
)

type policyDesk interface {
	PolicyInForce(ctx context.Context, a approval.Actor) (hub.Policy, error)
	PolicyVersions(ctx context.Context, a approval.Actor, after string, limit int) (hub.Page[hub.PolicyVersion], error)
	PolicyVersion(ctx context.Context, a approval.Actor, name string) (hub.PolicyDetail, error)
	PolicyRules(ctx context.Context, a approval.Actor, q hub.RuleQuery) (hub.Page[hub.PolicyRule], error)
	RuleMembers(ctx context.Context, a approval.Actor, rule, after string, limit int) (hub.RuleMembers, error)
	ExplainPolicy(ctx context.Context, a approval.Actor, name string, limit int) (hub.Reaches, error)
	ExplainCondition(ctx context.Context, a approval.Actor, condition string, limit int) (hub.ConditionReach, error)
	policyTrials
	policyGraphs
}

type policyTrials interface {
	CheckPolicy(ctx context.Context, a approval.Actor, c hub.PolicyCheck) (trial.Verdict, error)
	TestPolicy(ctx context.Context, a approval.Actor, t hub.PolicyTest) (trial.Tested, error)
	DiffPolicy(ctx context.Context, a approval.Actor, d hub.PolicyDiff) (trial.Outcome, error)
	SimulatePolicy(ctx context.Context, a approval.Actor, q hub.PolicySimulation) (hub.Simulated, error)
}

// versionPath names a version of the policy.
type versionPath struct {
	Version string `path:"version" maxLength:"64" doc:"its number, or the beginning of its hash"`
}

// ruleQuestion selects rules.
type ruleQuestion struct {
	Paging
	Q string `query:"q" maxLength:"200" doc:"a text in name, description, owner, condition or groups"`
}

// rulePath names a rule, and a page of its people.
type rulePath struct {
	Paging
	Rule string `path:"rule" maxLength:"256"`
}

// explainQuestion says what is to be explained; one of the three.
type explainQuestion struct {
	Rule  string `query:"rule" maxLength:"256"`
	Group string `query:"group" maxLength:"256"`
	When  string `query:"when" maxLength:"10000" doc:"a condition that is in no rule yet"`
	Limit int    `query:"limit" minimum:"0" maximum:"100000" default:"20" doc:"people that are named of each rule; 0 names all"`
}

// explanation is the answer: about a rule or group, or about a condition.
type explanation struct {
	About     *hub.Reaches        `json:"about"`
	Condition *hub.ConditionReach `json:"condition"`
}

// memberPage is a page of those of whom a rule holds.
type memberPage struct {
	page[hub.RuleMember]
	Total int `json:"total"`
}

func (s *server) mountPolicy() {
	route(s, operation("policy", http.MethodGet, "/policy", "The policy in force, and whether a newer one was refused"),
		func(ctx context.Context, who approval.Actor, _ *struct{}) (*answer[hub.Policy], error) {
			return answering(s.Hub.PolicyInForce(ctx, who))
		})
	route(s, operation("policy-versions", http.MethodGet, "/policy/versions", "The policies that were put in force, newest first"),
		func(ctx context.Context, who approval.Actor, in *Paging) (*answer[page[hub.PolicyVersion]], error) {
			return paging(*in, question("policy-versions"), func(after string, limit int) (hub.Page[hub.PolicyVersion], error) {
				return s.Hub.PolicyVersions(ctx, who, after, limit)
			})
		})
	route(s, operation("policy-version", http.MethodGet, "/policy/versions/{version}", "One of them: its files, and what it changed"),
		func(ctx context.Context, who approval.Actor, in *versionPath) (*answer[hub.PolicyDetail], error) {
			return answering(s.Hub.PolicyVersion(ctx, who, in.Version))
		})
	route(s, operation("policy-explain", http.MethodGet, "/policy/explain", "Whom a rule, a group or a condition is about, clause by clause"), s.explainPolicy)
	s.mountPolicyRules()
	s.mountPolicyTrials()
	s.mountPolicyGraph()
}

func (s *server) mountPolicyRules() {
	route(s, operation("policy-rules", http.MethodGet, "/policy/rules", "The rules of the policy in force, with how many people each holds of"),
		func(ctx context.Context, who approval.Actor, in *ruleQuestion) (*answer[page[hub.PolicyRule]], error) {
			return paging(in.Paging, question("policy-rules", in.Q), func(after string, limit int) (hub.Page[hub.PolicyRule], error) {
				return s.Hub.PolicyRules(ctx, who, hub.RuleQuery{Search: in.Q, After: after, Limit: limit})
			})
		})
	route(s, operation("policy-rule-members", http.MethodGet, "/policy/rules/{rule}/members", "The active people of whom a rule holds"),
		func(ctx context.Context, who approval.Actor, in *rulePath) (*answer[memberPage], error) {
			total := 0
			out, err := paging(in.Paging, question("policy-rule-members", in.Rule), func(after string, limit int) (hub.Page[hub.RuleMember], error) {
				found, err := s.Hub.RuleMembers(ctx, who, in.Rule, after, limit)
				total = found.Total
				return found.Page, err
			})
			if err != nil {
				return nil, err
			}
			return answering(memberPage{out.Body, total}, nil)
		})
}

func (s *server) explainPolicy(ctx context.Context, who approval.Actor, in *explainQuestion) (*answer[explanation], error) {
	asked := 0
	for _, text := range []string{in.Rule, in.Group, in.When} {
		if text != "" {
			asked++
		}
	}
	if asked != 1 {
		return nil, &identity.Error{Kind: identity.Invalid, Field: "rule", Err: errors.New("say one of rule, group and when")}
	}
	if in.When != "" {
		found, err := s.Hub.ExplainCondition(ctx, who, in.When, in.Limit)
		return answering(explanation{Condition: &found}, err)
	}
	found, err := s.Hub.ExplainPolicy(ctx, who, in.Rule+in.Group, in.Limit)
	return answering(explanation{About: &found}, err)
}
