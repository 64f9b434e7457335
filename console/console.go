package console

import (
	"embed"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"birthright/signin"
)

//go:embed pages
var pages embed.FS

// maxForm is how much a form may bring, and maxDraft how much one may that brings a file
// of a policy.
const (
	maxForm  = 64 << 10
	maxDraft = 2 << 20
)

// Options are what a Console needs.
type Options struct {
	Hub     Hub
	Desk    Desk
	Reviews reviewDesk
	// SignIn lets people in; Provider is the company's own, nil where there is none.
	SignIn   *signin.Service
	Provider Provider
	// PublicURL is how browsers reach it. Over plain HTTP, nobody logs in from another
	// machine.
	PublicURL string
	Rand      io.Reader
	Now       func() time.Time
	NewID     func() string
	Log       *slog.Logger
}

// Hub is what answers about everything but requests and reviews.
type Hub interface {
	auditHub
	groupHub
	heldHub
	menuHub
	peopleHub
	personHub
	policyHub
	removalHub
	reportHub
	statusHub
	runHub
	sourceHub
	takenHub
	targetHub
	tokenHub
}

// Desk is what handles requests.
type Desk interface {
	accessDesk
	askDesk
	delegationDesk
	historyDesk
	inboxDesk
	requestDesk
}

// Console serves the pages.
type Console struct {
	Options
	templates *template.Template
	assets    assets
	// secure is set where browsers come by HTTPS, near where they come from the same
	// machine.
	secure, near bool
}

// New returns a Console.
func New(o Options) *Console {
	u, err := url.Parse(o.PublicURL)
	c := &Console{Options: o, assets: loadAssets()}
	if err == nil {
		host := u.Hostname()
		c.secure, c.near = u.Scheme == "https", host == "127.0.0.1" || host == "localhost" || host == "::1"
	}
	c.templates = template.Must(template.New("").Funcs(c.words()).ParseFS(pages, "pages/*.html"))
	return c
}

// Mount adds the pages to a mux.
func (c *Console) Mount(mux *http.ServeMux) {
	d := door{Console: c, mux: mux, origin: http.NewCrossOriginProtection()}
	mux.HandleFunc("GET /assets/{name}", c.assets.serve)
	mux.HandleFunc("GET /favicon.ico", c.assets.icon)
	c.mountAudit(d)
	c.mountLogin(d)
	c.mountPeople(d)
	c.mountTargets(d)
	c.mountSources(d)
	c.mountRuns(d)
	c.mountHeld(d)
	c.mountPolicy(d)
	c.mountPerson(d)
	c.mountGroups(d)
	c.mountRequest(d)
	c.mountAccess(d)
	c.mountAsk(d)
	c.mountDecide(d)
	c.mountDelegations(d)
	c.mountHistory(d)
	c.mountReviewItems(d)
	c.mountCampaigns(d)
	c.mountReports(d)
	c.mountRemoval(d)
	c.mountTaken(d)
	c.mountEvidence(d)
	c.mountOverview(d)
	c.mountTokens(d)
	d.open("/", c.nowhere)
}

// door is where pages are mounted.
type door struct {
	*Console
	mux    *http.ServeMux
	origin *http.CrossOriginProtection
}

// open serves everybody, logged in or not.
func (d door) open(pattern string, serve http.HandlerFunc) { d.mount(pattern, maxForm, serve) }

// page shows a page to those who are logged in.
func (d door) page(pattern string, h handler) { d.mount(pattern, maxForm, d.known(d.answer(h))) }

// form takes a form of those who are logged in.
func (d door) form(pattern string, h handler) {
	d.mount(pattern, maxForm, d.known(d.answer(d.fitting(h))))
}

// raw serves those who are logged in with something else than a page: a download, or
// what a script asks for.
func (d door) raw(pattern string, serve func(http.ResponseWriter, *http.Request, visitor)) {
	d.mount(pattern, maxForm, d.known(serve))
}

func (d door) mount(pattern string, most int64, serve http.HandlerFunc) {
	d.mux.Handle(pattern, d.origin.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		guard(w.Header())
		r.Body = http.MaxBytesReader(w, r.Body, most)
		serve(w, r)
	})))
}

// policy is what browsers are told that a page may do: its styles, scripts and requests
// are this hub's own, and nobody frames it.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard is what browsers are told of every page.
func guard(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}
