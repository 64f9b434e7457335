package store_test

import (
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/store"
)

// What the migration makes of people and memberships that were there before is what is
// kept of those that come later.
func TestListsOfWhatWasThereBefore(t *testing.T) {
	for kind, driver := range map[string]string{"sqlite": "sqlite", "postgres": "pgx"} {
		t.Run(kind, func(t *testing.T) {
			url := databases[kind](t)
			db := open(t, url, store.Options{})
			var users []*identity.User
			for i := range 60 {
				users = append(users, &identity.User{UserName: fmt.Sprint("U", i), State: identity.Active, Attributes: identity.Attributes{"displayName": {"Zoë\x1e\x1f x"}}})
			}
			err := db.Update(t.Context(), func(tx *store.Tx) error {
				if err := tx.SaveUsers(t.Context(), users); err != nil {
					return err
				}
				rows := []store.MembershipRow{{UserN: 1, GroupN: 1, CausesN: 1}, {UserN: 2, GroupN: 1, CausesN: 1}, {UserN: 2, GroupN: 2, CausesN: 3}}
				return tx.ChangeMemberships(t.Context(), rows, nil)
			})
			if err != nil {
				t.Fatal(err)
			}
			raw, err := sql.Open(driver, strings.TrimPrefix(url, "sqlite:"))
			if err != nil {
				t.Fatal(err)
			}
			defer raw.Close()
			saved := dump(t, raw)
			text, err := os.ReadFile("../migrations/" + kind + "/00017_lists.sql")
			if err != nil {
				t.Fatal(err)
			}
			for _, table := range []string{"user_texts", "membership_counts"} {
				_, fill, _ := strings.Cut(string(text), "INSERT INTO "+table)
				fill, _, _ = strings.Cut(fill, ";")
				for _, statement := range []string{"DELETE FROM " + table, "INSERT INTO " + table + fill} {
					if _, err := raw.ExecContext(t.Context(), statement); err != nil {
						t.Fatal(err)
					}
				}
			}
			if diff := cmp.Diff(saved, dump(t, raw)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// dump returns the tables that the migration fills.
func dump(t *testing.T, raw *sql.DB) (lines []string) {
	t.Helper()
	for _, query := range []string{
		"SELECT block || ' ' || text FROM user_texts ORDER BY block",
		"SELECT group_n || ' ' || causes_n || ' ' || members FROM membership_counts ORDER BY group_n, causes_n",
	} {
		rows, err := raw.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			lines = append(lines, line)
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(lines) != 3+2 {
		t.Errorf("%d lines: %q", len(lines), lines)
	}
	return lines
}
