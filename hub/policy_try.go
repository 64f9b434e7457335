package hub

import (
	"context"
	"fmt"
	"regexp"

	"birthright/grants/approval"
	"birthright/hub/trial"
	"birthright/identity"
	"birthright/rights"
	"birthright/rules"
	"birthright/rules/analysis"
	"birthright/rules/moves"
)

// PolicyCheck asks whether a policy is right. Without files it is about the one in force,
// as everywhere here.
type PolicyCheck struct {
	Files []PolicyFile `json:"files,omitempty"`
	// Live looks at the people in the directory, too.
	Live bool `json:"live,omitempty"`
	// Strict fails it for warnings, too.
	Strict bool `json:"strict,omitempty"`
}

// PolicyTest runs the tests of a policy, and holds its properties.
type PolicyTest struct {
	Files []PolicyFile `json:"files,omitempty"`
	// Live holds properties against everybody in the directory, too.
	Live bool `json:"live,omitempty"`
	// Run is a regular expression that chooses tests and properties by name; "" for all.
	Run string `json:"run,omitempty" maxLength:"1000"`
}

// PolicyDiff compares two policies by what they give.
type PolicyDiff struct {
	Before []PolicyFile `json:"before,omitempty" doc:"without it, the policy in force"`
	After  []PolicyFile `json:"after,omitempty" doc:"without it, the policy in force"`
	// Live compares with the memberships that people have now, instead of with Before.
	Live    bool     `json:"live,omitempty"`
	Groups  []string `json:"groups,omitempty" doc:"only these groups"`
	Targets []string `json:"targets,omitempty" doc:"only these targets, and groups with access to them"`
}

// PolicySimulation asks what somebody would get, or what a reorganisation would change.
type PolicySimulation struct {
	Files  []PolicyFile       `json:"files,omitempty"`
	Person *trial.Supposition `json:"person,omitempty" doc:"one who is not there, or not like that"`
	// Changes is a file of changes to many people, CSV or YAML by its name.
	Changes *PolicyFile `json:"changes,omitempty" doc:"a file of changes to many people, CSV or YAML by its name"`
	Groups  []string    `json:"groups,omitempty"`
	Targets []string    `json:"targets,omitempty"`
}

// Simulated is the answer: about a person, or about what changes.
type Simulated struct {
	Person  *trial.Person  `json:"person"`
	Outcome *trial.Outcome `json:"outcome"`
}

// trying runs fn for somebody who may try policies.
func (h *Hub) trying(ctx context.Context, a approval.Actor, fn func(s *session) error) error {
	return h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.TryPolicy, rights.Relation{}); err != nil {
			return err
		}
		return fn(s)
	})
}

// directory are the people in this transaction, out of memory where they are there.
func (s *session) directory() trial.Directory {
	return trial.Directory{Runner: s.Runner, Tx: s.tx, Log: s.Log, Engine: s.Policy().Engine, Ready: s.ready(0)}
}

// CheckPolicy looks for what is wrong with a policy.
func (h *Hub) CheckPolicy(ctx context.Context, a approval.Actor, c PolicyCheck) (out trial.Verdict, err error) {
	err = h.trying(ctx, a, func(s *session) error {
		engine, files, err := h.sent(c.Files)
		if err != nil {
			return err
		}
		var live []analysis.Finding
		if c.Live {
			if live, err = trial.Live(ctx, s.directory(), engine); err != nil {
				return err
			}
		}
		out = trial.Judge(engine, trial.Judgement{Files: files, Editable: h.Editable, Now: s.tx.Now(), Strict: c.Strict, Live: live})
		return nil
	})
	return out, err
}

// TestPolicy runs the tests of a policy.
func (h *Hub) TestPolicy(ctx context.Context, a approval.Actor, t PolicyTest) (out trial.Tested, err error) {
	chosen, err := regexp.Compile(t.Run)
	if err != nil {
		return out, &identity.Error{Kind: identity.Invalid, Field: "run", Err: fmt.Errorf("%s: not a regular expression: %w", t.Run, err)}
	}
	err = h.trying(ctx, a, func(s *session) error {
		engine, _, err := h.sent(t.Files)
		if err != nil {
			return err
		}
		properties := trial.Properties(engine)
		if t.Live {
			if err := trial.HoldEverybody(ctx, s.directory(), engine, properties); err != nil {
				return err
			}
		}
		out = trial.Test(engine, properties, chosen)
		return nil
	})
	return out, err
}

// DiffPolicy tells who would gain and lose what by a change of the policy.
func (h *Hub) DiffPolicy(ctx context.Context, a approval.Actor, d PolicyDiff) (out trial.Outcome, err error) {
	err = h.trying(ctx, a, func(s *session) error {
		t := trial.Trial{Live: d.Live}
		var err error
		if t.After, _, err = h.sent(d.After); err != nil {
			return err
		}
		if len(d.Before) > 0 {
			if t.Before, _, err = h.sent(d.Before); err != nil {
				return err
			}
		}
		out, err = s.outcome(t, d.Groups, d.Targets)
		return err
	})
	return out, err
}

func (s *session) outcome(t trial.Trial, groups, targets []string) (trial.Outcome, error) {
	tried, err := trial.Try(s.ctx, s.directory(), t)
	if err != nil {
		return trial.Outcome{}, err
	}
	return trial.View(tried.Only(groups, targets)), nil
}

// SimulatePolicy tells what somebody would get, or what moves of many would change.
func (h *Hub) SimulatePolicy(ctx context.Context, a approval.Actor, q PolicySimulation) (out Simulated, err error) {
	err = h.trying(ctx, a, func(s *session) error {
		engine, _, err := h.sent(q.Files)
		switch {
		case err != nil:
			return err
		case q.Person != nil && q.Changes != nil, q.Person == nil && q.Changes == nil:
			return &identity.Error{Kind: identity.Invalid, Field: "person", Err: fmt.Errorf("say either who (person), or what changes (changes)")}
		case q.Person != nil:
			out.Person, err = s.suppose(engine, *q.Person)
			return err
		}
		list, err := moves.Read(q.Changes.Name, []byte(q.Changes.Text))
		if err != nil {
			return err
		}
		outcome, err := s.outcome(trial.Trial{Before: engine, After: engine, Moves: list}, q.Groups, q.Targets)
		out.Outcome = &outcome
		return err
	})
	return out, err
}

func (s *session) suppose(engine *rules.Engine, p trial.Supposition) (*trial.Person, error) {
	supposed, err := trial.Suppose(s.ctx, s.directory(), engine, p)
	if err != nil {
		return nil, err
	}
	view := trial.ViewPerson(engine, supposed)
	return &view, nil
}
