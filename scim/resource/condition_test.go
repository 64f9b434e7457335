package resource_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"birthright/internal/searchdoc"
	"birthright/scim/filter"
	"birthright/scim/resource"
)

// drawDocument makes a resource of a few attributes of every kind, with values
// that are easily equal, differ in letter case only, or are of the wrong kind.
func drawDocument(t *rapid.T) resource.Document {
	doc := resource.Document{"userName": drawText(t)}
	maybe := func(set func()) {
		if rapid.Bool().Draw(t, "there") {
			set()
		}
	}
	maybe(func() { doc["externalId"] = drawText(t) })
	maybe(func() { doc["title"] = drawText(t) })
	maybe(func() { doc["active"] = rapid.Bool().Draw(t, "active") })
	maybe(func() { doc["name"] = map[string]any{"givenName": drawText(t), "familyName": drawText(t)} })
	maybe(func() {
		var emails []any
		for range rapid.IntRange(1, 3).Draw(t, "emails") {
			e := map[string]any{"value": drawText(t)}
			maybe(func() { e["type"] = rapid.SampledFrom([]string{"work", "home", "Work"}).Draw(t, "type") })
			maybe(func() { e["primary"] = rapid.Bool().Draw(t, "primary") })
			emails = append(emails, e)
		}
		doc["emails"] = emails
	})
	maybe(func() {
		doc[resource.EnterpriseURN] = map[string]any{"department": drawText(t), "manager": map[string]any{"value": drawText(t)}, "odd": drawAny(t, 0)}
	})
	maybe(func() {
		doc["urn:x:y:Z"] = map[string]any{"shoe": drawAny(t, 0), "hats": drawAny(t, 0), "Born": drawAny(t, 0)}
	})
	return doc
}

func drawText(t *rapid.T) string {
	return rapid.SampledFrom([]string{"a", "A", "ab", "AB", "b", "ÄK", "äk", "k", "K", "1", "39", "true", `a"b\`, "2026-01-01T00:00:00Z", "x" + strings.Repeat("y", 300)}).Draw(t, "text")
}

func drawAny(t *rapid.T, depth int) any {
	switch rapid.IntRange(0, 7).Draw(t, "kind") {
	case 0:
		return rapid.Bool().Draw(t, "bool")
	case 1:
		return json.Number(rapid.SampledFrom([]string{"0", "-0", "1", "1.0", "39", "39.50", "1e3", "9007199254740993", "1e999", "-1"}).Draw(t, "number"))
	case 2, 3:
		if depth < 2 {
			var list []any
			for range rapid.IntRange(1, 2).Draw(t, "length") {
				list = append(list, drawAny(t, depth+1))
			}
			return list
		}
	case 4, 5:
		if depth < 2 {
			return map[string]any{"value": drawAny(t, depth+1), "a": drawAny(t, depth+1)}
		}
	}
	return drawText(t)
}

// drawFilter makes the text of a filter over the same attributes.
func drawFilter(t *rapid.T, depth int) string {
	if depth < 3 {
		switch rapid.IntRange(0, 4).Draw(t, "form") {
		case 0:
			return drawFilter(t, depth+1) + " and " + drawFilter(t, depth+1)
		case 1:
			return "(" + drawFilter(t, depth+1) + " or " + drawFilter(t, depth+1) + ")"
		case 2:
			return "not (" + drawFilter(t, depth+1) + ")"
		}
	}
	path := rapid.SampledFrom([]string{
		"userName", "externalId", "title", "active", "name.givenName", "name", "emails", "emails.value", "emails.type", "emails.primary", "schemas",
		`emails[type eq "work"]`, `emails[type eq "work"].value`, `emails[not (value co "a") and type ne "home"].value`, `emails[primary eq true or value sw "A"].type`,
		"department", resource.EnterpriseURN + ":manager", resource.EnterpriseURN + ":manager.value", resource.EnterpriseURN + ":odd", resource.EnterpriseURN + ":odd.a",
		resource.EnterpriseURN, "urn:x:y:z:shoe", "urn:x:y:Z:hats", "urn:x:y:Z:hats.a", `urn:x:y:Z:hats[value eq "a"]`, `urn:x:y:Z:hats[a eq 1 or value ne null].value`, "urn:X:y:Z:born",
		"urn:x:y:Z", "urn:x:y:none", "name:givenName", "title:x", resource.UserURN, "id", "meta.created", "meta.lastModified", "meta.location", "meta.version", "meta.resourceType", "meta",
	}).Draw(t, "path")
	op := rapid.SampledFrom([]string{"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr"}).Draw(t, "op")
	if op == "pr" {
		return path + " pr"
	}
	return path + " " + op + " " + drawLiteral(t)
}

func drawLiteral(t *rapid.T) string {
	text, _ := json.Marshal(drawText(t))
	return rapid.SampledFrom([]string{
		string(text), "true", "False", "null", "1", "39.5", "-0", "1e3", "9007199254740992", `""`, `"2026-05-01T12:00:00.0000001Z"`, `"2026-05-01T12:00:00Z"`,
		`"0001-01-03T00:00:00.0000000Z"`, `"u1"`, `"User"`, `"W/\"3\""`, `"http://hub/scim/v2/Users/u1"`, `"/Users/"`, `"` + resource.EnterpriseURN + `"`,
	}).Draw(t, "literal")
}

// What the store is asked is what the filter means: both readings of a filter,
// the closures of Compile and the Condition, say the same of every resource.
func TestConditionsMeanTheSame(t *testing.T) {
	users := resource.Users()
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	asked := 0
	rapid.Check(t, func(t *rapid.T) {
		text := drawFilter(t, 0)
		x, err := filter.Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		compiled, err := users.Compile(x)
		condition, err2 := users.Condition(x, "http://hub/scim/v2")
		if fmt.Sprint(err) != fmt.Sprint(err2) {
			t.Fatalf("%s: Compile says %v, Condition %v", text, err, err2)
		}
		if err != nil {
			return
		}
		doc := drawDocument(t)
		search := users.Search(doc)
		encoded := search.Encode()
		again, err := searchdoc.Decode(encoded)
		if err != nil {
			t.Fatalf("%s: %v", encoded, err)
		}
		doc["id"], doc["schemas"] = "u1", texts(users.URNs(doc))
		doc["meta"] = map[string]any{"resourceType": "User", "created": "2026-05-01T12:00:00Z", "lastModified": "2026-05-01T12:00:00.000001Z",
			"location": "http://hub/scim/v2/Users/u1", "version": `W/"3"`}
		want := compiled.Match(doc)
		for _, form := range []searchdoc.Doc{search, again} {
			r := searchdoc.Resource{Doc: form, ID: "u1", Version: 3, Created: at, Modified: at.Add(time.Microsecond)}
			if got := searchdoc.Match(condition, r); got != want {
				t.Fatalf("%s\nof %s\nis %v as a condition, %v as it is written", text, encoded, got, want)
			}
		}
		if terms, ok := searchdoc.Needed(condition, "s"); ok && want && !meet(terms, search.Terms("s")) {
			t.Fatalf("%s matches %s, and the index would not find it", text, encoded)
		}
		asked++
	})
	if asked == 0 {
		t.Error("no filter was asked at all")
	}
}

func texts(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

func meet(a, b []int64) bool {
	in := map[int64]bool{}
	for _, n := range a {
		in[n] = true
	}
	for _, n := range b {
		if in[n] {
			return true
		}
	}
	return false
}
