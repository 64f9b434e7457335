package hub

import (
	"context"
	"slices"
	"time"

	"birthright/grants/approval"
	"birthright/internal/strictyaml"
	"birthright/rights"
	"birthright/rules"
	"birthright/store"
)

// InForce is the policy that the program goes by.
type InForce struct {
	Engine *rules.Engine
	// Files are what it was read from, and At is when.
	Files []rules.File
	At    time.Time
	// Refusal is how the last try to put another one in its place failed; nil where it
	// did not.
	Refusal *Refusal
}

// Refusal is a policy that was not put in force.
type Refusal struct {
	At     time.Time `json:"at"`
	Faults []string  `json:"faults" nullable:"false"`
}

// PolicyFile is one file of a policy.
type PolicyFile = store.PolicyFile

// Policy is the policy in force, as programs see it.
type Policy struct {
	Version     string     `json:"version"`
	Hash        string     `json:"hash"`
	LoadedAt    *time.Time `json:"loaded_at"`
	Groups      int        `json:"groups"`
	Rules       int        `json:"rules"`
	Templates   int        `json:"templates"`
	Constraints int        `json:"constraints"`
	Tests       int        `json:"tests"`
	Files       []string   `json:"files" nullable:"false" doc:"their names; /policy/versions/{version} has the texts"`
	Warnings    []string   `json:"warnings" nullable:"false"`
	Refusal     *Refusal   `json:"refusal" doc:"how the last try to put a newer one in its place failed; null where it did not"`
}

// PolicyInForce returns the policy in force, and whether a newer one was refused.
func (h *Hub) PolicyInForce(ctx context.Context, a approval.Actor) (out Policy, err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadPolicy, rights.Relation{}); err != nil {
			return err
		}
		out = viewPolicy(h.Policy())
		return nil
	})
	return out, err
}

func viewPolicy(in InForce) Policy {
	p := in.Engine.Policy()
	out := Policy{
		Version: p.Version, Hash: p.Hash, LoadedAt: instant(in.At), Groups: len(p.Groups), Rules: len(p.Rules), Templates: len(p.Templates),
		Constraints: len(p.Constraints), Tests: len(p.Tests), Files: []string{}, Warnings: faultTexts(p.Warnings), Refusal: in.Refusal,
	}
	for _, f := range in.Files {
		out.Files = append(out.Files, f.Name)
	}
	slices.Sort(out.Files)
	return out
}

func faultTexts(faults strictyaml.Faults) []string {
	out := make([]string, len(faults))
	for i, f := range faults {
		out[i] = f.Error()
	}
	return out
}
