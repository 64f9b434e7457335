package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/duration"
	"birthright/reconcile"
	"birthright/rules"
)

// explanationText lays an answer out for people: one line, and with details all
// that stands behind it.
func explanationText(x reconcile.Explained, details bool) string {
	var b strings.Builder
	switch {
	case x.Held:
		fmt.Fprintf(&b, "%s is in %s because of %s%s.\n", x.User, x.Group, because(x.Causes), endText(x))
	case x.Shadowed != nil:
		fmt.Fprintf(&b, "%s is not in %s, though %s gives it: %s.\n", x.User, x.Group, because(x.Shadowed.Causes), shadowText(x.Shadowed))
	default:
		fmt.Fprintf(&b, "%s is not in %s:\n", x.User, x.Group)
	}
	if details {
		if x.Held {
			fmt.Fprintf(&b, "  %s\n", sinceText(x))
			writeReasons(&b, x.Because, "  ", x.At)
			writeLasting(&b, x.Because)
		}
		writeUnmet(&b, x)
		writeAccess(&b, x)
	}
	writeFlips(&b, x)
	writeAsking(&b, x)
	return b.String()
}

// writeAsking says how it can be had for a time.
func writeAsking(b *strings.Builder, x reconcile.Explained) {
	if x.Asking == nil {
		return
	}
	needs := ""
	for _, need := range x.Asking.Needs {
		needs += " --" + need + " …"
	}
	fmt.Fprintf(b, "\n  %s can ask for it, for %s or up to %s, decided by %s:\n    birthright request %s%s --as %s\n", x.User,
		duration.Format(time.Duration(x.Asking.Usual)*time.Second), duration.Format(time.Duration(x.Asking.Most)*time.Second), x.Asking.Approval, x.Group, needs, x.User)
}

func endText(x reconcile.Explained) string {
	if x.EndsAt == nil {
		return ""
	}
	text := ", until " + minute(*x.EndsAt)
	if x.Ends != "" {
		text += " (" + x.Ends + ")"
	}
	return text
}

func sinceText(x reconcile.Explained) string {
	if x.Since == nil {
		return "not carried out yet: the next run does it; policy " + x.Policy
	}
	return fmt.Sprintf("since %s (%s); policy %s", minute(*x.Since), ago(*x.Since, x.At), x.Policy)
}

// shadowText says what keeps a group away.
func shadowText(s *rules.Shadow) string {
	if s.Kind == rules.RefusedByConstraint {
		return fmt.Sprintf("constraint %s (%s) leaves %s instead: %s", s.Name, s.Position, s.Kept, s.Won)
	}
	if s.Kind == rules.RefusedByReview {
		return fmt.Sprintf("a review (%s) took it away: %s", s.Name, strings.TrimRight(s.Reason, "."))
	}
	end := "for good"
	if !s.Until.IsZero() {
		end = "until " + minute(s.Until)
	}
	return fmt.Sprintf("an exclusion (%s) keeps it away %s: %s", s.Position, end, strings.TrimRight(s.Reason, "."))
}

// writeReasons goes behind the causes, rule by rule.
func writeReasons(b *strings.Builder, reasons []rules.Reason, indent string, now time.Time) {
	for _, r := range reasons {
		fmt.Fprintf(b, "\n%s%s", indent, r.Cause)
		if r.Position != "" {
			fmt.Fprintf(b, "  %s", r.Position)
		}
		if r.Description != "" {
			fmt.Fprintf(b, "  %s", visible(r.Description))
		}
		if r.Kind == identity.CauseGrant && r.EndsAt != nil {
			fmt.Fprintf(b, ", until %s", minute(*r.EndsAt))
		}
		b.WriteString("\n")
		b.WriteString(columns(indent+"  ", readRows(r.Reads, now)))
		writeReasons(b, r.Behind, indent+"  ", now)
	}
}

// writeLasting says what the end of a grant means where it is not the only cause.
func writeLasting(b *strings.Builder, reasons []rules.Reason) {
	granted := slices.ContainsFunc(reasons, func(r rules.Reason) bool { return r.Kind == identity.CauseGrant })
	if granted && len(reasons) > 1 {
		b.WriteString("\n  It stays until the last of these ends.\n")
	}
}

// writeUnmet lists the clauses that fail, below the rule that they are of.
func writeUnmet(b *strings.Builder, x reconcile.Explained) {
	heading := ""
	for _, u := range x.Unmet {
		if x.Shadowed != nil && u.Rule == "" {
			continue // said already
		}
		if h := headingOf(u); h != heading {
			heading = h
			fmt.Fprintf(b, "\n  %s\n", h)
		}
		fmt.Fprintf(b, "    %s\n", oneLine(u.Clause))
		writeEither(b, u)
		if strings.HasPrefix(u.Clause, "groups: ") && u.Value != "" {
			fmt.Fprintf(b, "      makes %s\n", u.Value)
		}
		if u.Rule == "" && len(u.Reads) == 0 && u.Value != "" {
			fmt.Fprintf(b, "      %s\n", u.Value)
		}
		if at := strings.Index(u.Value, "(error: "); at >= 0 {
			fmt.Fprintf(b, "      %s\n", visible(u.Value[at:]))
		}
		b.WriteString(columns("      ", readRows(u.Reads, x.At)))
	}
}

func headingOf(u rules.Unmet) string {
	text := "whatever the rules say"
	if u.Rule != "" {
		text = "rule " + u.Rule
	}
	if u.Position != "" {
		text += "  " + u.Position
	}
	if u.Group != "" {
		text += "  through " + u.Group
	}
	return text
}

// writeEither tells what fails of each side of ||, unless the clause says as much.
func writeEither(b *strings.Builder, u rules.Unmet) {
	told := true
	for _, side := range u.Either {
		told = told && len(side) == 1 && strings.Contains(u.Clause, side[0]) && !strings.Contains(u.Clause, "&&")
	}
	if told {
		return
	}
	for i, side := range u.Either {
		word := "either"
		if i > 0 {
			word = "or    "
		}
		fmt.Fprintf(b, "      %s %s\n", word, oneLine(strings.Join(side, " and ")))
	}
}
