package chromiumtest_test

import (
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"birthright/internal/chromiumtest"
)

var browser = chromiumtest.New()

func TestMain(m *testing.M) {
	code := m.Run()
	browser.Stop()
	os.Exit(code)
}

// good is a page without a fault; %s are its head and what is in its main part.
const good = `<!doctype html><html lang="en"><head><title>Planted</title><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><style>:root { color-scheme: light dark; } button, input { min-height: 2rem; } :focus-visible { outline: 3px solid blue; }</style>%s</head>
<body><header>Birthright</header><main><h1>Planted</h1>%s</main></body></html>`

// page is a page with a head and a main part; policy is its Content-Security-Policy.
type page struct{ head, main, policy string }

func (p page) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	if p.policy != "" {
		w.Header().Set("Content-Security-Policy", p.policy)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, good, p.head, p.main)
}

// Each fault is found, and nothing else is; the page without a fault has none.
func TestWhatIsFound(t *testing.T) {
	field := `<label for="name">Name</label><input id="name" name="name" autocomplete="off">`
	cases := []struct {
		name, want string // "" for nothing
		page       page
	}{
		{"nothing", "", page{main: field + `<button>Go</button><p>See <a href="#name">the field</a> above.</p>`}},
		{"console error", "console error: it broke", page{main: `<script>console.error("it", "broke")</script>`}},
		{"console warning", "console warning: careful", page{main: `<script>console.warn("careful")</script>`}},
		{"exception", "exception", page{main: `<script>nowhere()</script>`}},
		{"rejection", "exception", page{main: `<script>Promise.reject(new Error("no"))</script>`}},
		{"script that is not there", "/absent.js was answered with 404", page{main: `<script src="/absent.js"></script>`}},
		{"nobody there", "failed: net::ERR_", page{main: `<script src="http://127.0.0.1:1/x.js"></script>`}},
		{"forbidden style", "style-src", page{main: `<p style="margin: 0">x</p>`, policy: "style-src 'none'"}},
		{"forbidden script", "script-src-elem was broken", page{main: `<script>1</script>`, policy: "script-src 'self'"}},
		{"overflow", "wider than the window", page{main: `<div style="width: 5000px; height: 1px" class="broad"></div>`}},
		{"same id", "the id twice is there 2 times", page{main: `<p id="twice">a</p><p id="twice">b</p>`}},
		{"pale text", "contrast 1.6", page{main: `<p style="color: #ccc; background: #fff">pale</p>`}},
		{"pale through opacity", "contrast 2.", page{main: `<div style="background: #fff"><p style="color: #000; opacity: .4">pale</p></div>`}},
		{"pale placeholder", "contrast 1.6", page{head: `<style>input { background: #fff } ::placeholder { color: #ccc; opacity: 1 }</style>`, main: `<label>Name <input name="n" autocomplete="off" placeholder="who"></label>`}},
		{"large text may be paler", "", page{main: `<p style="color: #888; background: #fff; font-size: 24px">large</p>`}},
		{"field without a label", "a field without a label", page{main: `<input name="n" autocomplete="off" placeholder="Name">`}},
		{"button without a name", "a button without a name", page{main: `<button><svg aria-hidden="true" width="24" height="24"></svg></button>`}},
		{"picture without a text", "a picture without a text", page{main: `<img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=" width="9" height="9">`}},
		{"headings that jump", "a heading of level 3 follows level 1", page{main: `<h3>Deep</h3>`}},
		{"two titles", "2 <h1>, want 1", page{main: `<h1>Again</h1>`}},
		{"outside", "outside of every landmark", page{main: `</main><div>lost</div><main hidden>`}},
		{"reference to nothing", "names the id gone", page{main: `<p aria-describedby="gone">x</p>`}},
		{"table without headings", "a table without headings", page{main: `<table><tr><td>1</td></tr></table>`}},
		{"focus that is not seen", "the focus cannot be seen", page{main: `<button style="outline: none">Go</button>`}},
		{"order by hand", "tabindex 3 breaks the order", page{main: `<button tabindex="3">Go</button>`}},
		{"no keyboard", "not reached by keyboard", page{main: `<div role="button" onclick="1">Go</div>`}},
		{"small and close", "smaller than 24 pixels", page{head: `<style>button { min-height: 0; width: 12px; height: 12px; padding: 0; font-size: 6px }</style>`, main: `<button>a</button><button>b</button>`}},
	}
	mux := http.NewServeMux()
	for i, c := range cases {
		mux.Handle(fmt.Sprintf("GET /%d", i), c.page)
	}
	server := httptest.NewServer(mux)
	defer server.Close()
	tab := browser.Tab(t, chromiumtest.Look{Width: chromiumtest.Phone})
	for i, c := range cases {
		tab.Visit(fmt.Sprintf("%s/%d", server.URL, i))
		tab.Judge(c.name)
		found := strings.Join(tab.Faults(), "\n")
		if !strings.Contains(found, c.want) || (c.want == "") != (found == "") {
			t.Errorf("%s: found %q, want %q", c.name, found, c.want)
		}
	}
}

