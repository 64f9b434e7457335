package postgres

import (
	"crypto/tls"
	"fmt"

	"github.com/jackc/pgx/v5"
)

const selectRoles = `SELECT r.oid::text, r.rolname::text, r.rolcanlogin, r.rolsuper, coalesce(shobj_description(r.oid, 'pg_authid'), '') FROM pg_roles r `

// byNameOrOID finds roles in one pass over all of them, whose cost does not grow with how
// many are asked for: a list in a subquery is hashed, one in ANY ($1) is gone through for
// each role as soon as the server has a plan for any list.
const byNameOrOID = `WHERE r.rolname::text IN (SELECT unnest($1::text[])) OR lower(r.rolname::text) IN (SELECT unnest($2::text[]))
	OR r.oid IN (SELECT unnest($3::text[]::oid[])) `

// roles reads the catalog.
func (w *wire) roles(names, oids []string) ([]*role, error) {
	query, args := selectRoles+"ORDER BY r.rolname", []any{}
	if names != nil {
		folded := make([]string, len(names))
		for i, n := range names {
			folded[i] = fold(n)
		}
		query = selectRoles + byNameOrOID + "ORDER BY r.rolname"
		args = []any{printable(names), printable(folded), nonNil(oids)}
	}
	return collect(w, query, args, func(row pgx.CollectableRow) (*role, error) {
		r := new(role)
		return r, row.Scan(&r.oid, &r.name, &r.login, &r.super, &r.comment)
	})
}

// collect gathers the rows of an answer. One that was cut is an error.
func collect[T any](w *wire, query string, args []any, scan pgx.RowToFunc[T]) ([]T, error) {
	w.c.t.calls.Add(1)
	rows, err := w.Query(w.ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scan)
}

func nonNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// holdings follows roles in roles at any depth.
func (w *wire) holdings(members []string) ([]holding, error) {
	from, args := "TRUE", []any{}
	if members != nil {
		from, args = "m.member = ANY ($1::text[]::oid[])", []any{members}
	}
	return collect(w, `WITH RECURSIVE held (member, roleid, direct) AS (
			SELECT m.member, m.roleid, TRUE FROM pg_auth_members m WHERE `+from+` AND `+w.conveys()+`
			UNION
			SELECT h.member, m.roleid, FALSE FROM held h JOIN pg_auth_members m ON m.member = h.roleid WHERE `+w.conveys()+`
		)
		SELECT member::text, roleid::text, bool_or(direct) FROM held GROUP BY member, roleid ORDER BY member, roleid`, args,
		func(row pgx.CollectableRow) (h holding, err error) {
			err = row.Scan(&h.member, &h.given, &h.direct)
			return h, err
		})
}

// conveys is the condition on pg_auth_members m that a grant gives anything. The
// admin's part that PostgreSQL 16 gives whoever makes a role gives nothing.
func (w *wire) conveys() string {
	if w.at.version < optionsSince {
		return "TRUE"
	}
	return "(m.inherit_option OR m.set_option)"
}

func (w *wire) grants(asked []pair) (map[pair][]grant, error) {
	var given, members []string
	for _, p := range asked {
		given, members = append(given, p.role), append(members, p.member)
	}
	type row struct {
		pair
		grant
	}
	rows, err := collect(w, `SELECT m.roleid::text, m.member::text, coalesce(g.rolname::text, ''), `+w.conveys()+`
		FROM unnest($1::text[]::oid[], $2::text[]::oid[]) AS asked (roleid, member)
		JOIN pg_auth_members m ON m.roleid = asked.roleid AND m.member = asked.member
		LEFT JOIN pg_roles g ON g.oid = m.grantor ORDER BY 1, 2, 3`, []any{given, members},
		func(r pgx.CollectableRow) (found row, err error) {
			err = r.Scan(&found.role, &found.member, &found.grantor, &found.conveys)
			return found, err
		})
	found := map[pair][]grant{}
	for _, r := range rows {
		found[r.pair] = append(found[r.pair], r.grant)
	}
	return found, err
}

func (w *wire) reaches(member, given *role) (bool, error) {
	results, err := w.run("SELECT pg_has_role(" + member.oid + "::oid, " + given.oid + "::oid, 'MEMBER')")
	return cell(results, 0) == "t", err
}

// ungivable returns those of some roles that we may not give. Up to PostgreSQL 15,
// CREATEROLE is enough to give any.
func (w *wire) ungivable(names []string) ([]string, error) {
	condition := "NOT pg_has_role(current_user, r.oid, 'MEMBER WITH ADMIN OPTION')"
	if w.at.version < optionsSince {
		condition += " AND NOT (SELECT rolcreaterole FROM pg_roles WHERE rolname = current_user)"
	}
	return collect(w, "SELECT r.rolname::text FROM pg_roles r WHERE r.rolname = ANY ($1::text[]) AND "+condition+" ORDER BY r.rolname",
		[]any{nonNil(names)}, pgx.RowTo[string])
}

func (w *wire) maySignal() (may bool, err error) {
	err = w.QueryRow(w.ctx, "SELECT pg_has_role(current_user, 'pg_signal_backend', 'USAGE')").Scan(&may)
	return may, err
}

// keeping says how the connection is kept from being overheard, "" if it is not.
func (w *wire) keeping() string {
	if conn, ok := w.PgConn().Conn().(*tls.Conn); ok {
		return "over " + tls.VersionName(conn.ConnectionState().Version)
	}
	if near(w.Config().Host) {
		return "in plain text, on this machine"
	}
	return ""
}

// theirs are the sessions of some accounts, and never our own. What kind of process
// one is, is shown to few.
const theirs = ` FROM pg_stat_activity WHERE coalesce(backend_type, 'client backend') = 'client backend' AND usesysid <> $3::text::oid AND pid <> pg_backend_pid()
	AND (usesysid = ANY ($1::text[]::oid[]) OR lower(usename) = ANY ($2::text[]))`

func (w *wire) terminate(wait int, oids, names []string) (n int, err error) {
	w.c.t.calls.Add(1)
	err = w.QueryRow(w.ctx, fmt.Sprintf("SELECT count(done) FROM (SELECT pg_terminate_backend(pid, %d) AS done"+theirs+") ended", wait),
		nonNil(oids), printable(nonNil(names)), w.at.self).Scan(&n)
	return n, err
}

// count looks again: the server's list is looked at once in a transaction, unless it
// is told to look anew.
func (w *wire) count(oids, names []string) (n int, err error) {
	if _, err := w.run("SELECT pg_stat_clear_snapshot()"); err != nil {
		return 0, err
	}
	err = w.QueryRow(w.ctx, "SELECT count(*)"+theirs, nonNil(oids), printable(nonNil(names)), w.at.self).Scan(&n)
	return n, err
}
