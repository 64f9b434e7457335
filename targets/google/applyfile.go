package google

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// file gives or takes a user's permission on one file. Drive keeps only the last of
// changes that come at once, so that there is one at a time for each file.
func (a *application) file(ctx context.Context, op targets.Op) targets.Result {
	p, _ := parsePlace(kindFile, op.Entitlement.ID) // it was checked
	if !slices.Contains(a.t.config.Files, p.of) {
		return looked(op, errNoEntitlement) // no read shows it
	}
	if late := op.NotAfter; op.Action == targets.Add && !late.IsZero() && (!late.After(a.t.now()) || late.Sub(a.t.now()) > longestExpiry) {
		return refused(op, identity.Invalid, "Drive takes an end that is in the future, and at most a year away")
	}
	u, err := a.user(ctx, op)
	if err != nil {
		return looked(op, err)
	}
	defer a.t.lock(p.of)()
	list, err := a.t.permissions(ctx, p.of, false)
	if err != nil {
		return looked(op, err)
	}
	at := slices.IndexFunc(list, func(p permission) bool {
		return p.Type == "user" && !p.inherited() && slices.Contains(u.addresses(), fold(p.Email))
	})
	var there permission
	if at >= 0 {
		there = list[at]
	}
	if op.Action == targets.Remove {
		return a.t.withdraw(ctx, op, p, there, u.id())
	}
	return a.t.share(ctx, op, p, there, u)
}

// rank orders roles on files: the more, the lower. An owner is above all.
func rank(role string) int { return slices.Index(fileRoles, role) }

// share makes a permission be there with its role and end. Who has a higher role has
// this one with it.
func (t *Target) share(ctx context.Context, op targets.Op, p place, there permission, u user) targets.Result {
	end := op.NotAfter.UTC().Truncate(time.Millisecond)
	switch {
	case there.ID == "":
		return t.shareAnew(ctx, op, p, u, end)
	case rank(there.Role) < rank(p.role):
		return already(u.id())
	case there.Role == p.role && there.Expiration.Equal(end):
		return already(u.id())
	}
	q := url.Values{"supportsAllDrives": {"true"}}
	body := map[string]string{"role": p.role}
	if end.IsZero() {
		q.Set("removeExpiration", "true")
	} else {
		body["expirationTime"] = end.Format(time.RFC3339Nano)
	}
	err := t.driveCall(ctx, httpkit.Request{Method: http.MethodPatch, Path: permissionPath(p.of, there.ID), Query: q}, body, nil)
	if isMissing(err) {
		return looked(op, errNoEntitlement) // gone since we looked
	}
	return settled(op, u.id(), err)
}

// shareAnew makes a permission. A file that does not take the end is told at once,
// rather than left with a permission that never ends.
func (t *Target) shareAnew(ctx context.Context, op targets.Op, p place, u user, end time.Time) targets.Result {
	q := url.Values{"supportsAllDrives": {"true"}, "sendNotificationEmail": {"false"}, "fields": {permissionFields}}
	body := map[string]string{"type": "user", "role": p.role, "emailAddress": u.email()}
	if !end.IsZero() {
		body["expirationTime"] = end.Format(time.RFC3339Nano)
	}
	var made permission
	err := t.driveCall(ctx, httpkit.Request{Method: http.MethodPost, Path: "/files/" + url.PathEscape(p.of) + "/permissions", Query: q}, body, &made)
	if err == nil && !made.Expiration.Equal(end) {
		return t.share(ctx, op, p, made, u)
	}
	return settled(op, u.id(), err)
}

// withdraw deletes a permission. Another role than the op's is not ours to take.
func (t *Target) withdraw(ctx context.Context, op targets.Op, p place, there permission, id string) targets.Result {
	if there.Role != p.role {
		return already(id)
	}
	q := url.Values{"supportsAllDrives": {"true"}}
	err := t.driveCall(ctx, httpkit.Request{Method: http.MethodDelete, Path: permissionPath(p.of, there.ID), Query: q, Removes: true}, nil, nil)
	if isMissing(err) {
		return already(id)
	}
	return settled(op, id, err)
}

func permissionPath(fileID, id string) string {
	return "/files/" + url.PathEscape(fileID) + "/permissions/" + url.PathEscape(id)
}
