package inspect

import (
	"io"
	"net/http"
	"strings"
	"time"
)

// longestAgent bounds the name that a client gives itself.
const longestAgent = 200

// Talk listens in on one request: what is read of its body and what is written as
// its answer. Request and Writer take the place of those it was made of. Nothing is
// held back on its way.
type Talk struct {
	Exchange
	Notes   *Notes // nil if nobody listens
	Request *http.Request
	Writer  http.ResponseWriter

	recorder *Recorder
	writer   *writer
}

// Capture begins to listen in on a request that came at the given time.
func Capture(w http.ResponseWriter, r *http.Request, at time.Time) *Talk {
	t := &Talk{Notes: new(Notes)}
	t.Exchange = Exchange{
		at: at, method: r.Method, path: r.URL.EscapedPath(), query: r.URL.RawQuery, remote: r.RemoteAddr,
		request: part{most: askedMost}, answer: part{most: toldMost},
		agent: shorten(strings.ToValidUTF8(r.UserAgent(), "\uFFFD"), longestAgent), asked: chosen(r.Header, requestHeaders),
	}
	t.Request = r.WithContext(r.Context())
	if r.Body != nil && r.Body != http.NoBody {
		t.Request.Body = &reader{r.Body, &t.request, int(min(r.ContentLength, askedMost))}
	}
	t.writer = &writer{ResponseWriter: w, heard: &t.answer}
	t.Writer = t.writer
	return t
}

// Done is the end of the answer: what was heard goes to the recorder.
func (t *Talk) Done() {
	if t.recorder != nil {
		t.recorder.Record(t.End(t.recorder.o.Now()))
	}
}

// End returns what was heard until now. The request and its connection are not
// held on to.
func (t *Talk) End(now time.Time) Exchange {
	x := t.Exchange
	x.took, x.status, x.told = now.Sub(x.at), t.writer.status, chosen(t.writer.Header(), answerHeaders)
	x.dialect, x.notes = t.Notes.dialect, t.Notes.lines()
	return x
}

// reader hears what is read through it.
type reader struct {
	io.ReadCloser
	heard *part
	room  int // that will be needed, negative if nobody knows
}

// Read implements io.Reader.
func (r *reader) Read(into []byte) (n int, err error) {
	n, err = r.ReadCloser.Read(into)
	if r.heard.data == nil && n > 0 { // not before somebody was let in
		r.heard.data = make([]byte, 0, max(r.room, n))
	}
	r.heard.hear(into[:n])
	return n, err
}

// writer hears what is written through it.
type writer struct {
	http.ResponseWriter
	heard  *part
	status int
}

// WriteHeader implements http.ResponseWriter.
func (w *writer) WriteHeader(status int) {
	if w.status < http.StatusOK { // those below are interim
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *writer) Write(data []byte) (int, error) {
	if w.status < http.StatusOK {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(data)
	w.heard.hear(data[:n])
	return n, err
}

// Flush implements http.Flusher where the server does.
func (w *writer) Flush() {
	_ = http.NewResponseController(w.ResponseWriter).Flush() // who cannot does so at the end
}

// Unwrap lets http.ResponseController find what the server offers.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Server returns the server's own writer behind those that listen in:
// http.MaxBytesReader tells that one, and no other, that a connection is of no
// more use.
func Server(w http.ResponseWriter) http.ResponseWriter {
	for {
		outer, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return w
		}
		w = outer.Unwrap()
	}
}
