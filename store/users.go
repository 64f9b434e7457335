package store

import (
	"context"
	"fmt"

	"birthright/audit"
	"birthright/identity"
)

var userColumns = concat(ints("n"), words("id", "user_name", "folded", "state", "department", "team", "search"),
	ints("starts_at", "ends_at", "created", "modified"), words("attributes", "origins"))

const selectUsers = `SELECT n, id, user_name, state, starts_at, ends_at, created, modified, attributes, origins FROM users `

func readUser(row scanner) (identity.User, error) {
	var u identity.User
	var starts, ends, created, modified int64
	var state, attributes, origins string
	if err := row.Scan(&u.N, &u.ID, &u.UserName, &state, &starts, &ends, &created, &modified, &attributes, &origins); err != nil {
		return u, err
	}
	u.State = knownState(state)
	u.StartsAt, u.EndsAt, u.Created, u.Modified = instant(starts), instant(ends), instant(created), instant(modified)
	var err error
	if u.Attributes, err = parseAttributes(attributes); err != nil {
		return u, fmt.Errorf("attributes of user %d: %w", u.N, err)
	}
	if u.Origins, err = parseOrigins(origins); err != nil {
		return u, fmt.Errorf("origins of user %d: %w", u.N, err)
	}
	return u, nil
}

// knownState returns the constant where there is one, so that a million users
// share a handful of texts.
func knownState(text string) identity.State {
	for _, s := range []identity.State{identity.Active, identity.Left, identity.Suspended, identity.Staged, identity.OnLeave} {
		if string(s) == text {
			return s
		}
	}
	return identity.State(text)
}

// UserByN returns one user; kind NotFound where there is none.
func (tx *Tx) UserByN(ctx context.Context, n int64) (identity.User, error) {
	return tx.oneUser(ctx, fmt.Sprint("number ", n), "WHERE n = ?", n)
}

// UserByName returns the user with this name, without regard to letter case.
func (tx *Tx) UserByName(ctx context.Context, name string) (identity.User, error) {
	return tx.oneUser(ctx, name, "WHERE folded IN {texts}", texts{fold(name)})
}

// UserByID returns the user with this public identifier.
func (tx *Tx) UserByID(ctx context.Context, id string) (identity.User, error) {
	return tx.oneUser(ctx, id, "WHERE id IN {texts}", texts{id})
}

func (tx *Tx) oneUser(ctx context.Context, name, where string, arg any) (identity.User, error) {
	found, err := list(ctx, tx, readUser, selectUsers+where, arg)
	if err == nil && len(found) == 0 {
		err = notFound("user", name)
	}
	if err == nil {
		err = tx.fillGroups(ctx, found)
	}
	if err != nil {
		return identity.User{}, err
	}
	return found[0], nil
}

// UsersByN returns the users with these numbers, by N; numbers that nobody has
// are left out.
func (tx *Tx) UsersByN(ctx context.Context, ns []int64) ([]identity.User, error) {
	found, err := list(ctx, tx, readUser, selectUsers+"WHERE n IN {numbers} ORDER BY n", numbers(ns))
	if err != nil {
		return nil, err
	}
	return found, tx.fillGroups(ctx, found)
}

// EachUser hands every user to fn, by N. It reads them in pages: fn may use the
// transaction.
func (tx *Tx) EachUser(ctx context.Context, fn func(identity.User) error) error {
	var nesting *nesting
	return stream(func(after *identity.User) ([]identity.User, error) {
		from := int64(0)
		if after != nil {
			from = after.N
		}
		users, err := list(ctx, tx, readUser, selectUsers+"WHERE n > ? ORDER BY n LIMIT ?", from, page)
		if err != nil || len(users) == 0 {
			return nil, err
		}
		if nesting == nil {
			if nesting, err = tx.loadNesting(ctx); err != nil {
				return nil, err
			}
		}
		return users, tx.fillGroupsByNesting(ctx, users, nesting)
	}, fn)
}

