package conversation

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// shop is a server that keeps resources by path and does, on order, something
// wrong with what comes twice.
type shop struct {
	twins, grows, forgetful bool
	asked                   []string
	made                    int
	kept                    map[string]map[string]any
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked = append(s.asked, r.Method+" "+r.URL.String()+" "+r.Header.Get("User-Agent"))
	raw, _ := io.ReadAll(r.Body)
	var body map[string]any
	_ = json.Unmarshal(raw, &body)
	path := r.URL.Path
	status := http.StatusOK
	switch {
	case r.Method == http.MethodPost:
		for at, other := range s.kept {
			if other["name"] == body["name"] && !s.twins {
				status, path = http.StatusConflict, at
			}
		}
		if status == http.StatusOK {
			s.made++
			path, status = fmt.Sprintf("%s/%d", path, s.made), http.StatusCreated
			body["id"] = fmt.Sprint(s.made)
			s.kept[path] = body
		}
	case s.kept[path] == nil:
		status = http.StatusNotFound
	case r.Header.Get("If-Match") != "" && r.Header.Get("If-Match") != fmt.Sprint(s.kept[path]["version"]):
		status = http.StatusPreconditionFailed
	case r.Method == http.MethodDelete:
		delete(s.kept, path)
		status = http.StatusNoContent
	case r.Method == http.MethodPut, r.Method == http.MethodPatch:
		s.change(path, body)
	}
	w.Header().Set("Location", "http://shop"+path)
	w.WriteHeader(status)
	if s.kept[path] != nil && status < 300 && status != http.StatusNoContent {
		_ = json.NewEncoder(w).Encode(s.kept[path])
	}
}

func (s *shop) change(path string, body map[string]any) {
	for name, value := range body {
		s.kept[path][name] = value
	}
	if s.grows {
		s.kept[path]["log"] = fmt.Sprint(s.kept[path]["log"], "x")
	}
	if s.forgetful {
		delete(s.kept[path], "name")
	}
}

func play(t *testing.T, s *shop, player Player, text string) error {
	t.Helper()
	script, err := Parse("x.txt", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	s.kept = map[string]map[string]any{}
	server := httptest.NewServer(s)
	defer server.Close()
	player.Base, player.Token, player.Suffix = server.URL, "token", "0a1b2c3d"
	return player.Play(t.Context(), script)
}

const make1 = "# Manual.\n> POST /Users\n{\"name\":\"{ada}\",\"tags\":[\"a\",\"b\"]}\n< 201\n< {id} = $.id\n"

const settings = "* header User-Agent: Test 1.0\n* var ada = ada-{suffix}\n\n"

func TestPlay(t *testing.T) {
	s := &shop{}
	err := play(t, s, Player{}, settings+make1+`
# Manual, chapter 2.
> GET /Users/{id}?filter=name eq "a&b=c"&count=1&flag
< 200 or 204
< header Location ~ ^http://shop/Users/\d+$
< $.name = "ada-0a1b2c3d"
< $.name ~ ^ada-
< $.tags = ["b","a"]
< $.tags contains "a"
< $.nothing absent
`)
	if err != nil {
		t.Fatal(err)
	}
	if want := `GET /Users/1?filter=name%20eq%20%22a&b=c%22&count=1&flag Test 1.0`; s.asked[1] != want {
		t.Errorf("asked %s, want %s", s.asked[1], want)
	}
}

func TestDeviationsNameTheLine(t *testing.T) {
	for name, c := range map[string]struct{ expect, want string }{
		"status":       {"< 404", "x.txt:12: status 200, want 404"},
		"value":        {"< 200\n< $.name = \"bob\"", `x.txt:14: $.name is "ada-0a1b2c3d", want "bob"`},
		"absent":       {"< 200\n< $.name absent", `x.txt:14: $.name is "ada-0a1b2c3d", want it absent`},
		"contains":     {"< 200\n< $.tags contains \"c\"", `x.txt:14: $.tags has no element like "c"`},
		"least":        {"< 200\n< $.id >= 5", `x.txt:14: $.id is "1", want at least 5`},
		"pattern":      {"< 200\n< $.name ~ ^bob", `x.txt:14: $.name is "ada-0a1b2c3d", want it to match ^bob`},
		"header":       {"< 200\n< header Location ~ /Groups/", `x.txt:14: header Location is "http://shop/Users/1"`},
		"capture":      {"< 200\n< {other} = $.other", `x.txt:14: $.other is null, want a text to keep as other`},
		"unknown name": {"< 200\n< $.name = \"{nobody}\"", `x.txt:14: nothing is called {nobody}`},
		"bad JSON":     {"< 200\n< $.name = ada", `x.txt:14: ada is no JSON`},
		"bad pattern":  {"< 200\n< $.name ~ (", `x.txt:14: error parsing regexp`},
	} {
		err := play(t, &shop{}, Player{}, settings+make1+"\n\n# Manual, chapter 2.\n> GET /Users/{id}\n"+c.expect+"\n")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
			continue
		}
		if strings.Contains(c.want, " want ") && (!strings.Contains(err.Error(), "answered 200") || !strings.Contains(err.Error(), "Manual, chapter 2.")) {
			t.Errorf("%s: both sides and the document have to be told: %v", name, err)
		}
	}
	if err := play(t, &shop{}, Player{}, "# M.\n> GET /Users/{nobody}\n< 200\n"); err == nil || !strings.Contains(err.Error(), "x.txt:2: nothing is called {nobody}") {
		t.Errorf("got %v", err)
	}
	if err := play(t, &shop{}, Player{}, "* var a = {b}\n"); err == nil || !strings.Contains(err.Error(), "x.txt:1: nothing is called {b}") {
		t.Errorf("got %v", err)
	}
}
