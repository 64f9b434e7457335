package hub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/grants/approval"
	"birthright/hub/trial"
	"birthright/identity"
	"birthright/internal/strictyaml"
	"birthright/rights"
	"birthright/rules"
)

// PolicyDraft is a file of the policy in force with another text.
type PolicyDraft struct {
	File, Text string
}

// DraftFault is one thing that is wrong with a draft, or with what follows from it.
type DraftFault struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
}

// DraftVerdict is what would come of a draft. Where it has faults, nothing else is known.
type DraftVerdict struct {
	Faults   []DraftFault       `json:"faults"`
	Warnings []DraftFault       `json:"warnings"`
	Tests    []rules.TestResult `json:"tests"`
	Impact   *DraftImpact       `json:"impact"`
}

// DraftImpact is who would gain and lose what: numbers first, then the first names.
type DraftImpact struct {
	Before  string                `json:"before"`
	After   string                `json:"after"`
	People  int                   `json:"people"`
	Gains   int                   `json:"gains"`
	Losses  int                   `json:"losses"`
	Targets []trial.TargetOutcome `json:"targets"`
	Groups  []DraftGroup          `json:"groups"`
	Broken  []trial.Broken        `json:"broken"`
}

// DraftGroup is what becomes of one group.
type DraftGroup struct {
	Group  string   `json:"group"`
	Risk   string   `json:"risk"`
	Gains  int      `json:"gains"`
	Losses int      `json:"losses"`
	After  int      `json:"after"`
	Gain   []string `json:"gain"`
	Lose   []string `json:"lose"`
}

// DraftPeople asks who gains or loses one group by a draft, a page of names at a time.
type DraftPeople struct {
	PolicyDraft
	Group  string
	Losing bool
	After  string // Next of the page before
	Limit  int
}

// namedInDraft is how many names of each side of a group a verdict has.
const namedInDraft = 10

// PolicySources returns the files of the policy in force, by name.
func (h *Hub) PolicySources(ctx context.Context, a approval.Actor) (out []PolicyFile, err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadPolicy, rights.Relation{}); err != nil {
			return err
		}
		for _, f := range h.Policy().Files {
			out = append(out, PolicyFile{Name: f.Name, Text: string(f.Data)})
		}
		slices.SortFunc(out, func(a, b PolicyFile) int { return cmp.Compare(a.Name, b.Name) })
		return nil
	})
	return out, err
}

// TryDraft tells what would come of a draft. Nothing of it is kept.
func (h *Hub) TryDraft(ctx context.Context, a approval.Actor, d PolicyDraft) (out DraftVerdict, err error) {
	err = h.trying(ctx, a, func(s *session) error {
		engine, faults, err := h.drafted(d)
		if out.Faults = draftFaults(faults); err != nil || faults != nil {
			return err
		}
		out.Tests, out.Warnings = engine.RunTests(), draftFaults(engine.Policy().Warnings)
		tried, err := s.weigh(engine)
		if err != nil {
			return err
		}
		out.Impact, err = s.draftImpact(tried)
		return err
	})
	return out, err
}

// DraftPeople names who gains or loses a group by a draft.
func (h *Hub) DraftPeople(ctx context.Context, a approval.Actor, q DraftPeople) (out Page[RuleMember], err error) {
	err = h.trying(ctx, a, func(s *session) error {
		behind, err := number(q.After)
		if err != nil {
			return err
		}
		engine, faults, err := h.drafted(q.PolicyDraft)
		if err != nil || faults != nil {
			return errors.Join(err, faults.Err())
		}
		tried, err := s.weigh(engine)
		if err != nil {
			return err
		}
		set := roaring.New()
		for _, g := range tried.Groups {
			if g.Name == q.Group && q.Losing {
				set = g.Losses
			} else if g.Name == q.Group {
				set = g.Gains
			}
		}
		out, err = s.members(set, behind, q.Limit)
		return err
	})
	return out, err
}

// RuleRemoved tells what would come of taking a rule out.
func (h *Hub) RuleRemoved(ctx context.Context, a approval.Actor, rule string) (out DraftImpact, err error) {
	err = h.trying(ctx, a, func(s *session) error {
		engine, err := h.Policy().Engine.Without(rule)
		if err != nil {
			return err
		}
		tried, err := s.weigh(engine)
		if err != nil {
			return err
		}
		found, err := s.draftImpact(tried)
		out = *found
		return err
	})
	return out, err
}

// drafted is the policy in force with a draft in it, or what is wrong with that.
func (h *Hub) drafted(d PolicyDraft) (*rules.Engine, strictyaml.Faults, error) {
	files, known := slices.Clone(h.Policy().Files), false
	for i := range files {
		if files[i].Name == d.File {
			files[i].Data, known = []byte(d.Text), true
		}
	}
	if !known {
		return nil, nil, noPolicyFile(d.File)
	}
	engine, err := rules.Build(files, h.Targets)
	var faults strictyaml.Faults
	switch {
	case errors.As(err, &faults):
		return nil, faults, nil
	case identity.KindOf(err) == identity.Invalid:
		return nil, strictyaml.Faults{{File: d.File, Message: err.Error()}}, nil
	}
	return engine, nil, err
}

func noPolicyFile(name string) error {
	return &identity.Error{Kind: identity.NotFound, Err: fmt.Errorf("the policy in force has no file %q", name)}
}

func draftFaults(faults strictyaml.Faults) []DraftFault {
	out := make([]DraftFault, len(faults))
	for i, f := range faults {
		out[i] = DraftFault{f.File, f.Line, f.Column, f.Message}
	}
	return out
}

// weigh compares a policy with the one in force.
func (s *session) weigh(after *rules.Engine) (trial.Tried, error) {
	d := s.directory()
	d.Ready = s.ready(typing)
	return trial.Weigh(s.ctx, d, trial.Trial{Before: d.Engine, After: after})
}

// draftImpact names the first people of each group.
func (s *session) draftImpact(t trial.Tried) (*DraftImpact, error) {
	gains, losses := t.Totals()
	out := &DraftImpact{Before: t.Before, After: t.After, People: t.People, Gains: gains, Losses: losses}
	named := roaring.New()
	for _, g := range t.Groups {
		addFirst(named, g.Gains)
		addFirst(named, g.Losses)
	}
	for _, f := range slices.Concat(t.Constraints, t.Properties) {
		for _, v := range slices.Concat(f.Breaks, f.Mends) {
			named.Add(v.User)
		}
	}
	var err error
	if t.Names, err = s.directory().Names(s.ctx, named); err != nil {
		return out, err
	}
	for _, g := range t.Groups {
		out.Groups = append(out.Groups, DraftGroup{
			Group: g.Name, Risk: g.Risk, Gains: int(g.Gains.GetCardinality()), Losses: int(g.Losses.GetCardinality()), After: g.After,
			Gain: firstNames(t, g.Gains), Lose: firstNames(t, g.Losses),
		})
	}
	t.Groups, t.Entitlements = nil, nil
	for _, target := range t.Targets {
		out.Targets = append(out.Targets, trial.TargetOutcome(target))
	}
	view := trial.View(t)
	out.Broken = slices.Concat(view.Constraints, view.Properties)
	return out, nil
}

func addFirst(into, set *roaring.Bitmap) {
	for _, n := range firstBehind(set, -1, namedInDraft) {
		into.Add(uint32(n))
	}
}

func firstNames(t trial.Tried, set *roaring.Bitmap) []string {
	var out []string
	for _, n := range firstBehind(set, -1, namedInDraft) {
		out = append(out, t.Names[uint32(n)])
	}
	slices.Sort(out)
	return out
}
