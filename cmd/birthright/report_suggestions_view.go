package main

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/app"
	"birthright/identity"
	"birthright/internal/duration"
	"birthright/reviews/suggest"
	"birthright/rules"
	"birthright/rules/population"
)

// suggestionsView are suggestions as programs see them.
type suggestionsView struct {
	Since         time.Time         `json:"since"`
	Until         time.Time         `json:"until"`
	Requests      int               `json:"requests"`
	Groups        int               `json:"groups"`
	Drafts        []draftView       `json:"drafts"`
	LeftOut       []leftOutView     `json:"left_out"`
	Unused        []unusedView      `json:"unused"`
	UnusedLeftOut []notUnusedView   `json:"unused_left_out"`
	Held          []heldView        `json:"held"`
	HeldLeftOut   []heldLeftOutView `json:"held_left_out"`
	NotConsidered []string          `json:"not_considered"`
	Incomplete    []app.Unseen      `json:"incomplete"`
}

// draftView is one suggestion: who asked for what how often, and what to do about it.
type draftView struct {
	Kind           string       `json:"kind"`
	Group          string       `json:"group"`
	Risk           string       `json:"risk"`
	Condition      string       `json:"condition"`
	Except         string       `json:"except,omitempty"`
	Terms          []termView   `json:"terms"`
	Evidence       evidenceView `json:"evidence"`
	Precision      float64      `json:"precision"`
	Coverage       float64      `json:"coverage"`
	Asked          int          `json:"asked"`
	WouldGain      peopleView   `json:"would_gain"`
	NewMemberships int          `json:"new_memberships"`
	Targets        []string     `json:"targets"`
	Entitlements   []string     `json:"entitlements"`
	Around         []string     `json:"around"`
	AskedBy        []string     `json:"asked_by"`
	Why            string       `json:"why,omitempty"`
	Default        string       `json:"default,omitempty"`
	AutoMax        string       `json:"auto_max,omitempty"`
	Rule           string       `json:"rule,omitempty"`
	YAML           string       `json:"yaml"`
}

type termView struct {
	Attribute string `json:"attribute"`
	Value     string `json:"value"`
}

// evidenceView is what a draft follows from.
type evidenceView struct {
	Requests      int       `json:"requests"`
	Approved      int       `json:"approved"`
	ApprovalRate  float64   `json:"approval_rate"`
	Askers        int       `json:"askers"`
	PerPerson     float64   `json:"per_person"`
	MedianSeconds int64     `json:"median_seconds"`
	Last          time.Time `json:"last"`
}

// peopleView are people, of whom some are named.
type peopleView struct {
	Count int `json:"count"`
	// First are the first twenty by name.
	First []string `json:"first"`
	// Denied are those whose every request was denied.
	Denied int `json:"denied"`
}

type leftOutView struct {
	Group    string `json:"group"`
	Reason   string `json:"reason"`
	Requests int    `json:"requests"`
	Askers   int    `json:"askers"`
}

// unusedView is a group that a rule gives in vain.
type unusedView struct {
	Group       string         `json:"group"`
	Rule        string         `json:"rule"`
	Position    rules.Position `json:"position"`
	Members     int            `json:"members"`
	Used        int            `json:"used"`
	Unused      int            `json:"unused"`
	ShareUnused float64        `json:"share_unused"`
	NotInFile   int            `json:"not_in_file"`
	Keep        string         `json:"keep"`
	Kept        int            `json:"kept"`
	Taken       int            `json:"taken"`
	MustAsk     peopleView     `json:"must_ask"`
	Requestable bool           `json:"requestable"`
	Default     string         `json:"default,omitempty"`
	Max         string         `json:"max,omitempty"`
	HowUsed     string         `json:"how_used,omitempty"`
	YAML        string         `json:"yaml"`
}

type notUnusedView struct {
	Group     string         `json:"group"`
	Rule      string         `json:"rule"`
	Position  rules.Position `json:"position"`
	Reason    string         `json:"reason"`
	Members   int            `json:"members"`
	NotInFile int            `json:"not_in_file"`
}

