package resource_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/internal/searchdoc"
	"birthright/scim/fault"
	"birthright/scim/filter"
	"birthright/scim/resource"
)

// What is read is what encoding/json reads; what encoding/json reads and this does
// not has a name twice, goes too deep, or holds what no database can.
func FuzzReadObject(f *testing.F) {
	for _, seed := range []string{full, `{"a":1,"A":2}`, `{"s":"\u0000"}`, `{"k":1,"K":2}`, `{"a":[1,-0,1e999,"\ud800",{}]} `, `{} {}`, `[]`, "{\"a\":\"\xff\"}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var want map[string]any
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		err := d.Decode(&want)
		if err == nil && want != nil {
			if _, more := d.Token(); !errors.Is(more, io.EOF) {
				err = errors.New("something follows")
			}
		}
		got, refusal := resource.ReadObject(data)
		switch {
		case refusal == nil && (err != nil || !cmp.Equal(want, got)):
			t.Fatalf("%q read as %v, where encoding/json has %v, %v", data, got, want, err)
		case refusal == nil:
			if name := twice(got); name != "" {
				t.Fatalf("%q has %q twice", data, name)
			}
		case !errors.As(refusal, new(fault.Error)):
			t.Fatalf("%q: not a SCIM error: %v", data, refusal)
		case err == nil && want != nil && !explained(refusal):
			t.Fatalf("%q refused: %v", data, refusal)
		}
	})
}

func explained(refusal error) bool {
	for _, reason := range []string{"given twice", "nested more than", "U+0000"} {
		if strings.Contains(refusal.Error(), reason) {
			return true
		}
	}
	return false
}

// twice returns a name that an object has in two letter cases.
func twice(v any) string {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			if name := twice(one); name != "" {
				return name
			}
		}
	case map[string]any:
		for name, value := range v {
			for other := range v {
				if name != other && strings.EqualFold(name, other) {
					return name
				}
			}
			if name := twice(value); name != "" {
				return name
			}
		}
	}
	return ""
}

// What was read once reads the same again, in every reading that takes it.
func FuzzRead(f *testing.F) {
	f.Add([]byte(full))
	f.Add([]byte(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a","emails":"x"}`))
	f.Add([]byte(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"a","urn:x:y":{"a":[null]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, of := range []*resource.Type{users, groups} {
			for _, strict := range []bool{false, true} {
				readTwice(t, of, body, strict)
			}
		}
	})
}

var users, groups = resource.Users(), resource.Groups()

func readTwice(t *testing.T, of *resource.Type, body []byte, strict bool) {
	t.Helper()
	object, err := resource.ReadObject(body)
	if err != nil {
		return
	}
	doc, err := of.Read(object, &resource.Reading{Strict: strict})
	if err != nil {
		if !errors.As(err, new(fault.Error)) {
			t.Fatalf("%s: not a SCIM error: %v", body, err)
		}
		return
	}
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	again, err := resource.ReadObject(text)
	if err != nil {
		t.Fatalf("%s became %s, which cannot be read: %v", body, text, err)
	}
	again["schemas"] = []any{of.URN}
	second, err := of.Read(again, &resource.Reading{Strict: true})
	if err != nil {
		t.Fatalf("%s is refused after it was accepted: %v", text, err)
	}
	if diff := cmp.Diff(doc, second); diff != "" {
		t.Fatalf("reading is not idempotent (-first +second):\n%s", diff)
	}
}

// Every filter means the same in memory and as a question to the store, and the
// opposite of its negation. No filter, of one type or of several, panics.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		`emails[type eq "work"].value eq "ada@x.com"`, `urn:example:custom:2.0:User:hats[value eq "top"] or not (meta.created gt "2026-01-01T00:00:00Z")`,
		`name:givenName pr`, `urn:example:custom:2.0:User pr and schemas co "custom"`, `meta.version eq "W/\"3\"" or id sw "U"`, `members[value eq "u1"] or groups.type ne null`,
		`active eq "True" and emails.primary ne false`, `manager eq "boss" or department lt "z"`, `meta.lastModified ge "2026-05-01T12:00:00.0000005Z"`,
	} {
		f.Add(seed)
	}
	object, err := resource.ReadObject([]byte(full))
	if err != nil {
		f.Fatal(err)
	}
	doc, err := users.Read(object, nil)
	if err != nil {
		f.Fatal(err)
	}
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	asked := searchdoc.Resource{Doc: users.Search(doc), ID: "u1", Version: 3, Created: at, Modified: at.Add(time.Microsecond)}
	doc["id"], doc["schemas"] = "u1", texts(users.URNs(doc))
	doc["meta"] = map[string]any{"resourceType": "User", "created": "2026-05-01T12:00:00Z", "lastModified": "2026-05-01T12:00:00.000001Z",
		"location": "http://hub/scim/v2/Users/u1", "version": `W/"3"`}
	f.Fuzz(func(t *testing.T, text string) {
		x, err := filter.Parse(text)
		if err != nil {
			return
		}
		for _, of := range []*resource.Type{users, groups} {
			other := users
			if of == users {
				other = groups
			}
			_, err := of.Condition(x, "http://hub/scim/v2", other)
			if err != nil && !errors.As(err, new(fault.Error)) {
				t.Fatalf("%q: not a SCIM error: %v", text, err)
			}
		}
		compiled, err := users.Compile(x)
		condition, err2 := users.Condition(x, "http://hub/scim/v2")
		if (err == nil) != (err2 == nil) {
			t.Fatalf("%q: Compile says %v, Condition %v", text, err, err2)
		}
		if err != nil {
			return
		}
		negated, err := users.Compile(filter.Not{X: x})
		if err != nil || compiled.Match(doc) == negated.Match(doc) {
			t.Fatalf("%q and its negation agree, %v", text, err)
		}
		if strings.Contains(strings.ToLower(text), "groups") {
			return // which the store knows, and the document does not
		}
		if got, want := searchdoc.Match(condition, asked), compiled.Match(doc); got != want {
			t.Fatalf("%q is %v as a condition, %v as it is written", text, got, want)
		}
		if terms, ok := searchdoc.Needed(condition, "s"); ok && compiled.Match(doc) && !meet(terms, asked.Doc.Terms("s")) {
			t.Fatalf("%q matches, and the index would not find it", text)
		}
	})
}

// Names and paths are looked up, sorted by and projected without a panic; a
// projection says nothing that the resource does not.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{"emails[primary eq true].value", "name:givenName", "urn:example:custom:2.0:User", "urn:example:custom:2.0:User:hats.x", "MEMBERS.value", resource.EnterpriseURN + ":manager.value"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, of := range []*resource.Type{users, groups} {
			_, err := of.Order(text, true)
			if err != nil && !errors.As(err, new(fault.Error)) {
				t.Fatalf("order by %q: not a SCIM error: %v", text, err)
			}
		}
		doc := read(t, full)
		if path, err := filter.ParsePath(text); err == nil {
			if values, err := users.Reader(path); err == nil {
				values(doc)
			}
		}
		for _, names := range [][2][]string{{{text}, nil}, {nil, {text}}} {
			p, err := users.Projection(names[0], names[1])
			if err != nil {
				continue
			}
			whole := read(t, full)
			for name := range p.Apply(read(t, full)) {
				if _, ok := whole[name]; !ok && name != "id" && name != "schemas" {
					t.Fatalf("%v: %q is none of the resource's", names, name)
				}
			}
		}
	})
}
