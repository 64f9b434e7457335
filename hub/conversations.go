package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/rights"
	"birthright/scim/inspect"
	"birthright/store"
)

// Conversation is one request of a source and its answer, without secrets.
type Conversation struct {
	ID            string            `json:"id"`
	Source        string            `json:"source"`
	At            *time.Time        `json:"at"`
	TookMS        float64           `json:"took_ms"`
	Method        string            `json:"method"`
	URL           string            `json:"url"`
	Agent         string            `json:"agent"`
	Token         string            `json:"token" doc:"public id of the token that was shown"`
	Remote        string            `json:"remote"`
	Headers       map[string]string `json:"headers"`
	Request       json.RawMessage   `json:"request"` // null for none
	RequestBytes  int64             `json:"request_bytes"`
	Status        int               `json:"status" doc:"0 where there was no answer"`
	AnswerHeaders map[string]string `json:"answer_headers"`
	Answer        json.RawMessage   `json:"answer"`
	AnswerBytes   int64             `json:"answer_bytes"`
	Cut           bool              `json:"cut" doc:"something of the bodies is not here"`
	Dialect       string            `json:"dialect"`
	Read          []string          `json:"read" nullable:"false" doc:"how that was understood which was not written by the book"`
}

// Failed reports whether the request was not carried out.
func (c Conversation) Failed() bool { return inspect.Conversation{Status: c.Status}.Failed() }

// ConversationQuery selects what a source that pushes said last.
type ConversationQuery struct {
	Source string
	Failed bool      // only requests that were refused or failed
	Since  time.Time // only from then on
	Limit  int       // so many of the newest; 0 for all that are kept
}

// Conversations returns what a source said last, the newest last. Kind Invalid for one
// that the hub reads: it says nothing by itself.
func (h *Hub) Conversations(ctx context.Context, a approval.Actor, q ConversationQuery) ([]Conversation, error) {
	if err := h.allowed(ctx, a, rights.ReadMessages); err != nil {
		return nil, err
	}
	setting, err := h.source(q.Source)
	if err != nil {
		return nil, err
	}
	if !setting.Pushes {
		return nil, &identity.Error{
			Kind: identity.Invalid, Op: "inspect", Object: setting.Name,
			Err:  fmt.Errorf("it is of kind %s: the hub reads it, and it says nothing by itself", setting.Kind),
			Hint: "`birthright source check " + setting.Name + "` asks it",
		}
	}
	if h.Talk == nil {
		return nil, &identity.Error{Kind: identity.Internal, Op: "inspect", Object: setting.Name, Err: errors.New("nothing keeps what is said")}
	}
	found, err := h.Talk.Conversations(ctx, store.ConversationQuery{Source: q.Source, Failed: q.Failed, Since: q.Since, Limit: q.Limit})
	out := make([]Conversation, len(found))
	for i, c := range found {
		out[i] = viewConversation(c)
	}
	return out, err
}

// Talk keeps what sources said.
type Talk interface {
	Conversations(ctx context.Context, q store.ConversationQuery) ([]inspect.Conversation, error)
}

func viewConversation(c inspect.Conversation) Conversation {
	v := Conversation{
		ID: c.ID, Source: c.Source, At: instant(c.At), TookMS: float64(c.Took.Microseconds()) / 1000, Method: c.Method, URL: c.URL,
		Agent: c.Agent, Token: c.Token, Remote: c.Remote, Headers: c.Headers, Request: asJSON(c.Request), RequestBytes: c.RequestBytes,
		Status: c.Status, AnswerHeaders: c.AnswerHeaders, Answer: asJSON(c.Answer), AnswerBytes: c.AnswerBytes,
		Cut: c.Cut, Dialect: c.Dialect, Read: c.Read,
	}
	if v.Read == nil {
		v.Read = []string{}
	}
	return v
}

// asJSON is a masked body as a value; null for none.
func asJSON(body string) json.RawMessage {
	if !json.Valid([]byte(body)) {
		return json.RawMessage("null")
	}
	return json.RawMessage(body)
}
