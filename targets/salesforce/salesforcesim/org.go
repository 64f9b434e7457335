package salesforcesim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options choose what kind of organisation it is.
type Options struct {
	// ClientID and ClientSecret are those of a connected app; "" wants no token at all.
	ClientID, ClientSecret string
	// PageSize is how many rows a page of a query has; 0 means 2,000.
	PageSize int
	// Requests is how many a day are allowed; 0 means 100,000.
	Requests int
	// Licences is how many users can be active; 0 means any number.
	Licences int
	// Locked are ids of users that another transaction holds.
	Locked func(userID string) bool
	// Denied are objects that may not be changed.
	Denied []string
	// Profiles are there besides Standard User.
	Profiles []string
	// Now tells the time; nil means time.Now.
	Now func() time.Time
}

// row is a record, by field name.
type row = map[string]any

// memory is all that the organisation holds: rows by object, in order of creation.
type memory struct {
	Last int              `json:"last"`
	Rows map[string][]row `json:"rows"`
}

// Org is the organisation, an http.Handler. It is safe for concurrent use.
type Org struct {
	opt Options

	mu     sync.Mutex
	memory memory
	used   []time.Time
}

// New returns an organisation with its profiles and nobody in it.
func New(opt Options) *Org {
	if opt.PageSize <= 0 {
		opt.PageSize = 2000
	}
	if opt.Requests <= 0 {
		opt.Requests = 100_000
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	o := &Org{opt: opt, memory: memory{Rows: map[string][]row{}}}
	for _, name := range append([]string{"Standard User"}, opt.Profiles...) {
		if name != "" && o.named("Profile", "Name", name) == nil {
			o.insert("Profile", row{"Name": name})
		}
	}
	return o
}

// Memory is all that it holds.
func (o *Org) Memory() any { return &o.memory }

// prefixes are how ids of an object begin.
var prefixes = map[string]string{
	"User": "005", "Profile": "00e", "PermissionSet": "0PS", "PermissionSetGroup": "0PG", "Group": "00G", "PermissionSetAssignment": "0Pa", "GroupMember": "011",
}

// insert keeps a row and returns its id.
func (o *Org) insert(object string, r row) string {
	o.memory.Last++
	id := fmt.Sprintf("%s%012d%s", prefixes[object], o.memory.Last, "AAA")
	r["Id"] = id
	o.memory.Rows[object] = append(o.memory.Rows[object], r)
	return id
}

// byID returns a row; nil where there is none.
func (o *Org) byID(object, id string) row {
	for _, r := range o.memory.Rows[object] {
		if r["Id"] == id {
			return r
		}
	}
	return nil
}

// named returns the row whose field has the text, without letter case.
func (o *Org) named(object, field, name string) row {
	for _, r := range o.memory.Rows[object] {
		if held, _ := r[field].(string); strings.EqualFold(held, name) {
			return r
		}
	}
	return nil
}

// remove drops a row.
func (o *Org) remove(object, id string) bool {
	before := len(o.memory.Rows[object])
	o.memory.Rows[object] = slices.DeleteFunc(o.memory.Rows[object], func(r row) bool { return r["Id"] == id })
	return len(o.memory.Rows[object]) < before
}

// Count returns how many rows of an object there are.
func (o *Org) Count(object string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.memory.Rows[object])
}

// Set changes a field of the user of that name, as somebody else would.
func (o *Org) Set(username, field string, value any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if u := o.named("User", "Username", username); u != nil {
		u[field] = value
	}
}

// refresh has assignments end whose time has come: they stay as rows.
func (o *Org) refresh() {
	now := o.opt.Now()
	for _, r := range o.memory.Rows["PermissionSetAssignment"] {
		end, _ := r["ExpirationDate"].(string)
		until, err := time.Parse(timeForm, end)
		r["IsActive"] = end == "" || err == nil && now.Before(until)
	}
}

const timeForm = "2006-01-02T15:04:05.000-0700"

// ServeHTTP answers a request.
func (o *Org) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.opt.Now()
	for len(o.used) > 0 && now.Sub(o.used[0]) >= 24*time.Hour {
		o.used = o.used[1:]
	}
	if r.URL.Path == TokenPath {
		o.token(w, r)
		return
	}
	if o.opt.ClientID != "" && r.Header.Get("Authorization") != "Bearer "+o.issued() {
		refuse(w, http.StatusUnauthorized, "INVALID_SESSION_ID", "Session expired or invalid")
		return
	}
	if len(o.used) >= o.opt.Requests {
		refuse(w, http.StatusForbidden, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
		return
	}
	o.used = append(o.used, now)
	w.Header().Set("Sforce-Limit-Info", fmt.Sprintf("api-usage=%d/%d", len(o.used), o.opt.Requests))
	o.refresh()
	o.route(w, r)
}
