package api_test

import "testing"

// Who has an answer already is told so; who has seen another one changes nothing.
func TestTags(t *testing.T) {
	h := open(t)
	id := h.ask("ada", "prod")
	first := h.as("ada", 200, "GET", "/requests/"+id, "")
	tag := first.header.Get("ETag")
	if tag == "" {
		t.Fatal("the answer has no tag")
	}
	same(t, "the same again", h.as("ada", 304, "GET", "/requests/"+id, "", "If-None-Match", `"x", W/`+tag).text, "")
	h.as("ada", 200, "GET", "/requests/"+id, "", "If-None-Match", `"x"`)
	h.as("ada", 412, "PATCH", "/requests/"+id, `{"reason":"y"}`, "If-Match", `"x"`)
	changed := h.as("ada", 200, "PATCH", "/requests/"+id, `{"reason":"y"}`, "If-Match", tag)
	same(t, "reason", changed.at("reason"), "y")
	h.as("ada", 412, "PATCH", "/requests/"+id, `{"reason":"z"}`, "If-Match", tag)
	same(t, "reason", h.as("ada", 200, "GET", "/requests/"+id, "", "If-None-Match", tag).at("reason"), "y")
	if h.as("ada", 200, "GET", "/requests?format=csv", "").header.Get("ETag") != "" {
		t.Error("a file is held back to be tagged")
	}
}
