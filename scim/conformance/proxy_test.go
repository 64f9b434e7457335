package conformance

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"birthright/scim/shape"
)

// fault is something that a server does wrong. Either function may be nil.
type fault struct {
	name string
	// broad is a fault that nearly everything fails on. It has to be found, but that
	// a case finds it proves nothing of the case.
	broad bool
	// casual is a fault that another one is preferred to, as the proof of a case.
	casual bool
	// request changes what the server is asked; if it sets a status, the server is
	// not asked at all.
	request func(*exchange)
	// answer changes what the client is told.
	answer func(*exchange)
}

// exchange is a request and its answer on their way through the proxy.
type exchange struct {
	method, path string // path is below the base
	escaped      string // the path as it was sent
	query        url.Values
	header       http.Header
	sent         map[string]any // the body, if it is an object
	raw          []byte         // the body otherwise

	status int
	told   http.Header
	body   any // JSON of the answer, nil for none
}

// proxy passes requests on to a server, and makes one mistake.
type proxy struct {
	upstream http.Handler
	fault    fault
}

// faulty is a server that consists of a model behind a proxy. No wire is between
// them and the client: there are very many of them to ask.
func faulty(f fault) Server {
	m := newModel()
	return Server{Base: m.base, Token: modelToken, Offers: Features(), HTTP: &http.Client{Transport: wireless{proxy{m, f}}}}
}

// wireless hands requests to a handler in the same process.
type wireless struct{ handler http.Handler }

func (w wireless) RoundTrip(r *http.Request) (*http.Response, error) {
	request := httptest.NewRequestWithContext(r.Context(), r.Method, r.URL.String(), r.Body)
	request.Header = r.Header
	recorder := httptest.NewRecorder()
	w.handler.ServeHTTP(recorder, request)
	response := recorder.Result()
	if r.Method == http.MethodHead {
		response.Body = http.NoBody
	}
	return response, nil
}

func (p proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	query, err := url.ParseQuery(r.URL.RawQuery)
	x := &exchange{method: r.Method, path: strings.TrimPrefix(r.URL.Path, "/scim/v2"), escaped: r.URL.EscapedPath(), query: query, header: r.Header.Clone(), raw: raw, told: http.Header{}}
	if len(raw) < 100_000 && !bytes.Contains(raw, []byte("[[[[[[[[[[[[")) { // what is hostile goes through as it is
		if object, ok := decodeOnce(raw); ok {
			x.sent = object
		}
	}
	if p.fault.request != nil {
		p.fault.request(x)
	}
	if x.status == 0 {
		p.forward(x, r, err != nil)
	}
	if p.fault.answer != nil {
		p.fault.answer(x)
	}
	p.tell(w, x)
}

// decodeOnce reads an object that names nothing twice, so that it can be written
// again and still be what was sent.
func decodeOnce(raw []byte) (map[string]any, bool) {
	v, err := readJSON(raw)
	return v, err == nil
}

func (p proxy) forward(x *exchange, r *http.Request, asItIs bool) {
	if x.sent != nil {
		x.raw = []byte(shape.Encode(x.sent))
	}
	request := r.Clone(r.Context())
	request.Method, request.Header, request.Body = x.method, x.header, io.NopCloser(bytes.NewReader(x.raw))
	if !asItIs {
		request.URL.RawQuery = x.query.Encode()
	}
	recorder := httptest.NewRecorder()
	p.upstream.ServeHTTP(recorder, request)
	x.status, x.told = recorder.Code, recorder.Header()
	decoder := json.NewDecoder(recorder.Body)
	decoder.UseNumber()
	if decoder.Decode(&x.body) != nil {
		x.body = nil
	}
}

func (p proxy) tell(w http.ResponseWriter, x *exchange) {
	for name, values := range x.told {
		w.Header()[name] = values
	}
	if x.body != nil && w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", mediaType)
	}
	w.WriteHeader(x.status)
	if x.body != nil && x.status != 204 && x.status != 304 {
		_, _ = io.WriteString(w, shape.Encode(x.body))
	}
}

// object returns the answer's body as an object, an empty one if it is none.
func (x *exchange) object() map[string]any {
	object, _ := x.body.(map[string]any)
	if object == nil {
		object = map[string]any{}
	}
	return object
}

// each calls f with every resource in the answer.
func (x *exchange) each(f func(map[string]any)) {
	object := x.object()
	list, isList := object["Resources"].([]any)
	if !isList {
		list = []any{object}
	}
	for _, one := range list {
		if resource, ok := one.(map[string]any); ok && resource["meta"] != nil || ok && resource["id"] != nil {
			f(resource)
		}
	}
}

// walk calls f with every text in a value and puts what it returns in its place.
func walk(v any, f func(string) any) any {
	switch v := v.(type) {
	case string:
		return f(v)
	case []any:
		for i := range v {
			v[i] = walk(v[i], f)
		}
	case map[string]any:
		for name := range v {
			v[name] = walk(v[name], f)
		}
	}
	return v
}
