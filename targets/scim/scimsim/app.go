package scimsim

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Base is the path that the application answers under.
const Base = "/scim/v2"

// maxBody bounds a request.
const maxBody = 16 << 20

// Options choose what kind of application it is.
type Options struct {
	// Token is the bearer token wanted; "" wants none.
	Token string
	// PageSize caps a list answer; 0 means 100.
	PageSize int
	// MaxMembers is how many members one request may change; 0 means any number.
	MaxMembers int
	// TooManyStatus answers a request beyond MaxMembers; 0 means 413.
	TooManyStatus int
	// NoPatch, NoFilter and NoConfig take these away: PATCH answers 501, a
	// filter 400, ServiceProviderConfig 404.
	NoPatch, NoFilter, NoConfig bool
	// SameNames lets several groups have one displayName, as the RFC does.
	SameNames bool
	Quirks
	// Now tells the time; nil means time.Now.
	Now func() time.Time
}

// App is the application, an http.Handler. It is safe for concurrent use.
type App struct {
	opt    Options
	users  []attribute
	groups []attribute

	mu     sync.RWMutex
	tables tables
	spent  []time.Time // when writes came, for the budget

	faults faults
}

// New returns an empty application.
func New(opt Options) *App {
	if opt.PageSize <= 0 {
		opt.PageSize = 100
	}
	if opt.TooManyStatus == 0 {
		opt.TooManyStatus = http.StatusRequestEntityTooLarge
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	return &App{opt: opt, users: userSchema(), groups: groupSchema(), tables: newTables(), faults: newFaults()}
}

// ServeHTTP counts the request, lets planted faults at it, and answers.
func (a *App) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	planted := a.faults.take(r)
	if planted.wait(r.Context()) != nil {
		return
	}
	if planted.before(w) {
		return
	}
	status, body, location := a.limited(w, r)
	if planted.LoseReply {
		cut(w)
		return
	}
	header := w.Header()
	if location != "" {
		header.Set("Location", location)
	}
	if status == http.StatusUnauthorized {
		header.Set("WWW-Authenticate", "Bearer")
	}
	if body == nil {
		w.WriteHeader(status)
		return
	}
	header.Set("Content-Type", scimMedia)
	if status >= 400 {
		header.Set("Content-Type", a.opt.media()[0])
	}
	if version := versionOf(body); a.opt.Versions && version != "" {
		header.Set("ETag", version)
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that went away needs no answer
}

// answer does what r asks and renders the outcome.
func (a *App) answer(r *http.Request) (status int, body []byte, location string) {
	status, body, location, err := a.route(r)
	var f *fault
	if errors.As(err, &f) {
		return f.status, encode(f.body()), ""
	}
	if err != nil {
		return http.StatusInternalServerError, encode((&fault{status: 500, detail: err.Error()}).body()), ""
	}
	return status, body, location
}

func (a *App) route(r *http.Request) (int, []byte, string, error) {
	if a.opt.Token != "" && !a.authorised(r) {
		return 0, nil, "", &fault{status: http.StatusUnauthorized, detail: "bearer token missing or not known"}
	}
	rest, ok := strings.CutPrefix(r.URL.Path, Base+"/")
	if !ok {
		return 0, nil, "", &fault{status: http.StatusNotFound, detail: "nothing here; the application answers under " + Base}
	}
	kind, id, _ := strings.Cut(rest, "/")
	switch kind {
	case a.opt.document():
		return a.config(r)
	case "Users":
		return a.dispatch(r, id, userHandlers(a))
	case "Groups":
		return a.dispatch(r, id, groupHandlers(a))
	}
	return 0, nil, "", &fault{status: http.StatusNotFound, detail: "no resource type " + kind}
}

func (a *App) authorised(r *http.Request) bool {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return ok && subtle.ConstantTimeCompare([]byte(token), []byte(a.opt.Token)) == 1
}

// handlers are the verbs of one resource type. Each returns the answer's body.
type handlers struct {
	list    func(q listQuery) ([]byte, error)
	get     func(id string, bare bool) ([]byte, error)
	create  func(in object) (id string, body []byte, err error)
	replace func(id string, in object) ([]byte, error)
	patch   func(id string, ops []patchOp) ([]byte, error)
	remove  func(id string) error
	version func(id string) string
}

// dispatch finds the verb and reads its input.
func (a *App) dispatch(r *http.Request, id string, h handlers) (int, []byte, string, error) {
	if f := a.precondition(r, id, h); f != nil {
		return 0, nil, "", f
	}
	switch {
	case r.Method == http.MethodGet && id == "":
		q, f := a.parseList(r.URL.Query())
		if f != nil {
			return 0, nil, "", f
		}
		body, err := h.list(q)
		return http.StatusOK, body, "", err
	case r.Method == http.MethodGet:
		body, err := h.get(id, a.opt.HideMembers || excludesMembers(r.URL.Query()))
		return http.StatusOK, body, "", err
	case r.Method == http.MethodDelete && id != "":
		return http.StatusNoContent, nil, "", h.remove(id)
	case r.Method == http.MethodPut && a.opt.NoGroupPut && strings.HasPrefix(r.URL.Path, Base+"/Groups"):
		return 0, nil, "", &fault{status: http.StatusMethodNotAllowed, detail: "groups are not replaced here"}
	case r.Method == http.MethodPatch && id != "" && a.opt.NoPatch:
		return 0, nil, "", &fault{status: http.StatusNotImplemented, detail: "PATCH is not supported"}
	case r.Method == http.MethodPost && id == "", r.Method == http.MethodPut && id != "", r.Method == http.MethodPatch && id != "":
		in, f := a.readBody(r)
		if f != nil {
			return 0, nil, "", f
		}
		return a.write(r.Method, id, in, h)
	}
	return 0, nil, "", &fault{status: http.StatusMethodNotAllowed, detail: r.Method + " is not allowed here"}
}

func (a *App) write(method, id string, in object, h handlers) (int, []byte, string, error) {
	switch method {
	case http.MethodPost:
		id, body, err := h.create(in)
		return http.StatusCreated, body, id, err
	case http.MethodPut:
		body, err := h.replace(id, in)
		return http.StatusOK, body, "", err
	}
	ops, f := a.parsePatch(in)
	if f != nil {
		return 0, nil, "", f
	}
	body, err := h.patch(id, ops)
	if body == nil {
		return http.StatusNoContent, nil, "", err
	}
	return http.StatusOK, body, "", err
}

func (a *App) readBody(r *http.Request) (object, *fault) {
	media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if media = strings.TrimSpace(media); !slices.Contains(a.opt.media(), media) {
		return nil, &fault{status: http.StatusUnsupportedMediaType, detail: "send " + a.opt.media()[0]}
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return nil, bad(invalidSyntax, "the body ended early")
	}
	if len(body) > maxBody {
		return nil, &fault{status: http.StatusRequestEntityTooLarge, detail: "the body is too large"}
	}
	return decodeObject(body)
}

// config answers ServiceProviderConfig.
func (a *App) config(r *http.Request) (int, []byte, string, error) {
	if a.opt.NoConfig || r.Method != http.MethodGet {
		return 0, nil, "", missing("resource", "ServiceProviderConfig")
	}
	supported := func(yes bool) object { return object{"supported": yes} }
	filter := supported(!a.opt.NoFilter)
	filter["maxResults"] = a.opt.PageSize
	bulk := supported(false)
	maps.Copy(bulk, object{"maxOperations": 0, "maxPayloadSize": 0})
	return http.StatusOK, encode(object{
		"schemas": []any{schemaConfig},
		"patch":   supported(!a.opt.NoPatch), "bulk": bulk, "filter": filter,
		"changePassword": supported(false), "sort": supported(false), "etag": supported(a.opt.Versions),
		"authenticationSchemes": []any{object{
			"type": "oauthbearertoken", "name": "Bearer token", "description": "A bearer token in the Authorization header",
		}},
	}), "", nil
}

// encode renders what this package built itself, which always can be.
func encode(v any) []byte {
	out, _ := json.Marshal(v)
	return out
}
