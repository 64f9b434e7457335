package salesforce

import (
	"context"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// Read hands out what q asks for, whole or with an error.
func (t *Target) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	if err := t.read(ctx, q, sink); err != nil {
		return targets.End{}, &identity.Error{Kind: kindOf(err), Err: err} // whoever asked names the target
	}
	return targets.End{Complete: true}, nil
}

// kindOf is identity.KindOf for errors that may be a *httpkit.Failure.
func kindOf(err error) identity.Kind {
	if f := httpkit.AsFailure(err); f != nil {
		return f.Kind()
	}
	return identity.KindOf(err)
}

func (t *Target) read(ctx context.Context, q targets.Query, sink targets.Sink) error {
	r := reader{t: t, sink: sink, users: map[string]record{}, whole: q.Accounts == nil}
	if err := t.users(ctx, q.Accounts, r.account); err != nil {
		return err
	}
	var err error
	if r.there, err = t.find(ctx, q.Entitlements, r.entitlement); err != nil {
		return err
	}
	if len(r.order) == 0 {
		return nil
	}
	if err := r.profiles(); err != nil {
		return err
	}
	if r.has(PermissionSet) || r.has(PermissionSetGroup) {
		if err := r.permissions(ctx); err != nil {
			return err
		}
	}
	if r.has(PublicGroup) {
		return r.groups(ctx)
	}
	return nil
}

// reader is one read on its way.
type reader struct {
	t     *Target
	sink  targets.Sink
	users map[string]record
	order []string // ids of users, as they came
	there things
	// whole is true where all accounts are read.
	whole bool
}

func (r *reader) account(user record) error {
	id := text(user, "Id")
	if r.users[id] != nil {
		return nil // asked for twice, by name and by id
	}
	r.users[id] = user
	r.order = append(r.order, id)
	return r.sink.Account(r.t.account(user))
}

func (r *reader) entitlement(x thing) error {
	if e, ok := r.t.shown(x); ok {
		return r.sink.Entitlement(e)
	}
	return nil
}

func (r *reader) has(kind string) bool {
	for _, x := range r.there.byID {
		if x.kind == kind {
			return true
		}
	}
	return false
}

// profiles passes on who has which profile: it is a field of the user.
func (r *reader) profiles() error {
	for _, id := range r.order {
		x, ok := r.there.byID[text(r.users[id], "ProfileId")]
		if !ok {
			continue
		}
		e, ok := r.t.shown(x)
		if !ok {
			continue
		}
		if err := r.sink.Assignment(targets.Assignment{AccountID: id, Entitlement: e.Address, Indirect: e.ReadOnly}); err != nil {
			return err
		}
	}
	return nil
}

// eachOf runs a query for the accounts of the read: for all at once, or portion by
// portion.
func (r *reader) eachOf(ctx context.Context, fields, object, field, where string, ids []string, take func(record) error) error {
	if ids == nil {
		return r.t.query(ctx, fields, object, where, take)
	}
	for _, part := range portions(ids) {
		if err := r.t.query(ctx, fields, object, within(field, part), take); err != nil {
			return err
		}
	}
	return nil
}

// scope are the ids of the accounts of the read; nil for all.
func (r *reader) scope() []string {
	if r.whole {
		return nil
	}
	return r.order
}

const assignmentFields = "Id, AssigneeId, PermissionSetId, PermissionSetGroupId, ExpirationDate, IsActive"

// permissions passes on who has which permission set or group of them.
func (r *reader) permissions(ctx context.Context) error {
	held := map[[2]string]bool{}
	return r.eachOf(ctx, assignmentFields, "PermissionSetAssignment", "AssigneeId", "PermissionSet.IsOwnedByProfile = false", r.scope(), func(row record) error {
		x, ok := r.there.byID[given(row)]
		user := text(row, "AssigneeId")
		until, live := r.t.live(row)
		if !ok || !live || r.users[user] == nil || held[[2]string{user, x.id}] {
			return nil
		}
		held[[2]string{user, x.id}] = true
		return r.sink.Assignment(targets.Assignment{AccountID: user, Entitlement: r.t.entitlement(x), NotAfter: until})
	})
}