// CountUsers returns how many users there are, in any state.
func (tx *Tx) CountUsers(ctx context.Context) (int, error) {
	n, err := tx.number(ctx, "SELECT count(*) FROM users")
	return int(n), err
}

// SaveUsers inserts users (N 0) or replaces them. New ones get their N and,
// unless they have one, their ID; Created and Modified are set. Groups are not
// saved: they follow from the sources' groups. A user name that somebody else
// has, without regard to letter case, is an error of kind Conflict that names
// it. The given users are filled in; they mean nothing if the transaction fails.
func (tx *Tx) SaveUsers(ctx context.Context, users []*identity.User, events ...audit.Event) error {
	return tx.note(tx.saveUsers(ctx, users), events)
}

func (tx *Tx) saveUsers(ctx context.Context, users []*identity.User) error {
	created := 0
	for _, u := range users {
		if u.N == 0 {
			created++
		}
	}
	if created > 0 {
		next, err := tx.take(ctx, "users", created)
		if err != nil {
			return err
		}
		for _, u := range users {
			if u.N == 0 {
				u.N = next
				next++
			}
		}
	}
	for _, u := range users {
		if u.ID == "" {
			u.ID = tx.db.o.NewID()
		}
		if u.Created.IsZero() {
			u.Created = tx.now
		}
		u.Modified = tx.now
	}
	if err := tx.freeNames(ctx, users); err != nil {
		return err
	}
	if err := tx.keepFormerUsers(ctx, users, created); err != nil {
		return err
	}
	stale, err := tx.staleTexts(ctx, users)
	if err != nil {
		return err
	}
	into := bulk{"users", userColumns, replacing("n", userColumns)}
	if err := into.write(ctx, tx, len(users), func(i int, v []any) { fillUser(users[i], v) }); err != nil {
		return err
	}
	return tx.saveTexts(ctx, stale)
}

func fillUser(u *identity.User, v []any) {
	a := u.Attributes
	v[0], v[1], v[2], v[3], v[4] = u.N, u.ID, u.UserName, fold(u.UserName), string(u.State)
	v[5], v[6] = plain(a, identity.AttrDepartment), plain(a, identity.AttrTeam)
	v[7] = searchText(u.UserName, a)
	v[8], v[9], v[10], v[11] = micros(u.StartsAt), micros(u.EndsAt), micros(u.Created), micros(u.Modified)
	v[12], v[13] = attributesText(a), originsText(u.Origins)
}

// freeNames sees that every name that users are about to have is free. Where
// one is freed by the same save (two users swap names), it is freed first.
func (tx *Tx) freeNames(ctx context.Context, users []*identity.User) error {
	byName := make(map[string]*identity.User, len(users))
	names := make(texts, len(users))
	for i, u := range users {
		names[i] = fold(u.UserName)
		if other := byName[names[i]]; other != nil && other.N != u.N {
			return nameTaken(u.UserName)
		}
		byName[names[i]] = u
	}
	owners := map[int64]string{}
	err := tx.each(ctx, func(row scanner) error {
		var n int64
		var name string
		if err := row.Scan(&n, &name); err != nil {
			return err
		}
		if byName[name].N != n {
			owners[n] = name
		}
		return nil
	}, "SELECT n, folded FROM users WHERE folded IN {texts}", names)
	if err != nil || len(owners) == 0 {
		return err
	}
	for _, u := range users {
		delete(owners, u.N) // it gets another name now
	}
	for _, name := range owners {
		return nameTaken(byName[name].UserName)
	}
	ns := make(numbers, len(users))
	for i, u := range users {
		ns[i] = u.N
	}
	// No name begins with a line feed and ends in a number like this.
	return tx.exec(ctx, "UPDATE users SET folded = '\n' || n WHERE n IN {numbers}", ns)
}

func nameTaken(name string) error {
	return &identity.Error{
		Kind: identity.Conflict, Op: "save user", Object: name,
		Err: fmt.Errorf("the user name %q is taken by another user", name),
	}
}
