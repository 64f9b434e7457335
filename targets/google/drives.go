package google

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"birthright/internal/httpkit"
)

type sharedDrive struct {
	ID   string `json:"id"`
	Name string `json:"name"`

	permissions []permission
}

type permission struct {
	ID         string    `json:"id"`
	Type       string    `json:"type"`
	Role       string    `json:"role"`
	Email      string    `json:"emailAddress"`
	Expiration time.Time `json:"expirationTime,omitzero"`
	Deleted    bool      `json:"deleted"`
	Details    []struct {
		Inherited bool `json:"inherited"`
	} `json:"permissionDetails"`
}

// inherited reports whether the permission comes from what the file is in.
func (p permission) inherited() bool {
	for _, d := range p.Details {
		if !d.Inherited {
			return false
		}
	}
	return len(p.Details) > 0
}

const permissionFields = "id,type,role,emailAddress,expirationTime,deleted,permissionDetails(inherited)"

// listDrives reads the shared drives, without what is on them.
func (t *Target) listDrives(ctx context.Context) ([]sharedDrive, error) {
	var out []sharedDrive
	q := url.Values{"pageSize": {"100"}, "useDomainAdminAccess": {"true"}, "fields": {"nextPageToken,drives(id,name)"}}
	err := t.drivePages(ctx, "/drives", q, func(resp *httpkit.Response) error {
		var page struct {
			Drives []sharedDrive `json:"drives"`
		}
		if err := resp.Decode(&page); err != nil {
			return err
		}
		out = append(out, page.Drives...)
		return nil
	})
	if slices.ContainsFunc(out, func(d sharedDrive) bool { return d.ID == "" }) {
		return nil, strange("drives", "a drive without id")
	}
	slices.SortFunc(out, func(a, b sharedDrive) int { return strings.Compare(a.Name+"\x00"+a.ID, b.Name+"\x00"+b.ID) })
	return out, err
}

// permissions lists who may do what with a file or, with admin, with a shared drive.
func (t *Target) permissions(ctx context.Context, id string, admin bool) ([]permission, error) {
	q := url.Values{"pageSize": {"100"}, "supportsAllDrives": {"true"}, "fields": {"nextPageToken,permissions(" + permissionFields + ")"}}
	if admin {
		q.Set("useDomainAdminAccess", "true")
	}
	var out []permission
	err := t.drivePages(ctx, "/files/"+url.PathEscape(id)+"/permissions", q, func(resp *httpkit.Response) error {
		var page struct {
			Permissions []permission `json:"permissions"`
		}
		if err := resp.Decode(&page); err != nil {
			return err
		}
		out = append(out, page.Permissions...)
		return nil
	})
	if isMissing(err) {
		return nil, errNoEntitlement
	}
	return slices.DeleteFunc(out, func(p permission) bool { return p.Deleted }), err
}

// named returns the drives of a name: usually one.
func named(drives []sharedDrive, name string) []sharedDrive {
	var out []sharedDrive
	for _, d := range drives {
		if d.Name == name {
			out = append(out, d)
		}
	}
	return out
}

// sameDrives is for how long a read of a few accounts takes what was seen of drives
// and their permissions for what is there. Who is in their groups is asked anew.
const sameDrives = 10 * time.Minute

// allDrives reads the drives with what is on them.
func (t *Target) allDrives(ctx context.Context, recent bool) ([]sharedDrive, error) {
	t.mu.Lock()
	known, at := t.drives, t.drivesAt
	t.mu.Unlock()
	if recent && !at.IsZero() && t.now().Sub(at) < sameDrives {
		return known, nil
	}
	drives, err := t.listDrives(ctx)
	if err != nil {
		return nil, err
	}
	if drives, err = t.fill(ctx, drives); err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.drives, t.drivesAt = drives, t.now()
	return drives, nil
}

// fill reads the permissions of drives. One that is gone meanwhile is left out.
func (t *Target) fill(ctx context.Context, drives []sharedDrive) ([]sharedDrive, error) {
	lists, err := parallel(ctx, drives, func(ctx context.Context, d sharedDrive) (*[]permission, error) {
		list, err := t.permissions(ctx, d.ID, true)
		if err == errNoEntitlement { //nolint:errorlint // our own, as it is
			return nil, nil
		}
		return &list, err
	})
	if err != nil {
		return nil, err
	}
	var out []sharedDrive
	for i, d := range drives {
		if lists[i] != nil {
			d.permissions = *lists[i]
			out = append(out, d)
		}
	}
	return out, nil
}
