package client

import (
	"context"
	"strconv"
	"time"

	"birthright/grants/approval"
	"birthright/hub"
)

// AllSources lists the configured sources, in their order.
func (c Hub) AllSources(ctx context.Context, _ approval.Actor) ([]hub.Source, error) {
	var out items[hub.Source]
	err := c.get(ctx, "/sources", nil, &out)
	return out.Items, err
}

// Source returns all that is known of one source.
func (c Hub) Source(ctx context.Context, _ approval.Actor, name string) (out hub.SourceDetail, err error) {
	return out, c.get(ctx, "/sources/"+segment(name), nil, &out)
}

// CheckSources asks the named sources, or all, about connection and rights.
func (c Hub) CheckSources(ctx context.Context, _ approval.Actor, sources []string) ([]hub.Check, error) {
	var out items[hub.Check]
	err := c.post(ctx, "/sources/check", names{sources}, &out)
	return out.Items, err
}

// Facts lists the shifts and tickets that are known, of one source where it is named.
func (c Hub) Facts(ctx context.Context, _ approval.Actor, source string) ([]hub.Fact, error) {
	var out items[hub.Fact]
	err := c.get(ctx, "/facts", values("source", source), &out)
	return out.Items, err
}

// Conversations returns what a source said last, the newest last.
func (c Hub) Conversations(ctx context.Context, _ approval.Actor, q hub.ConversationQuery) ([]hub.Conversation, error) {
	query := values("limit", strconv.Itoa(q.Limit))
	if q.Failed {
		query.Set("failed", "true")
	}
	if !q.Since.IsZero() {
		query.Set("since", q.Since.UTC().Format(time.RFC3339Nano))
	}
	var out items[hub.Conversation]
	err := c.get(ctx, "/sources/"+segment(q.Source)+"/conversations", query, &out)
	for i := range out.Items {
		one := &out.Items[i]
		one.Request, one.Answer = asWritten(one.Request), asWritten(one.Answer)
	}
	return out.Items, err
}

// asWritten undoes what makes JSON fit for the inside of a web page: <, > and & come as
// escapes, and are shown as they were sent.
func asWritten(body []byte) []byte {
	out := make([]byte, 0, len(body))
	for len(body) > 0 {
		sign, taken := body[:1], 1
		if body[0] == '\\' && len(body) > 1 {
			sign, taken = body[:2], 2
			if plain, is := plainSigns[string(body[:min(6, len(body))])]; is {
				sign, taken = []byte(plain), 6
			}
		}
		out, body = append(out, sign...), body[taken:]
	}
	return out
}

var plainSigns = map[string]string{`\u003c`: "<", `\u003e`: ">", `\u0026`: "&"}
