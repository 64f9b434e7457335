package scim

import (
	"cmp"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"time"

	"birthright/scim/fault"
	"birthright/scim/inspect"
	"birthright/scim/resource"
)

// Prefix is the path that the handler answers under.
const Prefix = "/scim/v2"

// Limits bound what one request may cost. Zero values mean the defaults.
type Limits struct {
	UserBody, GroupBody             int64 // bytes; 1 MiB and 8 MiB
	UserOperations, GroupOperations int   // in one PATCH; 1,000 and 20,000
	Page                            int   // resources in one answer; 200
	Scan                            int   // resources looked at for a filter without an index; 10,000
}

func (l Limits) withDefaults() Limits {
	return Limits{
		UserBody:        cmp.Or(l.UserBody, 1<<20),
		GroupBody:       cmp.Or(l.GroupBody, 8<<20),
		UserOperations:  cmp.Or(l.UserOperations, 1000),
		GroupOperations: cmp.Or(l.GroupOperations, 20_000),
		Page:            cmp.Or(l.Page, 200),
		Scan:            cmp.Or(l.Scan, 10_000),
	}
}

// Options are the settings of the front door and what the program lends it.
type Options struct {
	Directory Directory
	Intake    Intake
	Tokens    Tokens
	// Sources are those that may push; a token of any other source is refused.
	Sources []*Source
	// PublicURL is how clients reach the hub, without a path; "" to go by the
	// request.
	PublicURL string
	Limits    Limits
	Inspect   *inspect.Recorder // listens in on requests; nil for nobody
	Log       *slog.Logger      // discarded if nil
	Now       func() time.Time  // time.Now if nil
}

// handler is the front door.
type handler struct {
	o       Options
	limits  Limits
	sources map[string]*Source
	users   *resource.Type
	groups  *resource.Type
}

// New returns the handler of everything under Prefix.
func New(o Options) http.Handler {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	h := &handler{
		o: o, limits: o.Limits.withDefaults(), sources: map[string]*Source{},
		users: resource.Users(), groups: resource.Groups(),
	}
	for _, s := range o.Sources {
		h.sources[s.name] = s
	}
	return h
}

// ServeHTTP answers one request. Whatever happens, the client gets a SCIM body
// and learns nothing of the inside.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	talk := h.o.Inspect.Listen(w, r)
	defer talk.Done()
	c := &call{Request: talk.Request, w: talk.Writer, talk: talk, base: h.base(r)}
	defer func() {
		if p := recover(); p != nil {
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(p) // net/http's own way to give up on a connection
			}
			h.o.Log.Error("scim: panic", "method", r.Method, "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
			c.refuse(fault.New(http.StatusInternalServerError, "The request could not be carried out; the reason is in the hub's log."))
		}
	}()
	a, err := h.answer(c)
	if err != nil {
		h.fail(c, err)
		return
	}
	c.write(a)
}

// answer lets a request in and carries it out.
func (h *handler) answer(c *call) (answer, error) {
	source, err := h.authenticate(c)
	if err != nil {
		return answer{}, err
	}
	c.source = source
	serve, err := h.route(c)
	if err != nil {
		return answer{}, err
	}
	if err := acceptable(c.Header.Values("Accept")); err != nil {
		return answer{}, err
	}
	if c.query, err = url.ParseQuery(c.URL.RawQuery); err != nil { // half a question would get a wrong answer
		return answer{}, fault.InvalidValue("The query of the URL cannot be read: escape it.")
	}
	return serve(c)
}

// base returns the absolute address of the front door.
func (h *handler) base(r *http.Request) string {
	if h.o.PublicURL != "" {
		return trimSlash(h.o.PublicURL) + Prefix
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + Prefix
}
