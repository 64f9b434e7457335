package hub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"birthright/audit"
	"birthright/grants/approval"
	"birthright/identity"
	"birthright/store"
)

// The kinds of Happening.
const (
	HappenedPerson     = "person"     // the hub came to know them, or what sources say of them changed
	HappenedMembership = "membership" // it began, ended, or got other causes
	HappenedTarget     = "target"     // a change on a target
	HappenedDeed       = "deed"       // somebody did something: a request, a decision, a grant, a review
)

// Happening is something that happened to somebody.
type Happening struct {
	At   time.Time `json:"at"`
	Kind string    `json:"kind" enum:"person,membership,target,deed"`
	// What is what happened in a word of programs: that of the audit log, of the change
	// on the target, or joined, changed, began, ended, recaused.
	What   string         `json:"what"`
	By     string         `json:"by" doc:"who did it, as the audit log has them"`
	Group  string         `json:"group"`
	Causes []Cause        `json:"causes" nullable:"false"`
	Values []ChangedValue `json:"values" nullable:"false" doc:"what sources say, before and after"`
	// Target, Entitlement, Outcome and Error are those of a change on a target.
	Target      string `json:"target"`
	Entitlement string `json:"entitlement"`
	Outcome     string `json:"outcome"`
	Error       string `json:"error"`
	// ID is the request, grant, campaign or run that it belongs to, Reason what was said.
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

// TimelineQuery selects what happened to somebody.
type TimelineQuery struct {
	User  string
	After string // Next of the page before
	Limit int    // 0 for all
}

// Timeline tells what happened to somebody, newest first: what sources said of them,
// what they were in, what was done on targets, what people asked for and decided.
func (h *Hub) Timeline(ctx context.Context, a approval.Actor, q TimelineQuery) (out Page[Happening], err error) {
	err = h.view(ctx, a, func(s *session) error {
		by, skip, err := placeInTime(q.After, s.tx.Now())
		if err != nil {
			return err
		}
		u, err := s.readable(q.User)
		if err != nil {
			return err
		}
		most := more(q.Limit)
		if most > 0 {
			most += skip
		}
		all, err := s.happenings(u, by, most)
		if err != nil {
			return err
		}
		all = all[min(skip, len(all)):]
		out = Page[Happening]{Items: all}
		if q.Limit > 0 && len(all) > q.Limit {
			out.Items = all[:q.Limit]
			out.Next = placeBehind(out.Items, by, skip)
		}
		return nil
	})
	return out, err
}

// A place in time is an instant, in microseconds, and how much of what happened in that
// very instant was told already.

func placeInTime(text string, now time.Time) (by time.Time, skip int, err error) {
	if text == "" {
		return now, 0, nil
	}
	instant, told, _ := strings.Cut(text, ".")
	us, errInstant := strconv.ParseInt(instant, 10, 64)
	skip, errTold := strconv.Atoi(told)
	if err := errors.Join(errInstant, errTold); err != nil || skip < 0 {
		return by, 0, &identity.Error{Kind: identity.Invalid, Field: "cursor", Err: errors.New("cursor: it is none of this hub's")}
	}
	return time.UnixMicro(us), skip, nil
}

// placeBehind is the place behind a page that began at another.
func placeBehind(items []Happening, by time.Time, skip int) string {
	last, told := items[len(items)-1].At, 0
	for _, item := range items {
		if item.At.Equal(last) {
			told++
		}
	}
	if last.Equal(by) {
		told += skip
	}
	return fmt.Sprintf("%d.%d", last.UnixMicro(), told)
}

// happenings gathers what happened by an instant, newest first: most of it at least,
// where there is so much; 0 for all.
func (s *session) happenings(u identity.User, by time.Time, most int) ([]Happening, error) {
	former, err := s.tx.FormerUsers(s.ctx, []int64{u.N})
	if err != nil {
		return nil, err
	}
	out := ofPerson(u, former)
	held, err := s.ofMemberships(u.N)
	if err != nil {
		return nil, err
	}
	changes, err := s.tx.ChangesOf(s.ctx, u.N, by, most)
	if err != nil {
		return nil, err
	}
	deeds, err := s.deeds(u, former, by, most)
	if err != nil {
		return nil, err
	}
	out = append(out, held...)
	for i := range changes {
		out = append(out, ofChange(&changes[i]))
	}
	out = slices.DeleteFunc(append(out, deeds...), func(h Happening) bool { return h.At.After(by) })
	slices.SortStableFunc(out, func(a, b Happening) int { return b.At.Compare(a.At) })
	for i := range out {
		out[i].fill()
	}
	return out, nil
}

// fill leaves no list nil.
func (h *Happening) fill() {
	h.At = h.At.UTC()
	if h.Causes == nil {
		h.Causes = []Cause{}
	}
	if h.Values == nil {
		h.Values = []ChangedValue{}
	}
}

// ofPerson tells since when somebody is known, and what sources said otherwise since.
func ofPerson(u identity.User, former []store.FormerUser) []Happening {
	all := append(slices.Clone(former), store.FormerUser{From: u.Modified, UserName: u.UserName, State: u.State, Attributes: u.Attributes})
	out := []Happening{{At: u.Created, Kind: HappenedPerson, What: "joined"}}
	for i := 1; i < len(all); i++ {
		before, after := all[i-1], all[i]
		values := differences(described(before.UserName, before.State, before.Attributes), described(after.UserName, after.State, after.Attributes))
		if len(values) > 0 {
			out = append(out, Happening{At: after.From, Kind: HappenedPerson, What: "changed", Values: values})
		}
	}
	slices.Reverse(out)
	return out
}

// ofMemberships tells what somebody came to be in, for which causes, and was in no more.
func (s *session) ofMemberships(userN int64) ([]Happening, error) {
	stretches, err := s.tx.StretchesOfUsers(s.ctx, []int64{userN})
	if err != nil {
		return nil, err
	}
	then, err := heldAny(s.ctx, s.tx, stretches)
	if err != nil {
		return nil, err
	}
	var out []Happening
	for i, st := range stretches {
		m := then[i]
		h := Happening{At: st.From, Kind: HappenedMembership, What: "began", Group: m.Group, Causes: given(m.Causes, m.Policy)}
		goesOn := i > 0 && stretches[i-1].GroupN == st.GroupN && stretches[i-1].Until.Equal(st.From)
		if goesOn {
			h.What = "recaused"
		}
		out = append(out, h)
		replaced := i+1 < len(stretches) && stretches[i+1].GroupN == st.GroupN && stretches[i+1].From.Equal(st.Until)
		if !st.Until.IsZero() && !replaced {
			out = append(out, Happening{At: st.Until, Kind: HappenedMembership, What: "ended", Group: m.Group, Causes: given(m.Causes, m.Policy)})
		}
	}
	return out, nil
}

func ofChange(c *store.ChangeRow) Happening {
	return Happening{
		At: c.PlannedAt, Kind: HappenedTarget, What: c.Action, Target: c.Target, Entitlement: c.Entitlement, Causes: given(c.Causes, ""),
		Outcome: cmp.Or(c.Outcome, "under way"), Error: c.Error, ID: c.Run,
	}
}

// toldOtherwise are the actions of the log that history and changes tell in more detail.
var toldOtherwise = []string{"user.created", "user.changed", "user.state", "memberships.changed", "change.intent", "change.outcome"}

// deeds are what the log has of somebody, by each name while it was theirs.
func (s *session) deeds(u identity.User, former []store.FormerUser, by time.Time, most int) ([]Happening, error) {
	var out []Happening
	told := func(name string, from, until time.Time) error {
		records, err := s.tx.AuditAbout(s.ctx, "user:"+name, from, until, most, toldOtherwise...)
		for i := range records {
			out = append(out, ofRecord(&records[i]))
		}
		return err
	}
	until := by
	name := u.UserName
	for i := len(former) - 1; i >= 0; i-- {
		if former[i].UserName == name {
			continue
		}
		if err := told(name, former[i].Until, until); err != nil {
			return nil, err
		}
		name = former[i].UserName
		if former[i].Until.Before(until) {
			until = former[i].Until.Add(-time.Microsecond)
		}
	}
	return out, told(name, time.Time{}, until)
}

func ofRecord(r *audit.Record) Happening {
	word := func(names ...string) string {
		for _, name := range names {
			if text, ok := r.Detail[name].(string); ok && text != "" {
				return text
			}
		}
		return ""
	}
	return Happening{
		At: r.At, Kind: HappenedDeed, What: r.Action, By: r.Actor, Group: word("group"), Target: word("target"), Entitlement: word("entitlement"),
		Outcome: word("outcome", "decision", "verdict"), ID: word("grant", "request", "item", "campaign", "order", "revocation", "delegation"), Reason: word("reason", "note"),
	}
}