// mostNamed is how many people a suggestion names.
const mostNamed = 20

func viewSuggestions(s app.Suggestions) suggestionsView {
	v := suggestionsView{
		Since: s.From.UTC(), Until: s.At.UTC(), Requests: s.Requests, Groups: s.Groups, NotConsidered: orEmpty(s.Ignored),
		Drafts: []draftView{}, LeftOut: []leftOutView{}, Unused: []unusedView{}, UnusedLeftOut: []notUnusedView{}, Held: []heldView{}, HeldLeftOut: []heldLeftOutView{},
		Incomplete: append([]app.Unseen{}, s.Unseen...),
	}
	for i := range s.Drafts {
		v.Drafts = append(v.Drafts, viewDraft(s, &s.Drafts[i]))
	}
	for _, l := range s.LeftOut {
		v.LeftOut = append(v.LeftOut, leftOutView{l.Group, l.Reason, l.Evidence.Requests, l.Evidence.Askers})
	}
	for i := range s.Unused.Drafts {
		v.Unused = append(v.Unused, viewUnused(s, &s.Unused.Drafts[i]))
	}
	for i := range s.Held.Drafts {
		v.Held = append(v.Held, viewHeld(s, &s.Held.Drafts[i]))
	}
	for _, l := range s.Held.LeftOut {
		v.HeldLeftOut = append(v.HeldLeftOut, heldLeftOutView{addresses(l.Access), l.Holders, l.Reason})
	}
	for _, l := range s.Unused.LeftOut {
		v.UnusedLeftOut = append(v.UnusedLeftOut, notUnusedView{l.Group, l.Rule, l.Position, l.Reason, l.Members, l.NotInFile})
	}
	return v
}

func viewDraft(s app.Suggestions, d *suggest.Draft) draftView {
	v := draftView{
		Kind: d.Kind, Group: d.Group.Name, Risk: d.Group.Risk, Condition: d.Condition, Except: d.Except, Terms: []termView{},
		Evidence: evidenceView{
			d.Requests, d.Approved, rounded(d.ApprovalRate()), d.Askers, rounded(d.PerPerson()), int64(d.Median / time.Second), d.Last.UTC(),
		},
		Precision: rounded(d.Precision()), Coverage: rounded(d.Coverage()), Asked: int(d.Asking.GetCardinality()),
		WouldGain: peopleView{int(d.Others.GetCardinality()), firstNames(s, d.Others), int(d.Denied.GetCardinality())}, NewMemberships: d.Gains,
		Targets: orEmpty(d.Targets()), Entitlements: addresses(d.Access), Around: orEmpty(d.Around), AskedBy: orEmpty(d.AskedBy), Why: d.Why, YAML: d.YAML(),
	}
	for _, t := range d.Terms {
		attribute := t.Reading.Attribute
		if t.Reading.Kind == population.Groups {
			attribute = "groups"
		}
		v.Terms = append(v.Terms, termView{attribute, t.Value})
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

func viewUnused(s app.Suggestions, u *suggest.Unused) unusedView {
	v := unusedView{
		Group: u.Group.Name, Rule: u.Rule.Name, Position: u.Position,
		Members: int(u.Members.GetCardinality()), Used: int(u.Used.GetCardinality()), Unused: int(u.Idle.GetCardinality()),
		ShareUnused: rounded(u.ShareUnused()), NotInFile: int(u.NotInFile.GetCardinality()),
		Keep: u.Condition(), Kept: int(u.Kept.GetCardinality()), Taken: u.Taken(),
		MustAsk:     peopleView{Count: int(u.Lost.GetCardinality()), First: firstNames(s, u.Lost)},
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
func firstNames(s app.Suggestions, set *roaring.Bitmap) []string {
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
	out, _ = bounded(out, mostNamed)
	return out
}
