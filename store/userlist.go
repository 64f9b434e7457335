package store

import (
	"context"
	"strings"

	"birthright/identity"
	"birthright/migrations"
)

// UserFilter selects users, ordered by name. Empty fields do not filter.
type UserFilter struct {
	State            identity.State
	Department, Team string
	// Search is found anywhere in user name, display name or email, without
	// letter case.
	Search string
	// After continues behind the user of this name.
	After string
	Limit int // 0 for no bound
}

// lookingFirst is where a text is looked for before everybody is looked at: among the
// next users in the order of names. What many have is on their first pages.
const lookingFirst = "(SELECT * FROM {from} {where} ORDER BY folded LIMIT 1000) AS users"

// Users returns the users that f selects. A page is read from where it begins; how many
// there are besides costs nothing.
func (tx *Tx) Users(ctx context.Context, f UserFilter) ([]identity.User, error) {
	for _, text := range []string{string(f.State), f.Department, f.Team, f.Search, f.After} {
		if !isText(text) {
			return nil, nil
		}
	}
	found, err := tx.usersLike(ctx, f)
	if err != nil {
		return nil, err
	}
	return found, tx.fillGroups(ctx, found)
}

func (tx *Tx) usersLike(ctx context.Context, f UserFilter) ([]identity.User, error) {
	from, c := f.way(tx.db.dialect)
	few := f.Team != "" || f.Department != "" // so few that each is looked at
	if f.Search == "" || few {
		if f.Search != "" {
			c.add(within(tx.db.dialect), fold(f.Search))
		}
		return tx.usersFrom(ctx, from, c, f.Limit)
	}
	if f.Limit > 0 {
		where, args := c.where()
		first := conditions{args: args}
		first.add(within(tx.db.dialect), fold(f.Search))
		found, err := tx.usersFrom(ctx, strings.NewReplacer("{from}", from, "{where}", where).Replace(lookingFirst), first, f.Limit)
		if err != nil || len(found) == f.Limit {
			return found, err
		}
	}
	ns, err := tx.usersWith(ctx, f.Search)
	if err != nil || len(ns) == 0 {
		return nil, err
	}
	c.add("n IN {numbers}", numbers(ns))
	return tx.usersFrom(ctx, "users", c, f.Limit)
}

// usersFrom reads users by name.
func (tx *Tx) usersFrom(ctx context.Context, from string, c conditions, limit int) ([]identity.User, error) {
	where, args := c.where()
	return list(ctx, tx, readUser, strings.Replace(selectUsers, "FROM users", "FROM "+from, 1)+where+" ORDER BY folded LIMIT ?", append(args, bound(limit))...)
}

// way is how f is answered, but for its text: the table with the index that leaves least,
// and the conditions. SQLite, which does not know how much an index leaves, is told.
func (f *UserFilter) way(d migrations.Dialect) (from string, c conditions) {
	c.text("team = ?", f.Team)
	c.text("department = ?", f.Department)
	c.text("state = ?", string(f.State))
	if f.After != "" {
		c.add("folded > ?", fold(f.After))
	}
	index := ""
	switch {
	case f.Team != "":
		index = "users_team"
	case f.Department != "":
		index = "users_department"
	case f.State != "":
		index = "users_state"
	}
	if d == migrations.Postgres || index == "" {
		return "users", c
	}
	return "users INDEXED BY " + index, c
}

// within is the condition that a text is somewhere in what is searched.
func within(d migrations.Dialect) string {
	if d == migrations.Postgres {
		return "strpos(search, ?) > 0"
	}
	return "instr(search, ?) > 0"
}

// UsersAfter returns up to limit users that follow one, by N.
func (tx *Tx) UsersAfter(ctx context.Context, n int64, limit int) ([]identity.User, error) {
	found, err := list(ctx, tx, readUser, selectUsers+"WHERE n > ? ORDER BY n LIMIT ?", n, bound(limit))
	if err != nil {
		return nil, err
	}
	return found, tx.fillGroups(ctx, found)
}
