package google

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// Target is one Google Workspace. It is safe for concurrent use.
type Target struct {
	config    Config
	dir       string
	name      string
	fields    []field
	address   string // the hub's attribute that is the account's name
	log       *slog.Logger
	now       func() time.Time
	transport http.RoundTripper // nil is the network
	open      func(base string, scopes ...string) (*httpkit.Client, error)

	directory, drive *httpkit.Client

	// files has a lock for each file: Drive keeps only the last of several
	// permission changes that come at once.
	files sync.Map

	mu       sync.Mutex
	groupIDs map[string]string    // by folded address
	fresh    map[string]time.Time // when we made a group, by id
	everyone map[string]bool      // ids of groups with everybody as a member
	// drives is what was seen last of the shared drives, and when.
	drives   []sharedDrive
	drivesAt time.Time
}

const maxBatch = 100

// Capabilities says what may be asked of the target.
func (t *Target) Capabilities() targets.Capabilities {
	manage := t.config.Users.Manage
	caps := targets.Capabilities{
		Kinds:          t.kinds(),
		CreateAccounts: manage, UpdateAccounts: manage, DisableAccounts: manage, DeleteAccounts: manage,
		CreateEntitlements: t.config.Groups.Create,
		Attributes:         t.attributes(),
		MaxBatch:           maxBatch, Concurrency: 4, FoldNames: true, LastUsed: true,
	}
	if len(t.config.Files) > 0 {
		caps.NativeExpiry, caps.NativeExpiryKinds, caps.LongestExpiry = true, []string{kindFile}, longestExpiry
	}
	return caps
}

// Normalise returns a as a read would show it: lower case, the mapped attributes, one
// value of each, and a name, which Google does not do without.
func (t *Target) Normalise(a targets.Account) targets.Account {
	if address := a.Attributes.First(t.address); address != "" && t.address != identity.AttrUserName {
		a.Name = address
	}
	a.Name = fold(a.Name)
	kept := identity.Attributes{}
	for _, f := range t.fields {
		kept.Set(f.hub, f.wanted(a))
	}
	t.setAddress(kept, a.Name)
	a.Attributes = kept
	return a
}

// attributes are the hub's names of what is read back.
func (t *Target) attributes() []string {
	names := hubNames(t.fields)
	if t.address != identity.AttrUserName {
		names = append(names, t.address)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// setAddress shows an account's name as the attribute that it comes from.
func (t *Target) setAddress(a identity.Attributes, name string) {
	if t.address != identity.AttrUserName {
		a.Set(t.address, name)
	}
}

// SerialKey is the group, or the file, whose members an op changes: of two changes of one
// file at once, Drive keeps the last.
func (t *Target) SerialKey(op targets.Op) string { return targets.ByEntitlement(op) }

// Calls counts the requests sent so far.
func (t *Target) Calls() int64 { return t.directory.Calls() + t.drive.Calls() }

// Close lets go of connections, and keeps what a simulator holds.
func (t *Target) Close() error {
	t.directory.Close()
	t.drive.Close()
	if kept, ok := t.transport.(io.Closer); ok {
		return kept.Close()
	}
	return nil
}

// call is one request of the Directory API.
func (t *Target) call(ctx context.Context, r httpkit.Request, in, out any) error {
	r.Path, r.Scope = "/admin/directory/v1"+r.Path, "directory"
	_, err := t.directory.JSON(ctx, r, in, out)
	return err
}

// driveCall is one request of the Drive API.
func (t *Target) driveCall(ctx context.Context, r httpkit.Request, in, out any) error {
	r.Path, r.Scope = "/drive/v3"+r.Path, "drive"
	_, err := t.drive.JSON(ctx, r, in, out)
	return err
}

// pages reads a list of either API whole. take is given each page's body.
func pages(ctx context.Context, c *httpkit.Client, r httpkit.Request, take func(*httpkit.Response) error) error {
	next := func(r httpkit.Request, resp *httpkit.Response) (httpkit.Request, bool, error) {
		var page struct {
			NextPageToken string `json:"nextPageToken"`
		}
		if err := resp.Decode(&page); err != nil || page.NextPageToken == "" {
			return r, false, err
		}
		q := url.Values{}
		for name, values := range r.Query {
			q[name] = values
		}
		q.Set("pageToken", page.NextPageToken)
		r.Query = q
		return r, true, nil
	}
	for resp, err := range c.Pages(ctx, r, next) {
		if err != nil {
			return err
		}
		if err := take(resp); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (t *Target) directoryPages(ctx context.Context, path string, q url.Values, take func(*httpkit.Response) error) error {
	return pages(ctx, t.directory, httpkit.Request{Method: http.MethodGet, Path: "/admin/directory/v1" + path, Query: q, Scope: "directory"}, take)
}

func (t *Target) drivePages(ctx context.Context, path string, q url.Values, take func(*httpkit.Response) error) error {
	return pages(ctx, t.drive, httpkit.Request{Method: http.MethodGet, Path: "/drive/v3" + path, Query: q, Scope: "drive"}, take)
}

// tenant adds whose users or groups are listed.
func (t *Target) tenant(q url.Values) url.Values {
	switch {
	case t.config.Domain != "":
		q.Set("domain", t.config.Domain)
	case t.config.Customer != "":
		q.Set("customer", t.config.Customer)
	default:
		q.Set("customer", "my_customer")
	}
	return q
}

// fold makes names comparable: Google does not care for letter case.
func fold(name string) string { return strings.ToLower(name) }

// lock holds a file or drive for one permission change.
func (t *Target) lock(id string) func() {
	m, _ := t.files.LoadOrStore(id, new(sync.Mutex))
	m.(*sync.Mutex).Lock()
	return m.(*sync.Mutex).Unlock
}
