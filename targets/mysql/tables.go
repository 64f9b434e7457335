package mysql

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// contents reads the server's tables. Accounts come before what they hold, so that
// one which is made meanwhile is not there rather than without its roles.
func (w *wire) contents(ctx context.Context, of *scope) (c contents, err error) {
	ctx, cancel := context.WithTimeout(ctx, w.t.config.Timeout)
	defer cancel()
	query, args := w.at.dialect.principals(of)
	err = w.rows(ctx, query, args, func(row *sql.Rows) error {
		p, role := principal{}, ""
		err := row.Scan(&p.user, &p.host, &p.role, &p.locked, &p.super, &role)
		if role != "" {
			p.defaults = []id{roleID(w.at.dialect, role)}
		}
		c.principals = append(c.principals, p)
		return err
	})
	if err != nil {
		return c, err
	}
	query, args = w.at.dialect.grants(of)
	err = w.rows(ctx, query, args, func(row *sql.Rows) error {
		g := grant{}
		err := row.Scan(&g.role.user, &g.role.host, &g.holder.user, &g.holder.host, &g.admin)
		c.grants = append(c.grants, g)
		return err
	})
	if err != nil {
		return c, err
	}
	return c, w.addDefaults(ctx, &c, of)
}

// addDefaults asks for the default roles where they are kept apart.
func (w *wire) addDefaults(ctx context.Context, c *contents, of *scope) error {
	query, args := w.at.dialect.defaults(of)
	if query == "" {
		return nil
	}
	found := map[id][]id{}
	err := w.rows(ctx, query, args, func(row *sql.Rows) error {
		var role, account id
		err := row.Scan(&role.user, &role.host, &account.user, &account.host)
		found[account] = append(found[account], role)
		return err
	})
	for i := range c.principals {
		c.principals[i].defaults = found[c.principals[i].id]
	}
	return err
}

// rows hands each row of an answer to scan. An answer that was cut is an error.
func (w *wire) rows(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) error {
	w.t.calls.Add(1)
	rows, err := w.QueryContext(ctx, query, args...)
	if err != nil {
		return heard(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return heard(err)
	}
	return ctx.Err() // a cancelled read must not pass for a short one
}

func (w *wire) connections(ctx context.Context, users []string) (found []connection, err error) {
	ctx, cancel := context.WithTimeout(ctx, w.t.config.Timeout)
	defer cancel()
	condition, args := among("USER", users)
	err = w.rows(ctx, "SELECT ID, USER, HOST FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() AND "+condition, args,
		func(row *sql.Rows) error {
			var c connection
			err := row.Scan(&c.number, &c.user, &c.host)
			found = append(found, c)
			return err
		})
	return found, err
}

func (w *wire) kill(ctx context.Context, number uint64) error {
	ctx, cancel := context.WithTimeout(ctx, w.t.config.Timeout)
	defer cancel()
	w.t.calls.Add(1)
	_, err := w.ExecContext(ctx, fmt.Sprintf("KILL CONNECTION %d", number))
	return heard(err)
}

func (w *wire) hasPlugin(ctx context.Context, name string) (found bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, w.t.config.Timeout)
	defer cancel()
	err = w.rows(ctx, "SELECT PLUGIN_STATUS = 'ACTIVE' FROM information_schema.PLUGINS WHERE PLUGIN_NAME = ?", []any{name}, func(row *sql.Rows) error {
		return row.Scan(&found)
	})
	return found, err
}

// rights are taken from what the server says was granted to us: there is no other way
// to know without trying.
func (w *wire) rights(ctx context.Context) (rights, error) {
	ctx, cancel := context.WithTimeout(ctx, w.t.config.Timeout)
	defer cancel()
	global, own := map[string]bool{}, map[string]bool{}
	err := w.rows(ctx, "SHOW GRANTS", nil, func(row *sql.Rows) error {
		var line string
		err := row.Scan(&line)
		privileges, on := granted(line)
		for _, p := range privileges {
			switch on {
			case "*.*":
				global[p] = true
			case "mysql.*":
				own[p] = true
			}
		}
		return err
	})
	return w.at.dialect.rights(global, own), err
}

// granted takes a line of SHOW GRANTS apart: GRANT a, b ON what TO whom.
func granted(line string) (privileges []string, on string) {
	rest, isGrant := strings.CutPrefix(line, "GRANT ")
	list, rest, hasOn := strings.Cut(rest, " ON ")
	on, _, hasTo := strings.Cut(rest, " TO ")
	if !isGrant || !hasOn || !hasTo {
		return nil, ""
	}
	for _, p := range strings.Split(list, ",") {
		privileges = append(privileges, strings.ToUpper(strings.TrimSpace(p)))
	}
	return privileges, strings.ReplaceAll(on, "`", "")
}
