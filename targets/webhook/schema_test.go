package webhook

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const schemaFile = "../../docs/webhook-protocol.schema.json"

// schema is the protocol as it is published.
type schema struct{ parts map[string]*jsonschema.Schema }

func loadSchema(t testing.TB) *schema {
	t.Helper()
	data, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("protocol.json", doc); err != nil {
		t.Fatal(err)
	}
	s := &schema{parts: map[string]*jsonschema.Schema{}}
	for _, part := range []string{"op", "batch", "result", "results", "problem", "page", "description"} {
		if s.parts[part], err = c.Compile("protocol.json#/$defs/" + part); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// check fails the test where body is not the named part of the protocol.
func (s *schema) check(t testing.TB, part, what string, body []byte) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err == nil {
		err = s.parts[part].Validate(value)
	}
	if err != nil {
		t.Errorf("%s is no %s: %v\n%s", what, part, err, body)
	}
}

// wrap checks what goes to h and comes from it.
func (s *schema) wrap(t testing.TB, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		path := r.URL.Path[strings.LastIndex(r.URL.Path, "/birthright")+len("/birthright"):]
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, r)
		asked, answered := parts(r.Method, path)
		if asked != "" {
			s.check(t, asked, r.Method+" "+path, body)
		}
		if answer.Code >= 400 {
			answered = "problem"
		}
		s.check(t, answered, "the answer to "+r.Method+" "+path, answer.Body.Bytes())
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	})
}

// parts are the parts of the protocol that go there and back.
func parts(method, path string) (asked, answered string) {
	switch {
	case method == http.MethodPost && path == "/batch":
		return "batch", "results"
	case method == http.MethodPost:
		return "op", "result"
	case path == "/":
		return "", "description"
	case path == "/state":
		return "", "page"
	}
	return "", "result"
}
