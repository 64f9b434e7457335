package main

import (
	"fmt"
	"strings"

	"birthright/reconcile"
)

// writeAccess tells how what the group carries stands on its targets, where there
// is something to tell.
func writeAccess(b *strings.Builder, x reconcile.Explained) {
	var rows [][]string
	var after []string
	for _, s := range x.Access {
		if s.State == reconcile.StandsAbsent && len(s.Held) == 0 && s.Trouble == "" && x.Entitlement == "" {
			continue
		}
		rows = append(rows, []string{s.Entitlement, s.State, managedText(s)})
		for _, h := range s.Held {
			after = append(after, fmt.Sprintf("%s of %s is held since %s (%s): %s\n    %s", h.Action, s.Entitlement, minute(h.Since), ago(h.Since, x.At), h.Reason, h.Release))
		}
		if s.OverdueSince != nil {
			after = append(after, fmt.Sprintf("%s is overdue since %s (%s): %s", s.Entitlement, minute(*s.OverdueSince), ago(*s.OverdueSince, x.At), s.Trouble))
		} else if s.Trouble != "" {
			after = append(after, s.Entitlement+": "+s.Trouble)
		}
	}
	if len(rows) == 0 {
		return
	}
	b.WriteString("\n" + columns("  ", rows))
	for _, line := range after {
		fmt.Fprintf(b, "  %s\n", line)
	}
}

func managedText(s reconcile.Standing) string {
	if s.Managed {
		return "managed"
	}
	return ""
}
