package inspect

import (
	"net/http"
	"time"
)

// Conversation is one request and its answer, as they may be kept and shown:
// without secrets, and bounded.
type Conversation struct {
	ID     string        `json:"id"`
	Source string        `json:"source"`
	At     time.Time     `json:"at"` // when the request came
	Took   time.Duration `json:"took"`

	Method string `json:"method"`
	URL    string `json:"url"` // path and query
	Agent  string `json:"agent"`
	Token  string `json:"token"` // public id of the token that was shown
	Remote string `json:"remote"`
	// Headers and AnswerHeaders are those that decide what is done with a message.
	Headers       map[string]string `json:"headers,omitempty"`
	AnswerHeaders map[string]string `json:"answer_headers,omitempty"`

	// Request and Answer are the bodies as Mask makes them: JSON, "" for none.
	Request string `json:"request"`
	Status  int    `json:"status"` // 0 if there was no answer
	Answer  string `json:"answer"`
	// RequestBytes and AnswerBytes are how long the bodies were as far as they
	// were read or written.
	RequestBytes int64 `json:"request_bytes"`
	AnswerBytes  int64 `json:"answer_bytes"`
	// Cut reports that something of the bodies is not here.
	Cut bool `json:"cut"`

	// Dialect is whose habits the request has, "" if nobody's in particular; Read is
	// how that was understood which was not written by the book.
	Dialect string   `json:"dialect"`
	Read    []string `json:"read"`
}

// Failed reports whether the request was not carried out.
func (c Conversation) Failed() bool { return failed(c.Status) }

func failed(status int) bool { return status == 0 || status >= http.StatusBadRequest }
