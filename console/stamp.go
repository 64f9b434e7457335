package console

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"

	"birthright/grants"
	"birthright/grants/desk"
	"birthright/hub"
)

// stamp is a short text that is another one where the parts are others. What grows with
// each second is not to be among them.
func stamp(parts ...any) string {
	text, _ := json.Marshal(parts) // what pages show always can be
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

// unchanged answers an open page that asks whether it still is what it was: 304 where it
// is (RFC 9110, section 13.1.2), 200 with the new stamp where it is not, without the page.
func unchanged(w http.ResponseWriter, r *http.Request, now string) {
	tag := `"` + now + `"`
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
	}
}

// requestStamp says how a request stands, without the end that it would have if it were
// approved now.
func requestStamp(r desk.Request) any {
	return []any{r.ID, r.State, r.Revision, r.Stage, r.Votes, r.Grant, r.Review}
}

// grantStamp says how a grant stands, without what time alone changes.
func grantStamp(g desk.Grant) any {
	out := []any{g.ID, g.State, g.Seconds, g.Targets, g.LeftOn, g.OverdueSeconds > 0, g.Ended}
	if g.State == grants.Active { // before, its end moves on with the clock
		out = append(out, g.EndsAt)
	}
	return out
}

func ownStamp(own desk.Own) string {
	var parts []any
	for _, h := range own.Holdings {
		parts = append(parts, h.Group, h.Causes, h.EndsAt, h.Targets)
		if h.Grant != nil {
			parts = append(parts, grantStamp(h.Grant.Grant))
		}
	}
	for _, g := range own.Coming {
		parts = append(parts, grantStamp(g.Grant))
	}
	for _, r := range own.Requests {
		parts = append(parts, requestStamp(r))
	}
	for _, r := range own.Past {
		parts = append(parts, requestStamp(r))
	}
	return stamp(parts...)
}

func courseStamp(course desk.Course) string {
	parts := []any{grantStamp(course.Grant), requestStamp(course.Behind), course.Returns, course.Extends, course.Revokes}
	for _, step := range course.Steps {
		if !step.Ahead {
			parts = append(parts, step)
		}
	}
	return stamp(parts...)
}

func inboxStamp(in desk.Inbox) string {
	parts := []any{in.All}
	for _, c := range in.Cases {
		parts = append(parts, requestStamp(c.Request))
	}
	for _, r := range in.Glasses {
		parts = append(parts, r.ID)
	}
	return stamp(parts...)
}

// statusStamp says how the hub is, without what moves on all the time: how long things
// last, and how much is on record.
func statusStamp(s hub.Status) string {
	parts := []any{s.Policy}
	count := func(all ...hub.Count) {
		for _, c := range all {
			parts = append(parts, c.Count, c.More)
		}
	}
	count(s.Overdue, s.LateGrants, s.LateAdditions, s.Held, s.Requests, s.Glass)
	for _, t := range s.Targets {
		parts = append(parts, t.Name, t.Error, t.LastFullAt)
		count(t.LateRemovals, t.LateAdditions)
	}
	for _, source := range s.Sources {
		parts = append(parts, source.Name, source.Error, source.LastCompleteAt)
	}
	return stamp(parts...)
}
