package hub

import (
	"context"
	"slices"
	"strings"
	"time"

	"birthright/grants/approval"
	"birthright/identity"
)

// Difference is what is not the same of somebody at two moments.
type Difference struct {
	From    *Then          `json:"from"`
	To      *Then          `json:"to"`
	Changed []ChangedValue `json:"changed" nullable:"false"`
}

// ChangedValue is one thing that is not the same: an attribute, a membership, access that
// was seen.
type ChangedValue struct {
	What   string `json:"what"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// UserThen returns what somebody was and had at a moment.
func (h *Hub) UserThen(ctx context.Context, a approval.Actor, name string, at time.Time) (out *Then, err error) {
	err = h.view(ctx, a, func(s *session) error {
		u, err := s.readable(name)
		if err == nil {
			out, err = UserAt(ctx, s.tx, u, at)
		}
		return err
	})
	return out, err
}

// UserDifference returns what was not the same of somebody at two moments, the earlier
// one first.
func (h *Hub) UserDifference(ctx context.Context, a approval.Actor, name string, one, other time.Time) (out Difference, err error) {
	if other.Before(one) {
		one, other = other, one
	}
	err = h.view(ctx, a, func(s *session) error {
		u, err := s.readable(name)
		if err != nil {
			return err
		}
		if out.From, err = UserAt(ctx, s.tx, u, one); err != nil {
			return err
		}
		if out.To, err = UserAt(ctx, s.tx, u, other); err != nil {
			return err
		}
		out.Changed = differences(facts(out.From), facts(out.To))
		return nil
	})
	return out, err
}

// differences lists what is not the same, in the order of its names.
func differences(before, after map[string]string) []ChangedValue {
	var names []string
	for name := range before {
		names = append(names, name)
	}
	for name := range after {
		names = append(names, name)
	}
	slices.Sort(names)
	out := []ChangedValue{}
	for _, name := range slices.Compact(names) {
		if before[name] != after[name] {
			out = append(out, ChangedValue{name, before[name], after[name]})
		}
	}
	return out
}

// facts are what somebody was and had, by name.
func facts(t *Then) map[string]string {
	out := described(t.UserName, t.State, t.Attributes)
	for _, m := range t.Memberships {
		out["group "+m.Group] = causesText(m.Causes)
	}
	for _, s := range t.Observed {
		out["seen "+s.Entitlement] = "since " + s.FirstSeen.UTC().Format(time.RFC3339)
	}
	return out
}

// described is what sources say of somebody, by name.
func described(userName string, state identity.State, a identity.Attributes) map[string]string {
	out := map[string]string{"userName": userName, "state": string(state)}
	for name, values := range a {
		out[name] = strings.Join(values, ", ")
	}
	return out
}

func causesText(causes []identity.Cause) string {
	parts := make([]string, len(causes))
	for i, c := range causes {
		parts[i] = c.String()
	}
	return strings.Join(parts, ", ")
}
