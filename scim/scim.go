package scim

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"sync"
	"time"

	"birthright/scim/fault"
	"birthright/scim/inspect"
	"birthright/scim/resource"
)

// Prefix is the path that the handler answers under.
const Prefix = "/scim/v2"

// Limits bound what one request may cost. Zero values mean the defaults.
type Limits struct {
	UserBody, GroupBody, BulkBody   int64         // bytes; 1 MiB, 8 MiB and 8 MiB
	UserOperations, GroupOperations int           // in one PATCH; 1,000 and 20,000
	BulkOperations                  int           // in one Bulk request; 1,000
	Page                            int           // resources in one answer; 200
	Scans                           int           // questions at once that look at every resource; 2
	InFlight                        int64         // requests of one source at once; 256
	Heavy                           int           // bodies of more than 256 KiB that are worked on at once; 4
	Time                            time.Duration // for one request; 60 s
}

func (l Limits) withDefaults() Limits {
	return Limits{
		UserBody:        cmp.Or(l.UserBody, 1<<20),
		GroupBody:       cmp.Or(l.GroupBody, 8<<20),
		UserOperations:  cmp.Or(l.UserOperations, 1000),
		GroupOperations: cmp.Or(l.GroupOperations, 20_000),
		BulkBody:        cmp.Or(l.BulkBody, 8<<20),
		BulkOperations:  cmp.Or(l.BulkOperations, 1000),
		Page:            cmp.Or(l.Page, 200),
		Scans:           cmp.Or(l.Scans, 2),
		InFlight:        cmp.Or(l.InFlight, 256),
		Heavy:           cmp.Or(l.Heavy, 4),
		Time:            cmp.Or(l.Time, time.Minute),
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
	// Key seals cursors. All replicas need the same one; it stays secret.
	Key    []byte
	Limits Limits
	// Events are the URIs of the SCIM events that receivers are told of (RFC 9967).
	Events []string
	// Alarm is told of each panic, besides the log; may be nil.
	Alarm   func()
	Inspect *inspect.Recorder // listens in on requests; nil for nobody
	Log     *slog.Logger      // discarded if nil
	Now     func() time.Time  // time.Now if nil
}

// handler is the front door.
type handler struct {
	o       Options
	limits  Limits
	sources map[string]*Source
	users   *resource.Type
	groups  *resource.Type
	scans   chan struct{} // one for each question that may go on
	heavy   chan struct{} // one for each large body that may be worked on
	learned learned
	seen    sync.Map // source → dialect that was recognised last
}

// New returns the handler of everything under Prefix.
func New(o Options) http.Handler {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Alarm == nil {
		o.Alarm = func() {}
	}
	h := &handler{
		o: o, limits: o.Limits.withDefaults(), sources: map[string]*Source{},
		users: resource.Users(), groups: resource.Groups(),
	}
	h.scans, h.heavy = make(chan struct{}, h.limits.Scans), make(chan struct{}, h.limits.Heavy)
	h.learned.of = map[string]map[Learned]bool{}
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
	ctx, cancel := context.WithTimeout(r.Context(), h.limits.Time)
	defer cancel()
	c := &call{
		h: h, Request: talk.Request.WithContext(ctx), w: talk.Writer, talk: talk, base: h.base(r),
		condition: preconditionOf(r.Header), reading: &resource.Reading{},
	}
	defer c.release()
	defer c.tell()
	defer func() {
		if p := recover(); p != nil {
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(p) // net/http's own way to give up on a connection
			}
			h.o.Alarm()
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
	if err := c.enter(); err != nil {
		return answer{}, err
	}
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
	h.recognise(c)
	a, err := serve(c)
	h.overheard(c)
	return a, err
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
