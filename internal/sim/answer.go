package sim

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
)

// The troubles of a network.
var (
	errDown = errors.New("connect: connection refused")
	errCut  = io.ErrUnexpectedEOF
)

// answer lets planted faults at the request and has the system answer it.
func (t *Transport) answer(req *http.Request) (*http.Response, error) {
	body, err := readAll(req)
	if err != nil {
		return nil, err
	}
	f := t.faults.take(req)
	if f.Down {
		return nil, errDown
	}
	if trace := httptrace.ContextClientTrace(req.Context()); trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{}) // from here on it may have arrived
	}
	if err := f.wait(req.Context()); err != nil {
		return nil, err
	}
	if f.Cut {
		return nil, errCut
	}
	if f.Status != 0 {
		return f.response(req), nil
	}
	if f.Again {
		if earlier := t.faults.earlier(req); earlier != nil {
			return earlier, nil
		}
	}
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	resp := t.serve(req, body)
	if f.LoseReply {
		return nil, errCut
	}
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if req.Method == http.MethodGet {
		t.faults.remember(resp, data)
	}
	resp.Body = io.NopCloser(bytes.NewReader(data))
	if f.CutBody {
		resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(data[:len(data)/2]), broken{}))
	}
	return resp, nil
}

// serve has the system answer.
func (t *Transport) serve(req *http.Request, body []byte) *http.Response {
	t.mu.RLock()
	defer t.mu.RUnlock()
	in := req.Clone(req.Context())
	in.Body, in.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	in.RequestURI, in.Host = req.URL.RequestURI(), req.URL.Host
	w := httptest.NewRecorder()
	t.system.ServeHTTP(w, in)
	resp := w.Result()
	resp.Request = req
	return resp
}

func readAll(req *http.Request) ([]byte, error) {
	if req.Body == nil {
		return nil, nil
	}
	defer req.Body.Close()
	return io.ReadAll(req.Body)
}

// broken is the rest of a body that does not come.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errCut }

// response is the planted answer.
func (f Fault) response(req *http.Request) *http.Response {
	h := http.Header{}
	for name, value := range f.Header {
		h.Set(name, value)
	}
	body, contentType := f.Body, f.ContentType
	if contentType == "" {
		contentType = "application/json"
	}
	if body == "" && contentType == "application/json" {
		body = fmt.Sprintf(`{"message":"planted fault","status":"%d"}`, f.Status)
	}
	h.Set("Content-Type", contentType)
	return &http.Response{
		Status: fmt.Sprintf("%d %s", f.Status, http.StatusText(f.Status)), StatusCode: f.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h, Body: io.NopCloser(bytes.NewReader([]byte(body))), ContentLength: int64(len(body)), Request: req,
	}
}
