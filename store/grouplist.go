package store

import (
	"context"
	"strings"
	"time"

	"birthright/audit"
	"birthright/migrations"
)

// PeopledGroups returns up to limit registered groups with members, by name, that follow
// one and have a text in their name.
func (tx *Tx) PeopledGroups(ctx context.Context, after, search string, limit int) ([]string, error) {
	if !isText(after) || !isText(search) {
		return nil, nil
	}
	return list(ctx, tx, func(row scanner) (name string, err error) { err = row.Scan(&name); return name, err },
		`SELECT name FROM groups WHERE name > ? AND (? = '' OR name LIKE ? ESCAPE '!')
		AND EXISTS (SELECT 1 FROM membership_counts c WHERE c.group_n = groups.n) ORDER BY name LIMIT ?`,
		after, search, contains(search), bound(limit))
}

// MemberFilter selects members of one group, by name.
type MemberFilter struct {
	GroupN int64
	// Search is found anywhere in user name, display name or email, without letter case.
	Search string
	// After continues behind the member of this name.
	After string
	Limit int // 0 for no bound
}

// MembersNamed returns members of a group by name. Members is how many the group has: of
// a few, all are sorted; of many, the next are found among everybody.
func (tx *Tx) MembersNamed(ctx context.Context, f MemberFilter, members int) ([]MembershipRow, error) {
	if !isText(f.Search) || !isText(f.After) {
		return nil, nil
	}
	var c conditions
	c.add("m.group_n = ?", f.GroupN)
	c.add("u.n = m.user_n")
	if f.After != "" {
		c.add("u.folded > ?", fold(f.After))
	}
	few, err := tx.few(ctx, members, f.Limit)
	if err != nil {
		return nil, err
	}
	switch {
	case f.Search != "" && few:
		c.add(within(tx.db.dialect), fold(f.Search))
	case f.Search != "":
		ns, err := tx.usersWith(ctx, f.Search)
		if err != nil || len(ns) == 0 {
			return nil, err
		}
		c.add("u.n IN {numbers}", numbers(ns))
	}
	from := "users AS u CROSS JOIN memberships AS m"
	if few {
		from = "memberships AS m CROSS JOIN users AS u"
		if tx.db.dialect == migrations.SQLite {
			from = strings.Replace(from, " CROSS", " INDEXED BY memberships_group CROSS", 1)
		}
	}
	where, args := c.where()
	return list(ctx, tx, readMembership, "SELECT m.user_n, m.group_n, m.causes_n, m.since, m.ends_at, m.policy_n FROM "+from+" "+where+
		" ORDER BY u.folded LIMIT ?", append(args, bound(f.Limit))...)
}

// few reports whether it is less to look at all of so many members than to walk through
// everybody for a page of them.
func (tx *Tx) few(ctx context.Context, members, limit int) (bool, error) {
	everybody, err := tx.number(ctx, "SELECT COALESCE(max(n), 0) FROM users")
	return limit == 0 || int64(members)*int64(members) <= int64(limit)*everybody, err
}

// StretchesAt returns up to limit of those who were in a group at an instant, by number,
// that follow one.
func (tx *Tx) StretchesAt(ctx context.Context, groupN int64, at time.Time, afterUserN int64, limit int) ([]Stretch, error) {
	then := micros(at)
	return list(ctx, tx, readStretch, selectStretches+"WHERE group_n = ? AND user_n > ? AND "+stretchFrom+" <= ? UNION ALL "+
		selectPastStretches+"WHERE group_n = ? AND user_n > ? AND from_at <= ? AND until_at > ?"+byStretch+" LIMIT ?",
		groupN, afterUserN, then, groupN, afterUserN, then, then, bound(limit))
}

// ChangesOf returns up to limit changes of a user that were planned by an instant, newest
// first.
func (tx *Tx) ChangesOf(ctx context.Context, userN int64, by time.Time, limit int) ([]ChangeRow, error) {
	return list(ctx, tx, readChange, selectChanges+"WHERE user_n = ? AND planned_at <= ? ORDER BY planned_at DESC, id DESC LIMIT ?", userN, micros(by), bound(limit))
}

// AuditAbout returns up to limit records of the log about a subject within a time, newest
// first, but for some actions.
func (tx *Tx) AuditAbout(ctx context.Context, subject string, from, by time.Time, limit int, without ...string) ([]audit.Record, error) {
	if !isText(subject) {
		return nil, nil
	}
	return list(ctx, tx, readAudit, "SELECT seq, at, actor, action, subject, run, detail, prev, hash FROM audit "+
		"WHERE subject = ? AND at >= ? AND at <= ? AND action NOT IN {texts} ORDER BY seq DESC LIMIT ?", subject, micros(from), micros(by), texts(without), bound(limit))
}
