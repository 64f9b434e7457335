package pagerduty

import (
	"context"
	"net/url"
	"time"

	"birthright/identity"
)

// incident is an open incident with those whom it is assigned to.
type incident struct {
	ID          string    `json:"id"`
	Service     reference `json:"service"`
	Assignments []struct {
		At       time.Time `json:"at"`
		Assignee reference `json:"assignee"`
	} `json:"assignments"`
}

// incidents reads the open incidents, however old: unless told so, PagerDuty
// would show those of the last month.
func (s *Source) incidents(ctx context.Context) ([]identity.Fact, error) {
	incidents, err := readAll[incident](ctx, s, "incidents", url.Values{
		"statuses[]": {"triggered", "acknowledged"}, "date_range": {"all"}, "include[]": {"assignees"}, "time_zone": {"UTC"},
		"sort_by": {"incident_number:asc"}, // what is opened meanwhile comes last, and moves nothing to another page
	})
	if err != nil {
		return nil, err
	}
	var facts []identity.Fact
	for _, i := range incidents {
		for _, a := range i.Assignments {
			facts = append(facts, identity.Fact{
				Kind: identity.FactTicket, Name: i.Service.Summary, Key: i.ID + "/" + a.Assignee.ID, Person: a.Assignee.person(), Start: a.At.UTC(),
			})
		}
	}
	return merged(facts), nil
}
