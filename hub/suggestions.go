package hub

import (
	"time"

	"birthright/rules"
)

// Suggestions are suggestions as programs see them.
type Suggestions struct {
	Since         time.Time     `json:"since"`
	Until         time.Time     `json:"until"`
	Requests      int           `json:"requests"`
	Groups        int           `json:"groups"`
	Drafts        []Draft       `json:"drafts"`
	LeftOut       []LeftOut     `json:"left_out"`
	Unused        []Unused      `json:"unused"`
	UnusedLeftOut []NotUnused   `json:"unused_left_out"`
	Held          []HeldDraft   `json:"held"`
	HeldLeftOut   []HeldLeftOut `json:"held_left_out"`
	NotConsidered []string      `json:"not_considered"`
	Incomplete    []Unseen      `json:"incomplete"`
	// Policy is the policy in force, as one file, with every draft in it; "" where there
	// are none, or nobody asked for it.
	Policy string `json:"policy,omitempty"`
}

// Draft is one suggestion: who asked for what how often, and what to do about it.
type Draft struct {
	Kind           string        `json:"kind"`
	Group          string        `json:"group"`
	Risk           string        `json:"risk"`
	Condition      string        `json:"condition"`
	Except         string        `json:"except,omitempty"`
	Terms          []DraftTerm   `json:"terms"`
	Evidence       DraftEvidence `json:"evidence"`
	Precision      float64       `json:"precision"`
	Coverage       float64       `json:"coverage"`
	Asked          int           `json:"asked"`
	WouldGain      SomePeople    `json:"would_gain"`
	NewMemberships int           `json:"new_memberships"`
	Targets        []string      `json:"targets"`
	Entitlements   []string      `json:"entitlements"`
	Around         []string      `json:"around"`
	AskedBy        []string      `json:"asked_by"`
	Why            string        `json:"why,omitempty"`
	Default        string        `json:"default,omitempty"`
	AutoMax        string        `json:"auto_max,omitempty"`
	Rule           string        `json:"rule,omitempty"`
	YAML           string        `json:"yaml"`
}

type DraftTerm struct {
	Attribute string `json:"attribute"`
	Value     string `json:"value"`
}

// DraftEvidence is what a draft follows from.
type DraftEvidence struct {
	Requests      int       `json:"requests"`
	Approved      int       `json:"approved"`
	ApprovalRate  float64   `json:"approval_rate"`
	Askers        int       `json:"askers"`
	PerPerson     float64   `json:"per_person"`
	MedianSeconds int64     `json:"median_seconds"`
	Last          time.Time `json:"last"`
}

// SomePeople are people, of whom some are named.
type SomePeople struct {
	Count int `json:"count"`
	// First are the first twenty by name.
	First []string `json:"first"`
	// Denied are those whose every request was denied.
	Denied int `json:"denied"`
}

type LeftOut struct {
	Group    string `json:"group"`
	Reason   string `json:"reason"`
	Requests int    `json:"requests"`
	Askers   int    `json:"askers"`
}

// Unused is a group that a rule gives in vain.
type Unused struct {
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
	MustAsk     SomePeople     `json:"must_ask"`
	Requestable bool           `json:"requestable"`
	Default     string         `json:"default,omitempty"`
	Max         string         `json:"max,omitempty"`
	HowUsed     string         `json:"how_used,omitempty"`
	YAML        string         `json:"yaml"`
}

type NotUnused struct {
	Group     string         `json:"group"`
	Rule      string         `json:"rule"`
	Position  rules.Position `json:"position"`
	Reason    string         `json:"reason"`
	Members   int            `json:"members"`
	NotInFile int            `json:"not_in_file"`
}

// HeldDraft is a rule that held access implies, as programs see it.
type HeldDraft struct {
	Group        string     `json:"group"`
	New          bool       `json:"new"`
	Rule         string     `json:"rule"`
	Condition    string     `json:"condition"`
	Except       string     `json:"except,omitempty"`
	Entitlements []string   `json:"entitlements"`
	Holders      int        `json:"holders"`
	Explained    int        `json:"explained"`
	Precision    float64    `json:"precision"`
	Recall       float64    `json:"recall"`
	OverGranted  SomePeople `json:"over_granted"`
	YAML         string     `json:"yaml"`
}

type HeldLeftOut struct {
	Entitlements []string `json:"entitlements"`
	Holders      int      `json:"holders"`
	Reason       string   `json:"reason"`
}

// Unseen is a target of which it is not known, or not well, what is held there.
type Unseen struct {
	Target string `json:"target"`
	Reason string `json:"reason"`
}
