package main

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"time"

	"birthright/bench/measure"
	"birthright/identity"
	"birthright/store"
)

func userName(n int) string { return fmt.Sprintf("u%07d", n) }

// batch is how many people one transaction writes.
const batch = 20_000

// fill writes the people and what they are members of, as a run would have left it.
func (b *bench) fill(ctx context.Context) error {
	for first := 1; first <= b.count; first += batch {
		if err := b.db.Update(ctx, func(tx *store.Tx) error { return b.fillSome(ctx, tx, first) }); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) fillSome(ctx context.Context, tx *store.Tx, first int) error {
	users := make([]*identity.User, 0, batch)
	for n := first; n < first+batch && n <= b.count; n++ {
		users = append(users, &identity.User{UserName: userName(n), State: identity.Active, Attributes: identity.Attributes{
			identity.AttrUserName: {userName(n)}, identity.AttrDepartment: {fmt.Sprintf("D%d", n%departments)}, identity.AttrTitle: {fmt.Sprintf("T%d", n%titles)},
			identity.AttrTeam: {fmt.Sprintf("M%d", n%2000)}, identity.AttrManager: {userName(1 + (n/10)%(max(b.count/10, 1)))},
		}})
	}
	if err := tx.SaveUsers(ctx, users); err != nil {
		return err
	}
	causes := map[string]int64{}
	for _, rule := range []string{"all", "department", "other"} {
		n, err := tx.CauseSetNumber(ctx, []identity.Cause{{Kind: identity.CauseRule, Name: rule}})
		if err != nil {
			return err
		}
		causes[rule] = n
	}
	numbers, err := tx.GroupNumbers(ctx, groupNames(), true)
	if err != nil {
		return err
	}
	rows := make([]store.MembershipRow, 0, groupsEach*batch)
	for _, u := range users {
		add := func(name, rule string) {
			rows = append(rows, store.MembershipRow{UserN: u.N, GroupN: numbers[name], CausesN: causes[rule], Since: time.Now().UnixMicro()})
		}
		add("everyone", "all")
		add("department-d"+u.Attributes.First(identity.AttrDepartment)[1:], "department")
		for g := 1; g <= groupsEach-2; g++ {
			add(fmt.Sprintf("g%d-t%s", g, u.Attributes.First(identity.AttrTitle)[1:]), "other")
		}
	}
	return tx.ChangeMemberships(ctx, rows, nil)
}

func groupNames() []string {
	names := []string{"everyone"}
	for d := range departments {
		names = append(names, fmt.Sprintf("department-d%d", d))
	}
	for g := 1; g <= groupsEach-2; g++ {
		for t := range titles {
			names = append(names, fmt.Sprintf("g%d-t%d", g, t))
		}
	}
	return names
}

// floor reads the same rows and writes as many, as one would by hand.
func (b *bench) floor(ctx context.Context, dir string, result *measure.Result) error {
	began := time.Now()
	read, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "hub.db")+"?mode=ro")
	if err != nil {
		return err
	}
	defer read.Close()
	write, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "floor.db")+"?_pragma=journal_mode(WAL)")
	if err != nil {
		return err
	}
	defer write.Close()
	if _, err := write.ExecContext(ctx, "CREATE TABLE items (n INTEGER PRIMARY KEY, user_n INTEGER, user_name TEXT, group_name TEXT, since INTEGER, facts TEXT)"); err != nil {
		return err
	}
	names := map[int64]string{}
	err = each(ctx, read, "SELECT n, user_name, attributes FROM users", func(rows *sql.Rows) error {
		var n int64
		var name, attributes string
		err := rows.Scan(&n, &name, &attributes)
		names[n] = name
		return err
	})
	if err != nil {
		return err
	}
	tx, err := write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	insert, err := tx.PrepareContext(ctx, "INSERT INTO items (user_n, user_name, group_name, since, facts) VALUES (?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	err = each(ctx, read, "SELECT m.user_n, g.name, m.since FROM groups g JOIN memberships m ON m.group_n = g.n WHERE g.name LIKE 'department-%'", func(rows *sql.Rows) error {
		var n, since int64
		var group string
		if err := rows.Scan(&n, &group, &since); err != nil {
			return err
		}
		result.Counts["rows"]++
		_, err := insert.ExecContext(ctx, n, names[n], group, since, `{"alike":12,"peers":400,"because":"a rule gives it"}`)
		return err
	})
	if err != nil {
		return err
	}
	err = tx.Commit()
	result.Figures["floor"] = time.Since(began).Seconds()
	return err
}

func each(ctx context.Context, db *sql.DB, query string, scan func(*sql.Rows) error) error {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
