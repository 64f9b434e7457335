package pagerduty

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/strictyaml"
)

// oncall is one unit of time for which a user is on call. The same shift comes
// once for each level of each escalation policy that uses the schedule.
type oncall struct {
	User     reference  `json:"user"`
	Schedule *reference `json:"schedule"` // nil for users whom a policy names itself
	Start    *time.Time `json:"start"`    // nil: always
	End      *time.Time `json:"end"`      // nil: does not go off call
}

// shifts reads who is on call in schedules from now to the horizon.
func (s *Source) shifts(ctx context.Context) ([]identity.Fact, error) {
	now := s.now().UTC().Truncate(time.Second)
	query := url.Values{
		"since": {now.Format(time.RFC3339)}, "until": {now.Add(s.horizon).Format(time.RFC3339)},
		"time_zone": {"UTC"}, "include[]": {"users"},
	}
	if len(s.named) > 0 {
		ids, err := s.scheduleIDs(ctx)
		if err != nil {
			return nil, err
		}
		query["schedule_ids[]"] = ids
	}
	oncalls, err := readAll[oncall](ctx, s, "oncalls", query)
	if err != nil {
		return nil, err
	}
	var facts []identity.Fact
	for _, o := range oncalls {
		if o.Schedule != nil {
			facts = append(facts, o.fact())
		}
	}
	return merged(facts), nil
}

// fact is the shift. It has no identifier of its own: it is that user's in that
// schedule from that time on.
func (o oncall) fact() identity.Fact {
	f := identity.Fact{Kind: identity.FactShift, Name: o.Schedule.Summary, Person: o.User.person()}
	start := "always"
	if o.Start != nil {
		f.Start = o.Start.UTC()
		start = f.Start.Format(time.RFC3339)
	}
	if o.End != nil {
		f.End = o.End.UTC()
	}
	f.Key = strings.Join([]string{o.Schedule.ID, o.User.ID, start}, "/")
	return f
}

// merged keeps each fact once, the one that ends last.
func merged(facts []identity.Fact) []identity.Fact {
	slices.SortStableFunc(facts, identity.CompareFacts)
	out := facts[:0]
	for _, f := range facts {
		last := len(out) - 1
		switch {
		case last < 0 || identity.CompareFacts(out[last], f) != 0:
			out = append(out, f)
		case out[last].End.IsZero():
		case f.End.IsZero() || out[last].End.Before(f.End):
			out[last].End = f.End
		}
	}
	return out
}

// scheduleIDs finds the schedules that the settings name. One that is not there
// is an error: an answer without it would look as if nobody were on call.
func (s *Source) scheduleIDs(ctx context.Context) ([]string, error) {
	schedules, err := readAll[reference](ctx, s, "schedules", url.Values{})
	if err != nil {
		return nil, err
	}
	var ids, names []string
	found := map[string]bool{}
	for _, known := range schedules {
		names = append(names, known.Summary)
		for _, wanted := range s.named {
			if wanted == known.ID || wanted == known.Summary {
				found[wanted] = true
				ids = append(ids, known.ID)
			}
		}
	}
	for _, wanted := range s.named {
		if !found[wanted] {
			hint := fmt.Sprintf("there are %d schedules that the token may see", len(names))
			if near := strictyaml.Nearest(wanted, names); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			return nil, &identity.Error{Kind: identity.NotFound, Op: "read source " + s.name, Err: fmt.Errorf("PagerDuty has no schedule %q", wanted), Hint: hint}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}
