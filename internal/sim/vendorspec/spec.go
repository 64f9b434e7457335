package vendorspec

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

//go:embed specs/*.json
var files embed.FS

// Spec is a vendor's description.
type Spec struct {
	name   string
	router routers.Router

	mu   sync.Mutex
	seen map[string]int // operations that were called, "GET /path"
}

// Load reads a description by its file's name, and has requests to base, the URL
// that the vendor's paths start at, checked against it. change, if not nil, mends
// what the description is known to have wrong; say why there.
func Load(t testing.TB, name, base string, change func(*openapi3.T)) *Spec {
	t.Helper()
	data, err := files.ReadFile("specs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := parse(data)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	doc.Servers = openapi3.Servers{{URL: base}}
	doc.Security = nil
	for _, item := range doc.Paths.Map() {
		item.Servers = nil
		for _, op := range item.Operations() {
			op.Security, op.Servers = nil, nil // who may do what is the simulator's business
		}
	}
	if change != nil {
		change(doc)
	}
	router, err := legacy.NewRouter(doc, openapi3.DisableExamplesValidation(), openapi3.DisableSchemaDefaultsValidation(), openapi3.DisableSchemaPatternValidation())
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return &Spec{name: name, router: router, seen: map[string]int{}}
}

// parse reads OpenAPI 3, or Swagger 2, which it turns into that.
func parse(data []byte) (*openapi3.T, error) {
	data, err := mend(data)
	if err != nil {
		return nil, err
	}
	var version struct {
		Swagger string `json:"swagger"`
	}
	if err := json.Unmarshal(data, &version); err != nil {
		return nil, err
	}
	if version.Swagger == "" {
		return openapi3.NewLoader().LoadFromData(data)
	}
	var old openapi2.T
	if err := json.Unmarshal(data, &old); err != nil {
		return nil, err
	}
	return openapi2conv.ToV3(&old)
}

// mend changes what vendors write and OpenAPI does not know: a "$" in the name of a
// parameter (Google), an item list with one schema for each place (Slack), and no
// version (Microsoft).
func mend(data []byte) ([]byte, error) {
	var doc map[string]any
	if err := json.Unmarshal(bytes.ReplaceAll(data, []byte("$.xgafv"), []byte("x.xgafv")), &doc); err != nil {
		return nil, err
	}
	if info, ok := doc["info"].(map[string]any); ok && (info["version"] == nil || info["version"] == "") {
		info["version"] = "unknown"
	}
	flatten(doc)
	return json.Marshal(doc)
}

// flatten takes "anything" for a list of item schemas, and for a list of types.
func flatten(in any) {
	switch v := in.(type) {
	case []any:
		for _, e := range v {
			flatten(e)
		}
	case map[string]any:
		if list, ok := v["items"].([]any); ok {
			v["items"] = map[string]any{}
			if len(list) == 1 {
				v["items"] = list[0]
			}
		}
		if types, ok := v["type"].([]any); ok {
			delete(v, "type")
			v["x-nullable"] = slices.Contains(types, any("null"))
			types = slices.DeleteFunc(types, func(t any) bool { return t == "null" })
			if len(types) == 1 {
				v["type"] = types[0]
			}
		}
		for _, e := range v {
			flatten(e)
		}
	}
}

// Wrap checks what goes to h and comes from it. What the description does not know
// fails the test, except paths that beside lists.
func (s *Spec) Wrap(t testing.TB, h http.Handler, beside ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if slices.Contains(beside, r.URL.Path) {
			h.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("%s: %v", s.name, err)
		}
		answer := httptest.NewRecorder()
		if err := s.exchange(r, body, h, answer); err != nil {
			t.Errorf("%s, %s %s: %v\nsent: %s\nanswered %d: %s", s.name, r.Method, r.URL.RequestURI(), err, clip(body), answer.Code, clip(answer.Body.Bytes()))
		}
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	})
}

// exchange checks the request, has h answer it, and checks the answer.
func (s *Spec) exchange(r *http.Request, body []byte, h http.Handler, answer *httptest.ResponseRecorder) error {
	again := func() *http.Request {
		c := r.Clone(r.Context())
		c.Body = io.NopCloser(bytes.NewReader(body))
		if c.URL.Host == "" {
			c.URL.Scheme, c.URL.Host = "https", r.Host
		}
		return c
	}
	route, params, err := s.router.FindRoute(again())
	if err != nil {
		h.ServeHTTP(answer, again())
		return fmt.Errorf("not in the description: %w", err)
	}
	s.count(r.Method + " " + route.Path)
	in := &openapi3filter.RequestValidationInput{
		Request: again(), PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true, MultiError: true},
	}
	wrong := openapi3filter.ValidateRequest(context.Background(), in)
	h.ServeHTTP(answer, again())
	if wrong != nil && answer.Code/100 == 4 {
		wrong = nil // the vendor would have refused it, and so did the stand-in
	}
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: answer.Code, Header: answer.Result().Header, Options: in.Options,
	}
	out.SetBodyBytes(answer.Body.Bytes())
	if answer.Code >= 400 && route.Operation.Responses.Status(answer.Code) == nil {
		return wrong // descriptions leave out most refusals
	}
	return errors.Join(wrong, openapi3filter.ValidateResponse(context.Background(), out))
}

func (s *Spec) count(operation string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen[operation]++
}

// Seen returns the operations that were called, in order.
func (s *Spec) Seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.seen))
}

// clip shortens what is shown.
func clip(data []byte) string {
	const most = 1500
	if len(data) > most {
		return string(data[:most]) + "…"
	}
	return string(data)
}
