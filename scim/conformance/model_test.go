package conformance

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// model is a SCIM server in memory that the suite is held against: it keeps the
// RFCs where the suite asks for it, and nothing else is good about it. It shares
// no code with the hub.
type model struct {
	base string

	mu      sync.Mutex
	records map[string]*modelRecord
	order   []*modelRecord
	now     time.Time
}

// modelRecord is a stored resource. doc has neither id, schemas nor meta.
type modelRecord struct {
	kind              *modelType
	id                string
	doc               map[string]any
	version           int
	created, modified time.Time
}

const modelToken = "model-token"

// modelTime always has its milliseconds, so that the order of texts is that of times.
const modelTime = "2006-01-02T15:04:05.000Z07:00"

// The limits of the model.
const (
	modelPage       = 200
	modelBody       = 1 << 20
	modelBulkBody   = 2 << 20
	modelOperations = 120
)

// refusal is an error that the client is told.
type refusal struct {
	status           int
	scimType, detail string
}

func (r refusal) Error() string { return r.detail }

func refuse(status int, scimType, format string, args ...any) error {
	return refusal{status, scimType, fmt.Sprintf(format, args...)}
}

// reply is what a request comes to.
type reply struct {
	status int
	body   any
	header map[string]string
}

// startModel serves a new model until the test ends.
func startModel(t testing.TB) *model {
	t.Helper()
	m := newModel()
	s := httptest.NewServer(m)
	t.Cleanup(s.Close)
	m.base = s.URL + "/scim/v2"
	return m
}

func newModel() *model {
	return &model{base: "http://model.example/scim/v2", records: map[string]*modelRecord{}, now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
}

// modelRequest is one request, of a connection or of a bulk.
type modelRequest struct {
	method, path string
	query        map[string][]string
	header       http.Header
	body         []byte
}

func (m *model) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, err := m.serve(w, r)
	var told refusal
	if refused, ok := err.(refusal); ok {
		told = refused
		answer = reply{status: told.status, body: told.body(), header: answer.header}
	}
	for name, value := range answer.header {
		w.Header().Set(name, value)
	}
	if answer.body != nil {
		w.Header().Set("Content-Type", mediaType)
	}
	w.WriteHeader(answer.status)
	if answer.body != nil {
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		_ = encoder.Encode(answer.body)
	}
}

func (r refusal) body() map[string]any {
	body := map[string]any{"schemas": []any{errorMessage}, "status": fmt.Sprint(r.status), "detail": r.detail}
	if r.scimType != "" {
		body["scimType"] = r.scimType
	}
	return body
}

// serve checks what is the same for every request.
func (m *model) serve(w http.ResponseWriter, r *http.Request) (reply, error) {
	if r.Header.Get("Authorization") != "Bearer "+modelToken {
		return reply{header: map[string]string{"WWW-Authenticate": `Bearer realm="model"`}}, refuse(401, "", "a token is needed")
	}
	limit := int64(modelBody)
	path := strings.TrimPrefix(r.URL.Path, "/scim/v2")
	if path == "/Bulk" {
		limit = modelBulkBody
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		return reply{}, refuse(413, "", "the body is larger than maxPayloadSize, %d", limit)
	}
	if kind := strings.ToLower(r.Header.Get("Content-Type")); kind != "" && !slices.Contains([]string{
		"application/scim+json", "application/json", "application/scim+json; charset=utf-8", "application/json;charset=utf-8",
	}, kind) {
		return reply{}, refuse(415, "", "the media type is not JSON")
	}
	if accept := r.Header.Get("Accept"); accept == "text/html" {
		return reply{}, refuse(406, "", "answers are JSON")
	}
	query, err := parseQuery(r.URL.RawQuery)
	if err != nil {
		return reply{}, err
	}
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.route(modelRequest{method, strings.TrimSuffix(path, "/"), query, r.Header, body})
}

// route finds what serves a request.
func (m *model) route(r modelRequest) (reply, error) {
	first, rest, _ := strings.Cut(strings.TrimPrefix(r.path, "/"), "/")
	kind := modelTypes()[first]
	switch {
	case strings.Contains(r.path, "//"), strings.HasSuffix(r.path, "/"):
		return reply{}, refuse(404, "", "there is no %s", r.path)
	case r.path == "":
		return m.methods(r, map[string]handler{"GET": m.list(nil)})
	case kind != nil && rest == "":
		return m.methods(r, map[string]handler{"GET": m.list(kind), "POST": m.create(kind)})
	case first == ".search" && rest == "", kind != nil && rest == ".search":
		return m.methods(r, map[string]handler{"POST": m.search(kind)})
	case kind != nil && (!strings.Contains(rest, "/") || m.records[rest] != nil || r.method != "GET"):
		return m.methods(r, map[string]handler{"GET": m.read(kind, rest), "PUT": m.replace(kind, rest), "PATCH": m.patch(kind, rest), "DELETE": m.remove(kind, rest)})
	case first == "Bulk" && rest == "":
		return m.methods(r, map[string]handler{"POST": m.bulk})
	case first == "Me" && rest == "":
		return reply{}, refuse(501, "", "there is no Me")
	case slices.Contains([]string{"ServiceProviderConfig", "ResourceTypes", "Schemas"}, first):
		return m.methods(r, map[string]handler{"GET": m.discovery(first, rest)})
	}
	return reply{}, refuse(404, "", "there is no %s", r.path)
}

type handler func(modelRequest) (reply, error)

func (m *model) methods(r modelRequest, table map[string]handler) (reply, error) {
	if serve := table[r.method]; serve != nil {
		return serve(r)
	}
	var allowed []string
	for method := range table {
		allowed = append(allowed, method)
	}
	slices.Sort(allowed)
	return reply{header: map[string]string{"Allow": strings.Join(allowed, ", ")}}, refuse(405, "", "%s is not possible here", r.method)
}

// newID makes up an id.
func (m *model) newID() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d", len(m.order)))
	return "r" + hex.EncodeToString(sum[:8])
}

// tick is the time of a change: each has its own.
func (m *model) tick() time.Time {
	m.now = m.now.Add(time.Millisecond)
	return m.now
}
