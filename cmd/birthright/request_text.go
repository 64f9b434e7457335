package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"birthright/grants"
	"birthright/grants/desk"
)

// requestListing shows requests: people see what they need to decide, CSV has all of it.
func (p *program) requestListing(requests []desk.Request) listing {
	l := listing{
		data: requests, header: []string{"id", "user", "group", "for", "state", "asked_by", "asks_or_decided", "reason", "ticket"},
		empty: "There are no such requests. `birthright catalog` shows what can be asked for; --all looks further back than 30 days.",
	}
	if requests == nil {
		l.data = []desk.Request{}
	}
	if p.output == "csv" {
		return requestExport(l, requests)
	}
	for _, r := range requests {
		by := who(r.By)
		if by == r.User {
			by = ""
		}
		l.rows = append(l.rows, []string{r.ID, r.User, r.Group, lengthText(r), r.State, by, decisionText(r), r.Reason, r.Ticket})
	}
	return l
}

// requestExport lays requests out for a spreadsheet or an auditor.
func requestExport(l listing, requests []desk.Request) listing {
	l.header = []string{
		"id", "batch", "kind", "user", "group", "state", "by", "reason", "ticket", "start", "seconds", "ends_at", "created", "expires_at", "revision",
		"extends", "grant", "decided_at", "decided_by", "note", "because", "votes", "review", "reviewed_by", "review_note",
	}
	for _, r := range requests {
		review := desk.Review{}
		if r.Review != nil {
			review = *r.Review
		}
		l.rows = append(l.rows, []string{
			r.ID, r.Batch, r.Kind, r.User, r.Group, r.State, r.By, r.Reason, r.Ticket, timeAt(r.Start), strconv.FormatInt(r.Seconds, 10),
			timeText(r.EndsAt), timeText(r.Created), timeText(r.ExpiresAt), strconv.Itoa(r.Revision), r.Extends, r.Grant,
			timeAt(r.DecidedAt), r.DecidedBy, r.Note, r.Because, strings.Join(voteTexts(r), "; "), review.Verdict, review.By, review.Note,
		})
	}
	return l
}

// lengthText is for how long, or by how much longer.
func lengthText(r desk.Request) string {
	if r.Kind == grants.KindExtension {
		return "+" + seconds(r.Seconds)
	}
	return seconds(r.Seconds)
}

// decisionText says who is asked to decide, or how it was decided.
func decisionText(r desk.Request) string {
	switch {
	case r.Stage != nil:
		return "asks " + stageText(r)
	case r.Kind == grants.KindOverlap:
		return "nobody: somebody moved"
	case r.Kind == grants.KindBreakGlass:
		return "nobody: the glass was broken"
	case r.Because != "":
		return "policy: " + r.Because
	case r.DecidedBy != "" && r.State != grants.Expired:
		return "by " + who(r.DecidedBy)
	}
	return ""
}

// stageText is the open step of an approval: what it takes, and who can give it.
func stageText(r desk.Request) string {
	const most = 4
	s := r.Stage
	text := s.By
	if s.Of > 1 {
		text = fmt.Sprintf("stage %d of %d, %s", s.Number, s.Of, text)
	}
	if s.Need > 1 {
		text += fmt.Sprintf(", %d of %d", s.Have, s.Need)
	}
	names := unheard(r)
	if len(names) == 0 {
		return text + ": nobody can at present"
	}
	text += ": " + strings.Join(names[:min(most, len(names))], ", ")
	if rest := len(names) - most; rest > 0 {
		text += fmt.Sprintf(" and %d more", rest)
	}
	return text
}

// unheard are those who may decide and have not.
func unheard(r desk.Request) []string {
	return slices.DeleteFunc(slices.Clone(r.Stage.Approvers), func(name string) bool {
		return slices.ContainsFunc(r.Votes, func(v desk.Vote) bool {
			return v.Stage == r.Stage.Number && v.Void == "" && who(v.By) == name
		})
	})
}

// voteTexts says vote by vote who answered what.
func voteTexts(r desk.Request) []string {
	texts := make([]string, len(r.Votes))
	staged := slices.ContainsFunc(r.Votes, func(v desk.Vote) bool { return v.Stage > 1 })
	for i, v := range r.Votes {
		word := "denied"
		if v.Approve {
			word = "approved"
		}
		if staged {
			word += fmt.Sprintf(" stage %d", v.Stage)
		}
		text := fmt.Sprintf("%s %s at %s", who(v.By), word, timeText(v.At))
		if v.For != "" {
			text += " for " + v.For
		}
		if v.Note != "" {
			text += ": " + v.Note
		}
		if v.Void != "" {
			text += " (does not count any more: " + v.Void + ")"
		}
		texts[i] = text
	}
	return texts
}

// remarkRequest says in a sentence how a request stands.
func (p *program) remarkRequest(r desk.Request, now time.Time) {
	switch {
	case r.State == grants.Pending && r.Stage != nil:
		p.remark("%s asks %s; nobody can decide on it after %s", r.ID, stageText(r), until(r.ExpiresAt, now))
		if r.Stage.Lacking != "" {
			p.remark("%s: %s", r.ID, r.Stage.Lacking)
		}
	case r.State == grants.Pending:
		p.remark("%s is open, but the policy does not let %s be asked for any more", r.ID, r.Group)
	case r.State == grants.Approved && r.Because != "":
		p.remark("%s was approved by the policy: %s", r.ID, r.Because)
	case r.State == grants.Cancelled, r.State == grants.Denied:
		p.remark("%s is %s", r.ID, r.State)
	}
}

// remarkAlready says that an answer changed nothing.
func (p *program) remarkAlready(r desk.Request) {
	if r.DecidedAt == nil {
		p.remark("%s: you had said so already", r.ID)
		return
	}
	p.remark("%s was %s already, at %s by %s", r.ID, r.State, timeAt(r.DecidedAt), who(r.DecidedBy))
}

// who is an actor without the kind, where it is a user.
func who(actor string) string { return strings.TrimPrefix(actor, "user:") }

// grantOf is the grant that a request gave, or made longer.
func grantOf(r desk.Request) string {
	if r.State != grants.Approved {
		return ""
	}
	return cmp.Or(r.Grant, r.Extends)
}

// timeAt is timeText of a time that may not be there.
func timeAt(t *time.Time) string {
	if t == nil {
		return ""
	}
	return timeText(*t)
}
