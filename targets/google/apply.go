package google

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// longestExpiry is how far ahead Drive takes an end; Google says a year.
const longestExpiry = 365 * 24 * time.Hour

// Apply makes ops true, one after the other: Google has no request for several.
func (t *Target) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	a := &application{t: t, made: map[string]user{}, known: map[string]user{}, roles: map[string]group{}}
	results := make([]targets.Result, len(ops))
	for i, op := range ops {
		results[i] = a.take(ctx, op)
	}
	return results
}

// application is one Apply on its way.
type application struct {
	t *Target
	// made are the users that were made in this call, by name; known those that
	// were asked for, by id.
	made, known map[string]user
	// roles are the groups, by address and id, that stand for a role on a drive.
	roles map[string]group
	// halt is why nothing more is sent.
	halt error
}

func (a *application) take(ctx context.Context, op targets.Op) targets.Result {
	if err := a.t.check(op); err != nil {
		return targets.Failed(op, targets.Refused, identity.Invalid, err)
	}
	if err := ctx.Err(); err != nil {
		return targets.Failed(op, targets.Unreachable, identity.Unavailable, err)
	}
	if a.halt != nil {
		return looked(op, a.halt)
	}
	r := a.one(ctx, op)
	if hopeless(r) {
		a.halt = r.Err
	}
	return r
}

func (a *application) one(ctx context.Context, op targets.Op) targets.Result {
	switch op.Action {
	case targets.CreateAccount:
		return a.create(ctx, op)
	case targets.UpdateAccount:
		return a.update(ctx, op)
	case targets.EnableAccount, targets.DisableAccount:
		return a.suspend(ctx, op)
	case targets.DeleteAccount:
		return a.delete(ctx, op)
	case targets.CreateEntitlement:
		return a.t.createEntitlement(ctx, op)
	}
	switch op.Entitlement.Kind {
	case kindDrive:
		return a.driveMember(ctx, op)
	case kindFile:
		return a.file(ctx, op)
	}
	return a.groupMember(ctx, op)
}

// login is what Google takes for a user's or group's address.
var login = regexp.MustCompile(`^[A-Za-z0-9_'-]+(\.[A-Za-z0-9_'-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$`)

func checkAddress(what, address string) error {
	local, _, _ := strings.Cut(address, "@")
	if !login.MatchString(address) || len(local) > 64 {
		return fmt.Errorf("%q cannot be the address of a %s: letters, digits, dashes, underscores, apostrophes and dots, at most 64 before the @", address, what)
	}
	return nil
}

// check refuses what cannot be asked.
func (t *Target) check(op targets.Op) error {
	manage := errors.New("users are not managed here: allow it with users: {manage: true}")
	switch op.Action {
	case targets.CreateAccount, targets.UpdateAccount, targets.EnableAccount, targets.DisableAccount, targets.DeleteAccount:
		if !t.config.Users.Manage {
			return manage
		}
	case targets.CreateEntitlement:
		if !t.config.Groups.Create {
			return errors.New("groups are not created here: allow it with groups: {create: true}, or make the group by hand")
		}
	case targets.Add, targets.Remove:
	default:
		return fmt.Errorf("%q is not something Google Workspace does", op.Action)
	}
	if op.Action != targets.CreateEntitlement && op.Account.ID == "" && op.Account.Name == "" {
		return errors.New("the op names no account")
	}
	for _, s := range []string{op.Account.ID, op.Account.Name, op.Entitlement.ID} {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) || s == "." || s == ".." {
			return fmt.Errorf("%q is not a name", s)
		}
	}
	switch op.Action {
	case targets.CreateAccount:
		return checkAddress("user", op.Account.Name)
	case targets.UpdateAccount:
		if op.Account.Name != "" {
			return checkAddress("user", op.Account.Name)
		}
	case targets.CreateEntitlement, targets.Add, targets.Remove:
		return t.checkEntitlement(op.Entitlement)
	}
	return nil
}

// accountID is the id of the op's account: the one it names, or the one that its name
// leads to.
func (a *application) accountID(ctx context.Context, op targets.Op) (string, error) {
	if op.Account.ID != "" {
		return op.Account.ID, nil
	}
	u, err := a.user(ctx, op)
	return u.id(), err
}

// user finds the op's account, asking once in a call.
func (a *application) user(ctx context.Context, op targets.Op) (user, error) {
	if u := a.known[op.Account.ID]; u != nil {
		return u, nil
	}
	if u := a.made[fold(op.Account.Name)]; u != nil && op.Account.ID == "" {
		return u, nil
	}
	u, err := a.t.find(ctx, op.Account)
	if err == nil {
		a.known[u.id()] = u
	}
	return u, err
}

// forget drops what is known of users: names may mean others now, or nobody.
func (a *application) forget() {
	clear(a.made)
	clear(a.known)
}

// done and already are results that tell the account's id.
func done(id string) targets.Result {
	return targets.Result{Outcome: targets.Done, AccountID: id}
}

func already(id string) targets.Result {
	return targets.Result{Outcome: targets.Already, AccountID: id}
}

// settled is the result of a write, with the account's id where it worked.
func settled(op targets.Op, id string, err error) targets.Result {
	r := httpkit.Result(op, err)
	r.AccountID = id
	return r
}
