package rules

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"birthright/identity"
)

// Read is how old the knowledge of a context source is.
type Read struct {
	// At is when the source was last read whole; zero for never.
	At time.Time
	// MaxAge is how long after At the source is believed about what begins.
	MaxAge time.Duration
}

// Opens reports whether a fact with this start gives anything: it began while
// the knowledge of it was fresh. One that began so goes on until its own end,
// whether or not its source still answers.
func (r Read) Opens(start time.Time) bool { return !start.After(r.At.Add(r.MaxAge)) }

// Timeline answers from facts who is on call and who has tickets. It knows no
// managers. A question costs the logarithm of what is known of that user.
type Timeline struct {
	spans   map[line][]span
	turns   map[int64][]time.Time
	tickets map[int64][]identity.Fact
	users   []int64
}

// line is what one kind of question about one user asks for.
type line struct {
	userN      int64
	kind, name string
}

// span is a time during which the answer is yes; a zero end is none.
type span struct{ start, end time.Time }

// NewTimeline makes a Timeline of facts; reads holds, by name, how fresh each
// source is. Facts of a source that is not among them open nothing.
func NewTimeline(facts []identity.Fact, reads map[string]Read) *Timeline {
	t := &Timeline{spans: map[line][]span{}, turns: map[int64][]time.Time{}, tickets: map[int64][]identity.Fact{}}
	for _, f := range facts {
		read, known := reads[f.Source]
		if !known || f.UserN == 0 || !read.Opens(f.Start) || !f.End.IsZero() && !f.Start.Before(f.End) {
			continue
		}
		at := line{f.UserN, f.Kind, f.Name}
		t.spans[at] = append(t.spans[at], span{f.Start, f.End})
		if f.Kind == identity.FactTicket {
			t.tickets[f.UserN] = append(t.tickets[f.UserN], f)
		}
	}
	for at, spans := range t.spans {
		spans = joined(spans)
		t.spans[at] = spans
		for _, s := range spans {
			t.turns[at.userN] = append(t.turns[at.userN], s.start, s.end)
		}
	}
	for _, turns := range t.turns {
		slices.SortFunc(turns, time.Time.Compare)
	}
	t.users = slices.Sorted(maps.Keys(t.turns))
	return t
}

// joined orders spans by their start and makes one of those that overlap or meet:
// somebody who takes two shifts in a row does not turn between them.
func joined(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Or(a.start.Compare(b.start), a.end.Compare(b.end)) })
	out := spans[:0]
	for _, s := range spans {
		last := len(out) - 1
		switch {
		case last < 0 || !out[last].end.IsZero() && out[last].end.Before(s.start):
			out = append(out, s)
		case out[last].end.IsZero():
		case s.end.IsZero() || out[last].end.Before(s.end):
			out[last].end = s.end
		}
	}
	return out
}

// OnCall reports whether user has a shift in schedule at an instant.
func (t *Timeline) OnCall(user identity.User, schedule string, at time.Time) bool {
	return t.holds(line{user.N, identity.FactShift, schedule}, at)
}

// HasTicket reports whether user has a ticket in queue at an instant.
func (t *Timeline) HasTicket(user identity.User, queue string, at time.Time) bool {
	return t.holds(line{user.N, identity.FactTicket, queue}, at)
}

// Ticket looks for user's ticket with that number, at any source.
func (t *Timeline) Ticket(user identity.User, number string, at time.Time) (queue string, open bool) {
	for _, f := range t.tickets[user.N] {
		if f.Called(number) && f.Begun(at) && !f.Over(at) {
			return f.Name, true
		}
	}
	return "", false
}

// holds looks at the last span that begins no later than at.
func (t *Timeline) holds(l line, at time.Time) bool {
	spans := t.spans[l]
	i, _ := slices.BinarySearchFunc(spans, at, func(s span, at time.Time) int {
		if s.start.After(at) {
			return 1
		}
		return -1
	})
	return i > 0 && (spans[i-1].end.IsZero() || at.Before(spans[i-1].end))
}

// ReportsTo answers no.
func (t *Timeline) ReportsTo(identity.User, string) bool { return false }

// NextTurn returns the next instant after one at which something of user's
// begins or ends, the zero time for never.
func (t *Timeline) NextTurn(user identity.User, after time.Time) time.Time {
	turns := t.turns[user.N]
	i, _ := slices.BinarySearchFunc(turns, after, func(turn, after time.Time) int {
		if turn.After(after) {
			return 1
		}
		return -1
	})
	if i == len(turns) {
		return time.Time{}
	}
	return turns[i]
}

// Concerned returns the users of whom something is known, ascending. The list is
// the Timeline's own.
func (t *Timeline) Concerned() []int64 { return t.users }
