package httpkit

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"sync"
	"time"
)

// Recording writes down every request and answer, one JSON object a line, with
// secrets masked: what is sent to a vendor's support, or looked at when a system
// does not do as its pages say. It is safe for concurrent use.
type Recording struct {
	mu sync.Mutex
	to io.Writer
}

// NewRecording writes to w.
func NewRecording(w io.Writer) *Recording { return &Recording{to: w} }

// exchange is one line.
type exchange struct {
	At       time.Time   `json:"at"`
	Took     string      `json:"took"`
	Method   string      `json:"method"`
	URL      string      `json:"url"`
	Sent     http.Header `json:"sent"`
	Body     string      `json:"body,omitempty"`
	Status   int         `json:"status,omitempty"`
	Received http.Header `json:"received,omitempty"`
	Answer   string      `json:"answer,omitempty"`
	Error    string      `json:"error,omitempty"`
}

// hidden are the headers whose values are nobody's business.
var hidden = []string{"Authorization", "Cookie", "Set-Cookie", "Proxy-Authorization", "X-Amz-Security-Token"}

// telling are the fields of JSON, forms and XML that hold secrets.
var telling = regexp.MustCompile(`(?i)("(?:[a-z_]*token|[a-z_]*secret|[a-z_]*password|assertion|passwordProfile|secretAccessKey|code)"\s*:\s*)"(?:[^"\\]|\\.)*"|((?:^|&)(?:[a-z_]*token|client_secret|password|assertion|code)=)[^&]*|(<(?:SecretAccessKey|SessionToken)>)[^<]*`)

// longestBody bounds what of a body is kept.
const longestBody = 64 << 10

func (r *Recording) write(e exchange, creds *credentials) {
	e.Sent, e.Received = masked(e.Sent), masked(e.Received)
	e.URL, e.Body, e.Answer, e.Error = hideQuery(e.URL), hide(e.Body), hide(e.Answer), hide(e.Error)
	line, err := json.Marshal(e)
	if err != nil {
		return // only strings and numbers
	}
	if creds != nil {
		line = []byte(creds.redact(string(line)))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	_, _ = r.to.Write(append(line, '\n')) // a full disk must not stop the removal of access
}

func masked(h http.Header) http.Header {
	h = h.Clone()
	for _, name := range hidden {
		if h.Get(name) != "" {
			h.Set(name, "[secret]")
		}
	}
	return h
}

func hide(text string) string {
	if len(text) > longestBody {
		text = text[:longestBody] + "…"
	}
	return telling.ReplaceAllString(text, `${1}${2}${3}"[secret]"`)
}

func hideQuery(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "[unreadable]"
	}
	u.RawQuery, u.User = hide(u.RawQuery), nil
	return u.String()
}

// recorded sends requests on and has the recording write them down. It is what SDKs
// get, too.
type recorded struct {
	next http.RoundTripper
	c    *Client
}

func (t recorded) RoundTrip(req *http.Request) (*http.Response, error) {
	t.c.calls.Add(1)
	if t.c.opt.Record == nil {
		return t.next.RoundTrip(req)
	}
	began := t.c.opt.Now()
	e := exchange{At: began.UTC(), Method: req.Method, URL: req.URL.String(), Sent: req.Header}
	if req.GetBody != nil {
		if body, err := req.GetBody(); err == nil {
			sent, _ := io.ReadAll(body)
			e.Body = string(sent)
		}
	}
	resp, err := t.next.RoundTrip(req)
	if err == nil {
		var body []byte
		body, err = io.ReadAll(io.LimitReader(resp.Body, t.c.opt.MaxAnswer+1))
		rest := resp.Body
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(body), errReader{err}), rest}
		e.Status, e.Received, e.Answer = resp.StatusCode, resp.Header, string(body)
	}
	if err != nil {
		e.Error = err.Error()
	}
	e.Took = t.c.opt.Now().Sub(began).Round(time.Millisecond).String()
	t.c.opt.Record.write(e, t.c.secret.Load())
	if resp != nil {
		return resp, nil
	}
	return nil, err
}

// errReader ends a body as it ended.
type errReader struct{ err error }

func (e errReader) Read([]byte) (int, error) {
	if e.err != nil {
		return 0, e.err
	}
	return 0, io.EOF
}

// CloseIdleConnections lets go of idle connections.
func (t recorded) CloseIdleConnections() {
	if closer, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}