// given is the id of what a row of PermissionSetAssignment gives.
func given(row record) string {
	if group := text(row, "PermissionSetGroupId"); group != "" {
		return group
	}
	return text(row, "PermissionSetId")
}

// timeForm is how Salesforce writes times.
const timeForm = "2006-01-02T15:04:05.000-0700"

// live reports until when an assignment is good, and whether it is at all: one that has
// ended stays as a row, with its end, and is not active. What has no end is held, whatever
// else is said of it: a removal too many does no harm.
func (t *Target) live(row record) (until time.Time, live bool) {
	end := text(row, "ExpirationDate")
	if end == "" {
		return time.Time{}, true
	}
	if active, said := row["IsActive"].(bool); said && !active {
		return time.Time{}, false
	}
	until, err := time.Parse(timeForm, end)
	if err != nil {
		until, err = time.Parse(time.RFC3339, end)
	}
	if err != nil {
		return time.Time{}, true // it has an end that we cannot read: it is held
	}
	return until.UTC(), t.now().Before(until)
}

// groups passes on who is in which public group, directly or through groups inside it.
func (r *reader) groups(ctx context.Context) error {
	parents := map[string][]string{}
	level := r.scope()
	for first := true; first || len(level) > 0; first = false {
		var above []string
		err := r.eachOf(ctx, "Id, GroupId, UserOrGroupId", "GroupMember", "UserOrGroupId", "", level, func(row record) error {
			member, group := text(row, "UserOrGroupId"), text(row, "GroupId")
			if parents[group] == nil {
				above = append(above, group)
				parents[group] = []string{}
			}
			parents[member] = append(parents[member], group)
			return nil
		})
		if err != nil {
			return err
		}
		if r.whole {
			break
		}
		level = above
	}
	for _, id := range r.order {
		if err := r.groupsOf(id, parents); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) groupsOf(user string, parents map[string][]string) error {
	visited := map[string]bool{}
	level := parents[user]
	for depth := 0; len(level) > 0; depth++ {
		var above []string
		for _, group := range level {
			if visited[group] {
				continue
			}
			visited[group] = true
			above = append(above, parents[group]...)
			x, ok := r.there.byID[group]
			if !ok {
				continue
			}
			if err := r.sink.Assignment(targets.Assignment{AccountID: user, Entitlement: r.t.entitlement(x), Indirect: depth > 0}); err != nil {
				return err
			}
		}
		level = above
	}
	return nil
}

// account turns a user into an account.
func (t *Target) account(user record) targets.Account {
	active, _ := user["IsActive"].(bool)
	a := targets.Account{ID: text(user, "Id"), Name: text(user, t.nameField()), Active: active, Attributes: identity.Attributes{}}
	for _, f := range t.fields {
		a.Attributes.Set(f.hub, text(user, f.to))
	}
	if at, err := time.Parse("2006-01-02T15:04:05.000-0700", text(user, "LastLoginDate")); err == nil {
		a.LastUsed = at.UTC()
	}
	return a
}

// userFields are what is read of users.
func (t *Target) userFields() string {
	out := []string{"Id", "Username", "IsActive", "ProfileId", "LastLoginDate"}
	if t.nameField() != "Username" {
		out = append(out, t.nameField())
	}
	for _, f := range t.fields {
		out = append(out, f.to)
	}
	return strings.Join(out, ", ")
}

// users reads the wanted users; nil means all. Those without a name are not ours to know:
// nothing could name them.
func (t *Target) users(ctx context.Context, wanted []targets.Account, take func(record) error) error {
	pass := func(user record) error {
		if text(user, t.nameField()) == "" {
			return nil
		}
		return take(user)
	}
	const people = "UserType = 'Standard'"
	if wanted == nil {
		return t.query(ctx, t.userFields(), "User", people, pass)
	}
	var ids, names []string
	for _, a := range wanted {
		if a.ID == "" {
			names = append(names, a.Name)
		} else if idForm.MatchString(a.ID) {
			ids = append(ids, a.ID)
		}
	}
	for field, values := range map[string][]string{"Id": ids, t.nameField(): names} {
		for _, part := range portions(values) {
			if err := t.query(ctx, t.userFields(), "User", within(field, part)+" AND "+people, pass); err != nil {
				return err
			}
		}
	}
	return nil
}
