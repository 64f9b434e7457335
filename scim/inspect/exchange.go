package inspect

import (
	"net/http"
	"strings"
	"time"
)

const (
	// askedMost and toldMost are how much of a request's and of an answer's body is
	// listened to, in bytes: a group with 5,000 members, so that they can be counted.
	// keptMost is how much is kept of either after masking.
	askedMost = 256 << 10
	toldMost  = 64 << 10
	keptMost  = 16 << 10
	// longestHeader bounds the value of a header.
	longestHeader = 300
)

// requestHeaders and answerHeaders are the only ones that are kept: what a
// message is, and on what conditions. None of them carries credentials.
var (
	requestHeaders = []string{"Accept", "Content-Encoding", "Content-Type", "If-Match", "If-None-Match"}
	answerHeaders  = []string{"Allow", "Etag", "Location", "Retry-After"}
)

// Exchange is a conversation as it was heard, secrets and all. It stays in memory
// until it is masked or forgotten.
type Exchange struct {
	// Source and Token are set by whoever finds out whose request it is. Without a
	// source nothing is kept.
	Source, Token string

	id            string
	at            time.Time
	took          time.Duration
	method        string
	path, query   string
	agent, remote string
	asked, told   map[string]string // headers
	request       part
	answer        part
	status        int
	dialect       string
	notes         []string
}

// part is the beginning of a body.
type part struct {
	data []byte
	most int   // bytes of data
	size int64 // of the whole body, as far as it went by
}

// hear takes what goes by, as long as there is room for it.
func (p *part) hear(data []byte) {
	p.size += int64(len(data))
	p.data = append(p.data, data[:min(len(data), p.most-len(p.data))]...)
}

func (p *part) whole() bool { return p.size == int64(len(p.data)) }

// Conversation is what of x may be kept.
func (x Exchange) Conversation() Conversation {
	var known secrets // the bodies are where they are learned
	c := Conversation{
		ID: x.id, Source: x.Source, At: x.at, Took: x.took, Token: x.Token, Remote: x.remote,
		Status: x.status, Dialect: x.dialect, RequestBytes: x.request.size, AnswerBytes: x.answer.size,
	}
	var cutRequest, cutAnswer bool
	c.Request, cutRequest = x.request.masked(&known)
	c.Answer, cutAnswer = x.answer.masked(&known)
	c.Cut = cutRequest || cutAnswer
	c.Method, c.URL, c.Agent = known.mask(x.method), maskURL(x.path, x.query, &known), known.mask(x.agent)
	c.Headers, c.AnswerHeaders = known.maskAll(x.asked), known.maskAll(x.told)
	for _, note := range x.notes {
		c.Read = append(c.Read, known.mask(note))
	}
	return c
}

// masked is the body as people may see it.
func (p *part) masked(known *secrets) (text string, cut bool) {
	m := masker{scanner: scanner{in: p.data}, most: keptMost, partial: !p.whole(), secrets: known}
	return m.all(), m.cut || m.partial
}

// maskAll masks the values of headers.
func (s *secrets) maskAll(headers map[string]string) map[string]string {
	out := make(map[string]string, len(headers))
	for name, value := range headers {
		out[name] = s.mask(value)
	}
	return out
}

// chosen returns the named headers that are there.
func chosen(from http.Header, names []string) map[string]string {
	out := map[string]string{}
	for _, name := range names {
		if values := from[name]; len(values) > 0 {
			out[name] = shorten(strings.Join(values, ", "), longestHeader)
		}
	}
	return out
}