// Both colour schemes are what the browser says they are.
func TestDarkIsJudgedToo(t *testing.T) {
	server := httptest.NewServer(page{
		head: `<style>p { color: #222; } @media (prefers-color-scheme: dark) { body { background: #111; color: #eee } }</style>`, main: `<p>only for light</p>`,
	})
	defer server.Close()
	for dark, want := range map[bool]int{false: 0, true: 1} {
		tab := browser.Tab(t, chromiumtest.Look{Dark: dark})
		tab.Visit(server.URL)
		tab.Judge("a page")
		if found := tab.Faults(); len(found) != want {
			t.Errorf("dark %v: %q", dark, found)
		}
	}
}

// A page that is answered with an error is a fault, unless the test wants to see it.
func TestAnswers(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(403)
		fmt.Fprintf(w, good, "", "<p>You may not</p>")
	}))
	defer server.Close()
	tab := browser.Tab(t, chromiumtest.Look{})
	tab.Visit(server.URL)
	if found := tab.Faults(); len(found) != 1 || !strings.Contains(found[0], "was answered with 403") {
		t.Errorf("%q", found)
	}
	tab.Expect(403)
	tab.Visit(server.URL)
	tab.Sees("You may not")
}

// What axe-core finds is a fault as well; here a stand-in finds something everywhere.
func TestWhatAxeFinds(t *testing.T) {
	script := filepath.Join(t.TempDir(), "axe.js")
	text := `window.axe = { run: async () => ({ violations: [{ id: "planted", help: "Do not", nodes: [{ html: "<b>" }] }] }) }`
	if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("BIRTHRIGHT_AXE", script)
	server := httptest.NewServer(page{policy: "script-src 'none'"})
	defer server.Close()
	tab := browser.Tab(t, chromiumtest.Look{})
	tab.Visit(server.URL)
	tab.JudgeEverywhere("a page")
	want := []string{"/ 390-dark: axe planted: Do not: <b>", "/ 1600-light: axe planted: Do not: <b>"}
	if found := tab.Faults(); !slices.Equal(found, want) {
		t.Errorf("%q, want %q", found, want)
	}
}

// Pictures are of the whole page.
func TestPictures(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("BIRTHRIGHT_SCREENSHOTS", folder)
	server := httptest.NewServer(page{main: `<div style="height: 3000px"></div>`})
	defer server.Close()
	tab := browser.Tab(t, chromiumtest.Look{Width: chromiumtest.Phone, Dark: true})
	tab.Visit(server.URL)
	tab.Judge("a long page")
	file, err := os.Open(filepath.Join(folder, "TestPictures-a-long-page-390-dark.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if picture, err := png.DecodeConfig(file); err != nil || picture.Width != 390 || picture.Height < 3000 {
		t.Errorf("%+v, %v", picture, err)
	}
}
