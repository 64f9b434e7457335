package jit

import "time"

// Report is what was found. No list is nil.
type Report struct {
	Since time.Time `json:"since"`
	At    time.Time `json:"at"`
	// Findings say what somebody should look at.
	Findings []Finding  `json:"rubber_stamping"`
	Summary  Summary    `json:"requests"`
	Groups   []Group    `json:"groups"`
	People   []Person   `json:"people"`
	Deciders []Decider  `json:"approvers"`
	Repeated []Repeated `json:"repeated"`
	Waiting  []Waiting  `json:"waiting"`
	Glass    []Glass    `json:"break_glass"`
	// Again are requests that were denied and approved when they were made again.
	Again []Again `json:"denied_then_approved"`
}

// Summary counts requests by how they ended, and how long people took.
type Summary struct {
	Requests  int `json:"count"`
	Approved  int `json:"approved"`
	Denied    int `json:"denied"`
	Expired   int `json:"expired"`
	Cancelled int `json:"cancelled"`
	Waiting   int `json:"waiting"`
	// Auto were approved by the policy, and are not among those that people decided.
	Auto int `json:"approved_by_policy"`
	// Glass and Overlaps are counted apart.
	Glass    int   `json:"break_glass"`
	Overlaps int   `json:"overlaps"`
	Times    Times `json:"decision_time"`
}

// ApprovalRate is the share of approvals among what people decided.
func (s *Summary) ApprovalRate() float64 { return share(s.Approved, s.Approved+s.Denied) }

// Times are how long decisions took, in seconds.
type Times struct {
	Decisions int   `json:"decisions"`
	Median    int64 `json:"median_seconds"`
	P90       int64 `json:"p90_seconds"`
}

// Group is what is asked for.
type Group struct {
	Group    string `json:"group"`
	Requests int    `json:"requests"`
	People   int    `json:"people"`
	Approved int    `json:"approved"`
	Denied   int    `json:"denied"`
	Auto     int    `json:"approved_by_policy"`
	Times    Times  `json:"decision_time"`
}

// Person is somebody who asks.
type Person struct {
	User     string `json:"user"`
	Requests int    `json:"requests"`
	Groups   int    `json:"groups"`
	Approved int    `json:"approved"`
	Denied   int    `json:"denied"`
}

// Decider is somebody who answers.
type Decider struct {
	User      string `json:"user"`
	Answers   int    `json:"answers"`
	Approvals int    `json:"approvals"`
	// Bare are approvals without a word.
	Bare  int   `json:"without_note"`
	Times Times `json:"answer_time"`
	// Burst is the most approvals within ten seconds.
	Burst int `json:"most_within_10s"`
}

// The kinds of Finding.
const (
	AtOnce    = "approves at once" // nearly everything, within a minute
	InBursts  = "approves in bursts"
	EachOther = "approve each other"
)

// Finding is somebody whose approvals may not be worth much.
type Finding struct {
	Kind    string   `json:"kind"`
	Users   []string `json:"users"`
	Because string   `json:"because"`
}

// Repeated is the same access, given to the same person again and again.
type Repeated struct {
	User   string `json:"user"`
	Group  string `json:"group"`
	Grants int    `json:"grants"`
	// Seconds is for how long it was held in the window, Share that of the window.
	Seconds int64   `json:"held_seconds"`
	Share   float64 `json:"share"`
}

// Waiting is a request that nobody has decided on.
type Waiting struct {
	ID      string `json:"id"`
	User    string `json:"user"`
	Group   string `json:"group"`
	Seconds int64  `json:"waiting_seconds"`
}

// Glass is a broken glass.
type Glass struct {
	ID      string    `json:"id"`
	User    string    `json:"user"`
	Group   string    `json:"group"`
	At      time.Time `json:"at"`
	Reason  string    `json:"reason"`
	Verdict string    `json:"verdict"` // "" where nobody has looked
	By      string    `json:"reviewed_by"`
}

// Again is a request that was made again after it was denied.
type Again struct {
	User     string    `json:"user"`
	Group    string    `json:"group"`
	Denied   string    `json:"denied"` // IDs of the requests
	Approved string    `json:"approved"`
	At       time.Time `json:"at"`
}
