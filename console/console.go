package console

import (
	"bytes"
	"context"
	"embed"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"birthright/grants/approval"
	"birthright/grants/desk"
	"birthright/internal/duration"
	"birthright/tokens/holder"
)

//go:embed pages
var pages embed.FS

// maxForm is how much a form may bring.
const maxForm = 16 << 10

// Desk is what the pages show and do.
type Desk interface {
	Look(ctx context.Context, a approval.Actor, id string) (desk.Look, error)
	Decide(ctx context.Context, a approval.Actor, id string, w desk.Decision) (desk.Answer, error)
}

// Options are what a Console needs.
type Options struct {
	Desk   Desk
	Tokens holder.Keeper
	// PublicURL is how browsers reach it. Over plain HTTP, nobody logs in from another
	// machine.
	PublicURL string
	Rand      io.Reader
	Now       func() time.Time
	NewID     func() string
	Log       *slog.Logger
}

// Console serves the pages.
type Console struct {
	Options
	check     holder.Check
	sessions  *sessions
	templates *template.Template
	loginKey  []byte
	// secure is set where browsers come by HTTPS, near where they come from the same
	// machine.
	secure, near bool
}

// New returns a Console.
func New(o Options) *Console {
	u, err := url.Parse(o.PublicURL)
	c := &Console{Options: o, check: holder.Check{Keeper: o.Tokens, Now: o.Now, Log: o.Log}, sessions: newSessions(o.Rand)}
	if err == nil {
		host := u.Hostname()
		c.secure, c.near = u.Scheme == "https", host == "127.0.0.1" || host == "localhost" || host == "::1"
	}
	c.templates = template.Must(template.New("").Funcs(template.FuncMap{
		"length": func(seconds int64) string { return duration.Format(time.Duration(seconds) * time.Second) },
		"moment": func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") },
		"person": func(actor string) string { return strings.TrimPrefix(actor, "user:") },
	}).ParseFS(pages, "pages/*.html"))
	c.loginKey = c.sessions.random()
	return c
}

// Mount adds the pages to a mux.
func (c *Console) Mount(mux *http.ServeMux) {
	origin := http.NewCrossOriginProtection()
	page := func(pattern string, serve http.HandlerFunc) {
		mux.Handle(pattern, origin.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			guard(w.Header())
			r.Body = http.MaxBytesReader(w, r.Body, maxForm)
			serve(w, r)
		})))
	}
	page("GET /login", c.askLogin)
	page("POST /login", c.login)
	page("POST /logout", c.logout)
	page("GET /requests/{id}", c.known(c.request))
	page("POST /requests/{id}", c.known(c.decide))
	page("GET /assets/console.css", c.style)
}

// guard is what browsers are told of every page: nothing runs, nobody frames it, nothing
// is kept.
func guard(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

func (c *Console) style(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "max-age=3600")
	http.ServeFileFS(w, r, pages, "pages/console.css")
}

// frame is what every page has.
type frame struct {
	Title string
	// Who is logged in, "" where that is not known; LogOut is the token of the form that
	// ends it, "" for nobody.
	Who, LogOut string
	// Said is what came of a click; Good whether that is what the user wanted.
	Said string
	Good bool
	Body any
}

// show writes a page, or nothing of it.
func (c *Console) show(w http.ResponseWriter, status int, name string, f frame) {
	var page bytes.Buffer
	if err := c.templates.ExecuteTemplate(&page, name, f); err != nil {
		c.Log.Error("console: a page could not be made", "page", name, "error", err)
		http.Error(w, "Something went wrong in the hub; its log says what.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = page.WriteTo(w)
}
