package reconcile

import (
	"slices"
	"time"

	"birthright/plan"
	"birthright/store"
)

// afterEnd is how much later than access ends here its end is set on a target that
// can end it by itself. The hub's own removal comes first; the target's is for the
// day on which there is no hub. Clocks that differ must not end access early.
const afterEnd = 15 * time.Minute

// backstop returns when the target itself should end what a user has, zero for
// never: only where all that gives it ends, and some time after the last of it. A
// grant that is not active yet has no end so far.
func (w *wants) backstop(u decided, ent int64) time.Time {
	var last int64
	for _, m := range w.decision.memberships(u) {
		if _, gives := slices.BinarySearch(w.byGroup[m.GroupN], ent); !gives {
			continue
		}
		if m.EndsAt == 0 {
			return time.Time{}
		}
		last = max(last, m.EndsAt)
	}
	if last == 0 {
		return time.Time{}
	}
	end := fromMicro(last).Add(afterEnd)
	if longest := w.dest.Settings.Capabilities.LongestExpiry; longest > 0 && end.Sub(w.decision.at) > longest {
		return time.Time{} // not yet
	}
	return end
}

// holding is an observation as a plan takes it.
func (o observation) holding() plan.Holding {
	return plan.Holding{Entitlement: o.ent, Present: true, Indirect: o.indirect, NotAfter: fromMicro(o.until)}
}

// lapsed reports whether the target ended by itself what is remembered.
func lapsed(row store.AssignmentRow, now time.Time) bool {
	return row.ExpiresAt != 0 && !now.Before(fromMicro(row.ExpiresAt))
}

// expects reports whether a target of which we know shows the end that is
// remembered.
func expects(row store.AssignmentRow, o observation) bool {
	return plan.SameEnd(fromMicro(row.ExpiresAt), fromMicro(o.until))
}

func unixMicro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicro(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}
