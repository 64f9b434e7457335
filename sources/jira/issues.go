package jira

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
)

const (
	// pageSize is how many issues are asked for at once; Jira may give fewer.
	pageSize = 100
	// mostIssues bounds a queue: no query for tickets that give access means more.
	mostIssues = 20_000
)

// issue is what is read of one.
type issue struct {
	Key    string `json:"key"`
	Fields struct {
		Created  stamp `json:"created"`
		Assignee *struct {
			AccountID string `json:"accountId"`
			Email     string `json:"emailAddress"`
		} `json:"assignee"`
		Status struct {
			Category struct {
				Key string `json:"key"`
			} `json:"statusCategory"`
		} `json:"status"`
	} `json:"fields"`
}

// done is what Jira calls the category of statuses in which nothing is left to do, in
// every language.
const done = "done"

// counts reports whether the issue is open and somebody's. Jira's index lags behind a
// little: what it finds may be closed or nobody's by now.
func (i issue) counts() bool {
	return i.Fields.Assignee != nil && i.Fields.Status.Category.Key != done
}

// stamp is a time as Jira writes it: its zone has no colon.
type stamp struct{ time.Time }

// UnmarshalJSON reads Jira's form, and the usual one.
func (s *stamp) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil || text == "" {
		return err
	}
	var err error
	if s.Time, err = time.Parse("2006-01-02T15:04:05.999-0700", text); err != nil {
		s.Time, err = time.Parse(time.RFC3339, text)
	}
	return err
}

// fact is the ticket. An issue that several queues find is told for each.
func (i issue) fact(queue string) identity.Fact {
	person := i.Fields.Assignee.Email
	if person == "" {
		person = i.Fields.Assignee.AccountID // addresses can be hidden
	}
	return identity.Fact{Kind: identity.FactTicket, Name: queue, Key: i.Key + "/" + queue, Person: person, Start: i.Fields.Created.UTC()}
}

// results is one page. There is another where it has a token.
type results struct {
	Issues []issue `json:"issues"`
	Token  string  `json:"nextPageToken"`
	IsLast *bool   `json:"isLast"`
}

// issues reads a queue from its first page to its last.
func (s *Source) issues(ctx context.Context, q Queue) (all []issue, err error) {
	seen, tokens := map[string]bool{}, map[string]bool{}
	for token := ""; ; {
		page, err := s.page(ctx, q, token)
		if err != nil {
			return nil, s.failed(err)
		}
		for _, i := range page.Issues {
			if seen[i.Key] {
				return nil, s.failed(fmt.Errorf("%s: %s came twice: the list changed while it was read", q.Name, i.Key))
			}
			seen[i.Key] = true
			if i.counts() {
				all = append(all, i)
			}
		}
		switch token = page.Token; {
		case page.IsLast != nil && *page.IsLast, page.IsLast == nil && token == "":
			return all, nil
		case token == "" || tokens[token]:
			return nil, s.failed(fmt.Errorf("%s: there is more, and no way to it", q.Name))
		case len(seen) > mostIssues:
			return nil, s.failed(fmt.Errorf("%s: more than %d issues: narrow the query", q.Name, mostIssues))
		}
		tokens[token] = true
	}
}

// page reads one page, and refuses one with something that nothing follows from.
func (s *Source) page(ctx context.Context, q Queue, token string) (page results, err error) {
	query := url.Values{"jql": {q.query()}, "fields": {"assignee", "created", "status"}, "maxResults": {strconv.Itoa(pageSize)}}
	if token != "" {
		query.Set("nextPageToken", token)
	}
	_, err = s.client.JSON(ctx, httpkit.Request{Method: http.MethodGet, Path: "/rest/api/3/search/jql", Query: query}, nil, &page)
	switch {
	case err != nil:
		return page, err
	case page.Issues == nil:
		return page, fmt.Errorf("%s: the answer has no list of issues; check url", q.Name)
	}
	for _, i := range page.Issues {
		if i.Key == "" || i.Fields.Created.IsZero() || i.Fields.Status.Category.Key == "" || i.counts() && i.Fields.Assignee.AccountID == "" {
			return page, fmt.Errorf("%s: an issue came without its key, time, status or account: %q", q.Name, i.Key)
		}
	}
	return page, nil
}
