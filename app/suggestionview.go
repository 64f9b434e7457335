package app

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/hub"
	"birthright/identity"
	"birthright/internal/duration"
	"birthright/reviews/suggest"
	"birthright/rules/population"
)

// Suggest learns, and returns what was found with the policy that has all of it.
func (a *App) Suggest(ctx context.Context, l hub.Learning) (*hub.Suggestions, error) {
	found, err := a.Suggestions(ctx, l)
	if err != nil {
		return nil, err
	}
	out := viewSuggestions(found)
	if !l.Draft || len(found.Drafts)+len(found.Unused.Drafts)+len(found.Held.Drafts) == 0 {
		return &out, nil
	}
	text, err := a.Draft(found)
	out.Policy = string(text)
	return &out, err
}

func filled[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// mostNamed is how many people a suggestion names.
const mostNamed = 20

func viewSuggestions(s Suggestions) hub.Suggestions {
	v := hub.Suggestions{
		Since: s.From.UTC(), Until: s.At.UTC(), Requests: s.Requests, Groups: s.Groups, NotConsidered: filled(s.Ignored),
		Drafts: []hub.Draft{}, LeftOut: []hub.LeftOut{}, Unused: []hub.Unused{}, UnusedLeftOut: []hub.NotUnused{}, Held: []hub.HeldDraft{}, HeldLeftOut: []hub.HeldLeftOut{},
		Incomplete: append([]hub.Unseen{}, s.Unseen...),
	}
	for i := range s.Drafts {
		v.Drafts = append(v.Drafts, viewDraft(s, &s.Drafts[i]))
	}
	for _, l := range s.LeftOut {
		v.LeftOut = append(v.LeftOut, hub.LeftOut{Group: l.Group, Reason: l.Reason, Requests: l.Evidence.Requests, Askers: l.Evidence.Askers})
	}
	for i := range s.Unused.Drafts {
		v.Unused = append(v.Unused, viewUnused(s, &s.Unused.Drafts[i]))
	}
	for i := range s.Held.Drafts {
		v.Held = append(v.Held, viewHeld(s, &s.Held.Drafts[i]))
	}
	for _, l := range s.Held.LeftOut {
		v.HeldLeftOut = append(v.HeldLeftOut, hub.HeldLeftOut{Entitlements: addresses(l.Access), Holders: l.Holders, Reason: l.Reason})
	}
	for _, l := range s.Unused.LeftOut {
		v.UnusedLeftOut = append(v.UnusedLeftOut, hub.NotUnused{Group: l.Group, Rule: l.Rule, Position: l.Position, Reason: l.Reason, Members: l.Members, NotInFile: l.NotInFile})
	}
	return v
}

func viewDraft(s Suggestions, d *suggest.Draft) hub.Draft {
	v := hub.Draft{
		Kind: d.Kind, Group: d.Group.Name, Risk: d.Group.Risk, Condition: d.Condition, Except: d.Except, Terms: []hub.DraftTerm{},
		Evidence: hub.DraftEvidence{
			Requests: d.Requests, Approved: d.Approved, ApprovalRate: rounded(d.ApprovalRate()), Askers: d.Askers, PerPerson: rounded(d.PerPerson()),
			MedianSeconds: int64(d.Median / time.Second), Last: d.Last.UTC(),
		},
		Precision: rounded(d.Precision()), Coverage: rounded(d.Coverage()), Asked: int(d.Asking.GetCardinality()),
		WouldGain: hub.SomePeople{Count: int(d.Others.GetCardinality()), First: firstNames(s, d.Others), Denied: int(d.Denied.GetCardinality())}, NewMemberships: d.Gains,
		Targets: filled(d.Targets()), Entitlements: addresses(d.Access), Around: filled(d.Around), AskedBy: filled(d.AskedBy), Why: d.Why, YAML: d.YAML(),
	}
	for _, t := range d.Terms {
		attribute := t.Reading.Attribute
		if t.Reading.Kind == population.Groups {
			attribute = "groups"
		}
		v.Terms = append(v.Terms, hub.DraftTerm{Attribute: attribute, Value: t.Value})
	}
	switch d.Kind {
	case suggest.AsRule:
		v.Rule = d.Name
	case suggest.AsAuto:
		v.AutoMax = duration.Format(d.Longest)
	case suggest.AsTerm:
		v.Default = duration.Format(d.Default)
	}
	return v
}

func viewUnused(s Suggestions, u *suggest.Unused) hub.Unused {
	v := hub.Unused{
		Group: u.Group.Name, Rule: u.Rule.Name, Position: u.Position,
		Members: int(u.Members.GetCardinality()), Used: int(u.Used.GetCardinality()), Unused: int(u.Idle.GetCardinality()),
		ShareUnused: rounded(u.ShareUnused()), NotInFile: int(u.NotInFile.GetCardinality()),
		Keep: u.Condition(), Kept: int(u.Kept.GetCardinality()), Taken: u.Taken(),
		MustAsk:     hub.SomePeople{Count: int(u.Lost.GetCardinality()), First: firstNames(s, u.Lost)},
		Requestable: u.Requestable, HowUsed: u.HowUsed, YAML: u.YAML(),
	}
	if !u.Requestable {
		v.Default, v.Max = duration.Format(u.Default), duration.Format(u.Max)
	}
	return v
}

// rounded is a share with three digits, never rounded up to what it is not.
func rounded(x float64) float64 { return math.Floor(x*1000+1e-9) / 1000 }

func addresses(list []identity.Entitlement) []string {
	out := make([]string, 0, len(list))
	for _, e := range list {
		out = append(out, e.String())
	}
	return out
}

// firstNames are the first people of a set by name.
func firstNames(s Suggestions, set *roaring.Bitmap) []string {
	out := make([]string, 0, set.GetCardinality())
	for it := set.Iterator(); it.HasNext(); {
		n := it.Next()
		name, ok := s.Names[n]
		if !ok {
			name = fmt.Sprintf("#%d", n) // somebody of whom the directory keeps no name
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return out[:min(len(out), mostNamed)]
}

func viewHeld(s Suggestions, h *suggest.Held) hub.HeldDraft {
	return hub.HeldDraft{
		Group: h.Group.Name, New: h.New, Rule: h.Name, Condition: h.Condition, Except: h.Except, Entitlements: addresses(h.Access),
		Holders: h.Holders, Explained: int(h.Holding.GetCardinality()), Precision: rounded(h.Precision()), Recall: rounded(h.Recall()),
		OverGranted: hub.SomePeople{Count: int(h.Others.GetCardinality()), First: firstNames(s, h.Others)}, YAML: h.YAML(),
	}
}
