package client

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"birthright/grants/desk"
)

// question is a query as the API reads it.
func question(q desk.Query) url.Values {
	query := values("user", q.User, "group", q.Group, "decider", q.Decider, "ticket", q.Ticket, "q", q.Text, "state", strings.Join(q.States, ","), "since", instant(q.From), "until", instant(q.To))
	if q.Open {
		query.Set("open", "true")
	}
	return query
}

// wish is what is asked for, with what it is about under a name.
func wish(w desk.Wish, name string, what any) map[string]any {
	body := fields("user", w.User, "for", length(w.For), "reason", w.Reason, "ticket", w.Ticket, "start", instant(w.Start))
	body[name] = what
	return body
}

// fields are members of an object; what is empty is left out.
func fields(pairs ...string) map[string]any {
	out := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out[pairs[i]] = pairs[i+1]
		}
	}
	return out
}

// length is a length of time, "" for none.
func length(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

// instant is a time, "" for none.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// number is the number of a request or a grant, by which they are sorted: its ID has it
// behind a letter.
func number(id string) int64 {
	if id == "" {
		return 0
	}
	n, _ := strconv.ParseInt(id[1:], 10, 64) // 0 for an ID of a kind that we do not know
	return n
}
