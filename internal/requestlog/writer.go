package requestlog

import "net/http"

// writer sees what is answered. Its Unwrap lets http.ResponseController, and what looks
// for the server's own writer, reach the one below.
type writer struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader implements http.ResponseWriter. What is said before the answer, such as
// 103, is not the answer.
func (w *writer) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *writer) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// Flush implements http.Flusher, for answers that go on.
func (w *writer) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() } // whoever cannot does not

// Unwrap returns the writer below.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// answered is the status that the client got.
func (w *writer) answered() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}
