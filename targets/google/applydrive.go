package google

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// driveMember gives or takes a role on a shared drive, by the group that stands for it.
func (a *application) driveMember(ctx context.Context, op targets.Op) targets.Result {
	id, err := a.accountID(ctx, op)
	if err != nil {
		return looked(op, err)
	}
	p, _ := parsePlace(kindDrive, op.Entitlement.ID) // it was checked
	d, err := a.t.driveNamed(ctx, p.of)
	if err != nil {
		return looked(op, err)
	}
	g, r := a.roles[op.Entitlement.ID], targets.Result{}
	if g.ID == "" {
		g, r = a.t.roleGroupOf(ctx, op, d, p.role)
	}
	if g.ID != "" {
		a.roles[op.Entitlement.ID] = g
		return a.member(ctx, op, g.Email, g.ID, id)
	}
	if r.Outcome != "" {
		return r
	}
	if _, err := a.t.find(ctx, targets.Account{ID: id}); err != nil {
		return looked(op, err)
	}
	return already(id) // a removal, and nobody has the role through us
}

// driveNamed finds the one drive of that name.
func (t *Target) driveNamed(ctx context.Context, name string) (sharedDrive, error) {
	t.mu.Lock()
	known := named(t.drives, name)
	t.mu.Unlock()
	if len(known) != 1 {
		all, err := t.listDrives(ctx)
		if err != nil {
			return sharedDrive{}, err
		}
		known = named(all, name)
	}
	switch len(known) {
	case 0:
		return sharedDrive{}, errNoEntitlement
	case 1:
		return known[0], nil
	}
	return sharedDrive{}, &identity.Error{Kind: identity.Conflict, Op: "find drive", Object: name,
		Err: errors.New("several shared drives have this name"), Hint: "rename all but one of them"}
}

// roleGroupOf finds the group that stands for a role on a drive, and for an addition
// makes it or gives it the role. Without a group, the result says why, or is zero
// where there is none to be removed from.
func (t *Target) roleGroupOf(ctx context.Context, op targets.Op, d sharedDrive, role string) (g group, r targets.Result) {
	defer t.lock(d.ID)()
	list, err := t.permissions(ctx, d.ID, true)
	if err != nil {
		return group{}, looked(op, err)
	}
	at := slices.IndexFunc(list, func(p permission) bool { return p.Type == "group" && t.standsFor(p.Email, d.ID, role) })
	if at >= 0 && list[at].Role == role {
		id, err := t.groupID(ctx, list[at].Email)
		if err == nil {
			return group{ID: id, Email: list[at].Email}, r
		}
		if !errors.Is(err, errNoEntitlement) {
			return group{}, looked(op, err)
		}
	}
	email := t.roleGroup(d.ID, d.Name, role)
	switch {
	case op.Action == targets.Remove:
		return group{}, r
	case !t.config.Drives.Create:
		return group{}, refused(op, identity.Invalid, "no group stands for the role: allow it to be made with drives: {create: true}, or make "+email+" and give it the role on the drive")
	}
	return t.appoint(ctx, op, d, role, email)
}

// appoint makes the group and gives it the role on the drive.
func (t *Target) appoint(ctx context.Context, op targets.Op, d sharedDrive, role, email string) (group, targets.Result) {
	id, _, err := t.makeGroup(ctx, email, d.Name+", "+role)
	if err != nil {
		return group{}, httpkit.Result(op, err)
	}
	q := url.Values{"supportsAllDrives": {"true"}, "useDomainAdminAccess": {"true"}, "sendNotificationEmail": {"false"}}
	err = t.driveCall(ctx, httpkit.Request{Method: http.MethodPost, Path: "/files/" + url.PathEscape(d.ID) + "/permissions", Query: q},
		map[string]string{"type": "group", "role": role, "emailAddress": email}, nil)
	t.mu.Lock()
	t.drivesAt = t.drivesAt.Truncate(0).Add(-sameDrives) // what is known of drives is not true any more
	t.mu.Unlock()
	if err != nil {
		if f := httpkit.AsFailure(err); t.isFresh(id) && f != nil && (f.Status == http.StatusNotFound || f.Status == http.StatusBadRequest) {
			r := targets.Failed(op, targets.Throttled, identity.Throttled, errors.New("the group was made just now and is not known to Drive yet"))
			r.RetryAt = t.now().Add(again)
			return group{}, r
		}
		return group{}, httpkit.Result(op, err)
	}
	return group{ID: id, Email: email}, targets.Result{}
}
