package scimsim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	scimMedia  = "application/scim+json"
	plainMedia = "application/json"
)

// Quirks are what vendors' servers do otherwise than the RFCs, or leave out. The zero
// value does nothing of the kind.
type Quirks struct {
	// HideMembers never shows the members of a group, HideInLists not in lists.
	HideMembers, HideInLists bool
	// Cursor pages by cursor (RFC 9865), without totalResults. Without a cursor in the
	// query only the first page can be had.
	Cursor bool
	// RemoveByValue wants members that go named in the value; a filter in the path is
	// refused. WholeRefused refuses to replace or remove all members.
	RemoveByValue, WholeRefused bool
	// Doubles has a member twice that is added twice.
	Doubles bool
	// NoGroupPut does not replace groups.
	NoGroupPut bool
	// NoDelete refuses to delete users, DeleteDeactivates makes them inactive instead.
	NoDelete, DeleteDeactivates bool
	// WantExternalID and WantEntitlement refuse to make what comes without them.
	WantExternalID, WantEntitlement bool
	// TitleOps writes Add, Remove and Replace.
	TitleOps bool
	// Document is the path of the service document; "" for that of the RFC.
	Document string
	// Media is the only content type taken; "" for both.
	Media string
	// Versions keeps versions: ETag, meta.version and If-Match.
	Versions bool
	// Filters are the combinations of attributes, joined with "+", that a list can be
	// filtered by, by resource type; nil for all that the application knows.
	Filters map[string][]string
	// Queries are the parameters that a list takes; nil for any.
	Queries []string
	// Writes is how many changes are taken in a minute; 0 for any number.
	Writes int
}

func (q Quirks) document() string {
	if q.Document == "" {
		return "ServiceProviderConfig"
	}
	return q.Document
}

func (q Quirks) media() []string {
	if q.Media == "" {
		return []string{scimMedia, plainMedia}
	}
	return []string{q.Media}
}

// refusesEdit says what is wrong with a change of members that other servers take.
func (q Quirks) refusesEdit(op patchOp, p path) *fault {
	whole := p.where == nil && (op.op == "replace" || op.op == "remove" && op.value == nil)
	switch {
	case q.RemoveByValue && p.where != nil:
		return bad(invalidPath, "name the members that go in the value")
	case q.WholeRefused && whole:
		return bad(invalidValue, "all members cannot be replaced or removed at once")
	}
	return nil
}

// knownQuery refuses parameters that the server does not know.
func (a *App) knownQuery(q url.Values) *fault {
	for name := range q {
		if a.opt.Queries != nil && !slices.Contains(a.opt.Queries, name) {
			return bad(invalidValue, "the parameter %s is not supported", name)
		}
	}
	return nil
}

// filterable refuses filters that the vendor does not have.
func (a *App) filterable(kind string, filter []term) *fault {
	known, ok := a.opt.Filters[kind]
	if !ok {
		return nil
	}
	var attrs []string
	for _, t := range filter {
		attrs = append(attrs, t.attr)
	}
	slices.Sort(attrs)
	if combination := strings.Join(attrs, "+"); !slices.Contains(known, combination) {
		return bad(invalidFilter, "%s cannot be filtered by %s", kind, combination)
	}
	return nil
}

// checkNew refuses to make what lacks something.
func (a *App) checkNew(attrs object) *fault {
	list, _ := attrs["entitlements"].([]any)
	if a.opt.WantEntitlement && len(list) == 0 {
		return &fault{status: http.StatusConflict, scimType: uniqueness, detail: "REQUIRED_FIELD_MISSING: a profile is needed, as an entitlement"}
	}
	return a.wantsExternalID(attrs)
}

func (a *App) wantsExternalID(attrs object) *fault {
	if id, _ := attrs["externalId"].(string); a.opt.WantExternalID && id == "" {
		return bad(invalidValue, "externalId is required")
	}
	return nil
}

// limited answers unless too many changes came.
func (a *App) limited(w http.ResponseWriter, r *http.Request) (status int, body []byte, location string) {
	if wait := a.overBudget(r); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(wait.Seconds())+1))
		return http.StatusTooManyRequests, encode((&fault{status: http.StatusTooManyRequests, detail: "too many requests"}).body()), ""
	}
	return a.answer(r)
}

// overBudget counts a change, and returns how long to wait where there were too many.
func (a *App) overBudget(r *http.Request) time.Duration {
	if a.opt.Writes == 0 || r.Method == http.MethodGet {
		return 0
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.opt.Now()
	a.spent = slices.DeleteFunc(a.spent, func(at time.Time) bool { return now.Sub(at) >= time.Minute })
	if len(a.spent) >= a.opt.Writes {
		return time.Minute - now.Sub(a.spent[0])
	}
	a.spent = append(a.spent, now)
	return 0
}

// precondition compares If-Match with what is there.
func (a *App) precondition(r *http.Request, id string, h handlers) *fault {
	want := r.Header.Get("If-Match")
	if !a.opt.Versions || want == "" || want == "*" || id == "" {
		return nil
	}
	if have := h.version(id); have != "" && have != want {
		return &fault{status: http.StatusPreconditionFailed, detail: "it is " + have + " by now"}
	}
	return nil
}

func (a *App) userVersion(id string) string {
	a.mu.RLock()
	defer a.mu.RUnlock()
	if u := a.tables.users[id]; u != nil {
		return etag(u.version)
	}
	return ""
}

func (a *App) groupVersion(id string) string {
	a.mu.RLock()
	defer a.mu.RUnlock()
	if g := a.tables.groups[id]; g != nil {
		return etag(g.version)
	}
	return ""
}

func etag(version int) string { return fmt.Sprintf(`W/"%d"`, version) }

// versionOf is the version of a resource that is sent.
func versionOf(body []byte) string {
	var in struct{ Meta struct{ Version string } }
	if json.Unmarshal(body, &in) != nil {
		return ""
	}
	return in.Meta.Version
}

// untitled is the op that Add, Remove and Replace stand for; anything else stays, and
// is refused.
func untitled(op string) string {
	for _, known := range []string{"add", "remove", "replace"} {
		if op == strings.ToUpper(known[:1])+known[1:] {
			return known
		}
	}
	return "not " + op
}

// A cursor is opaque to clients: it is where to go on, with a word before it.
func toCursor(start int) string { return "from-" + strconv.Itoa(start) }

func fromCursor(cursor string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(cursor, "from-"))
	return max(n, 1)
}
