package chromiumtest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"birthright/internal/chromiumtest"
)

// shop is a little application: a form that greets, by a page, and one by a script that
// takes its time.
func shop() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", page{main: `
<form method="post" action="/greet"><label>Your name <input name="name" autocomplete="off" value="old"></label>
<label for="how">How</label><select id="how" name="how"><option value="h">Hello</option><option value="b">Good bye</option></select>
<button>Greet</button></form>
<p><a href="#later">Later on this page</a></p><p id="later">nothing yet</p>
<button type="button" id="slow">Think</button>
<script>
document.getElementById("slow").addEventListener("click", () => setTimeout(() => { document.getElementById("later").textContent = "thought of it" }, 30));
document.addEventListener("keydown", e => { if (e.key === "Escape") document.getElementById("later").textContent = "escaped" });
</script>`})
	mux.HandleFunc("POST /greet", func(w http.ResponseWriter, r *http.Request) {
		words := map[string]string{"h": "Hello", "b": "Good bye"}
		http.SetCookie(w, &http.Cookie{Name: "greeting", Value: words[r.FormValue("how")][:4] + r.FormValue("name"), Path: "/"})
		http.Redirect(w, r, "/done?x=1", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /done", func(w http.ResponseWriter, r *http.Request) {
		said := "nobody"
		if c, err := r.Cookie("greeting"); err == nil {
			said = c.Value
		}
		page{main: "<p>Said: <b>" + said + "</b></p>"}.ServeHTTP(w, r)
	})
	return mux
}

func TestAStory(t *testing.T) {
	server := httptest.NewServer(shop())
	defer server.Close()
	for look := range chromiumtest.Looks() {
		t.Run(fmt.Sprint(look), func(t *testing.T) {
			tab := browser.Tab(t, look)
			tab.Visit(server.URL + "/")
			tab.Judge("the form")
			tab.Fill("Your name", "Ada")
			tab.Choose("How", "Good bye")
			tab.Click("Later on this page")
			tab.Click("Think")
			tab.Sees("thought of it")
			tab.Press("Escape")
			tab.Sees("escaped")
			tab.Lacks("thought")
			tab.ClickRole("button", "Greet")
			tab.At("/done?x=1")
			if got := tab.Text("p b"); got != "GoodAda" {
				t.Errorf("said: %q", got)
			}
			var width int
			if tab.Value("innerWidth", &width); width != look.Width {
				t.Errorf("%d pixels wide, want %d", width, look.Width)
			}
		})
	}
}

// Each tab has cookies of its own, and pages work in one that runs no scripts.
func TestTabsAreApart(t *testing.T) {
	server := httptest.NewServer(shop())
	defer server.Close()
	one, other := browser.Tab(t, chromiumtest.Look{NoScript: true}), browser.Tab(t, chromiumtest.Look{})
	one.Visit(server.URL + "/")
	one.Click("Think")
	one.Fill("Your name", "Bob")
	one.Press("Tab", "Tab")
	if got := one.Focus(); got != "Greet" {
		t.Errorf("the focus is on %q", got)
	}
	one.Press("Enter")
	one.Sees("Said: HellBob")
	other.Visit(server.URL + "/done")
	other.Sees("Said: nobody")
}
