package main

import (
	"fmt"
	"strconv"
	"strings"

	"birthright/hub"
)

// heldText is a rule that held access implies, for people.
type heldText struct{ *hub.HeldDraft }

func (h heldText) headline() string {
	return fmt.Sprintf("%s as birthright where %s: people hold it already", h.Group, h.Condition)
}

// lines are the evidence, for people.
func (h heldText) lines() []string {
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

func (h heldText) text() string {
	return h.headline() + "\n  " + strings.Join(h.lines(), "\n  ") + "\n"
}

func (v suggestionsText) heldLeftOutRows() [][]string {
	var rows [][]string
	for _, l := range v.HeldLeftOut {
		rows = append(rows, []string{strings.Join(l.Entitlements, " "), strconv.Itoa(l.Holders), l.Reason})
	}
	return rows
}
