package main

import (
	"fmt"
	"strconv"
	"strings"

	"birthright/app"
	"birthright/reviews/suggest"
)

// heldView is a rule that held access implies, as programs see it.
type heldView struct {
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
	OverGranted  peopleView `json:"over_granted"`
	YAML         string     `json:"yaml"`
}

type heldLeftOutView struct {
	Entitlements []string `json:"entitlements"`
	Holders      int      `json:"holders"`
	Reason       string   `json:"reason"`
}

func viewHeld(s app.Suggestions, h *suggest.Held) heldView {
	return heldView{
		Group: h.Group.Name, New: h.New, Rule: h.Name, Condition: h.Condition, Except: h.Except, Entitlements: addresses(h.Access),
		Holders: h.Holders, Explained: int(h.Holding.GetCardinality()), Precision: rounded(h.Precision()), Recall: rounded(h.Recall()),
		OverGranted: peopleView{Count: int(h.Others.GetCardinality()), First: firstNames(s, h.Others)}, YAML: h.YAML(),
	}
}

func (h *heldView) headline() string {
	return fmt.Sprintf("%s as birthright where %s: people hold it already", h.Group, h.Condition)
}

// lines are the evidence, for people.
func (h *heldView) lines() []string {
	out := []string{
		"access: " + strings.Join(h.Entitlements, ", "),
		fmt.Sprintf("explains %d of %d holders (recall %g), precision %g", h.Explained, h.Holders, h.Recall, h.Precision),
	}
	if n := h.OverGranted.Count; n > 0 {
		line := fmt.Sprintf("would be given it and do not hold it: %d: %s", n, strings.Join(h.OverGranted.First, ", "))
		if n > len(h.OverGranted.First) {
			line += ", …"
		}
		out = append(out, line)
	}
	return out
}

func (h *heldView) text() string {
	return h.headline() + "\n  " + strings.Join(h.lines(), "\n  ") + "\n"
}

func (v suggestionsView) heldLeftOutRows() [][]string {
	var rows [][]string
	for _, l := range v.HeldLeftOut {
		rows = append(rows, []string{strings.Join(l.Entitlements, " "), strconv.Itoa(l.Holders), l.Reason})
	}
	return rows
}
