package desk

import (
	"strconv"
	"strings"
	"time"

	"birthright/internal/spreadsheet"
)

// RequestColumns are the columns of a table of requests, for spreadsheets and auditors;
// Cells are those of one.
func RequestColumns() []string {
	return []string{
		"id", "batch", "kind", "user", "group", "state", "by", "reason", "ticket", "start", "seconds", "ends_at", "created", "expires_at",
		"decided_at", "decided_by", "note", "because", "grant", "extends", "verdict", "reviewed_by", "reviewed_at", "review_note", "revision", "votes",
	}
}

// Cells are what RequestColumns says.
func (r *Request) Cells() []string {
	var review Review
	if r.Review != nil {
		review = *r.Review
	}
	return spreadsheet.DefusedRow([]string{
		r.ID, r.Batch, r.Kind, r.User, r.Group, r.State, r.By, r.Reason, r.Ticket, cellOf(r.Start), strconv.FormatInt(r.Seconds, 10),
		cellOf(&r.EndsAt), cellOf(&r.Created), cellOf(&r.ExpiresAt), cellOf(r.DecidedAt), r.DecidedBy, r.Note, r.Because, r.Grant, r.Extends,
		review.Verdict, review.By, cellOf(review.At), review.Note, strconv.Itoa(r.Revision), votesCell(r.Votes),
	})
}

// votesCell tells answer by answer who said what when, and what does not count any more.
func votesCell(votes []Vote) string {
	texts := make([]string, len(votes))
	for i, v := range votes {
		word := " denied stage "
		if v.Approve {
			word = " approved stage "
		}
		texts[i] = v.By + word + strconv.Itoa(v.Stage) + " at " + cellOf(&v.At)
		if v.For != "" {
			texts[i] += " for " + v.For
		}
		if v.Note != "" {
			texts[i] += ": " + v.Note
		}
		if v.Void != "" {
			texts[i] += " (void: " + v.Void + ")"
		}
	}
	return strings.Join(texts, "; ")
}

// GrantColumns are the columns of a table of grants; see RequestColumns.
func GrantColumns() []string {
	return []string{
		"id", "request", "kind", "user", "group", "state", "seconds", "starts_at", "activated_at", "ends_at", "ended_at", "ended", "ended_by",
		"reason", "overdue_seconds", "left_on", "while",
	}
}

// Cells are what GrantColumns says.
func (g *Grant) Cells() []string {
	return spreadsheet.DefusedRow([]string{
		g.ID, g.Request, g.Kind, g.User, g.Group, g.State, strconv.FormatInt(g.Seconds, 10), cellOf(&g.StartsAt), cellOf(g.ActivatedAt),
		cellOf(&g.EndsAt), cellOf(g.EndedAt), g.Ended, g.EndedBy, g.Reason, strconv.FormatInt(g.OverdueSeconds, 10), strings.Join(g.LeftOn, " "), g.While,
	})
}

// cellOf writes a time, "" for none.
func cellOf(t *time.Time) string {
	if t == nil || t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
