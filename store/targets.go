package store

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"birthright/audit"
	"birthright/identity"
)

// TargetState is what is remembered of a target between runs.
type TargetState struct {
	N         int64
	Name      string
	Watermark string
	// LastFullAt is the end of the last whole read, LastOKAt of the last pass
	// without an error.
	LastFullAt, LastOKAt time.Time
	LastError            string
	// Managed is how many assignments were the hub's after the last whole read.
	Managed int
}

type targetRow struct {
	bun.BaseModel `bun:"table:targets"`
	N             int64  `bun:"n,pk"`
	Name          string `bun:"name"`
	Watermark     string `bun:"watermark"`
	LastFullAt    int64  `bun:"last_full_at"`
	LastOKAt      int64  `bun:"last_ok_at"`
	LastError     string `bun:"last_error"`
	Managed       int    `bun:"managed"`
}

func (r targetRow) state() TargetState {
	return TargetState{r.N, r.Name, r.Watermark, instant(r.LastFullAt), instant(r.LastOKAt), r.LastError, r.Managed}
}

// TargetState returns what is remembered of the target called name. A new one
// gets its number, which in a View is an error.
func (tx *Tx) TargetState(ctx context.Context, name string) (TargetState, error) {
	var rows []targetRow
	if err := tx.bun.NewSelect().Model(&rows).Where("name = ?", name).Scan(ctx); err != nil {
		return TargetState{}, err
	}
	if len(rows) > 0 {
		return rows[0].state(), nil
	}
	if !tx.writes {
		return TargetState{}, notFound("target", name)
	}
	n, err := tx.take(ctx, "targets", 1)
	if err != nil {
		return TargetState{}, err
	}
	row := targetRow{N: n, Name: name}
	_, err = tx.bun.NewInsert().Model(&row).Exec(ctx)
	return row.state(), err
}

// TargetStates returns what is remembered of all targets, by name.
func (tx *Tx) TargetStates(ctx context.Context) ([]TargetState, error) {
	var rows []targetRow
	err := tx.bun.NewSelect().Model(&rows).Order("name").Scan(ctx)
	return mapped(rows, targetRow.state), err
}

// SaveTargetState replaces what is remembered of the target with the number s.N.
func (tx *Tx) SaveTargetState(ctx context.Context, s TargetState, events ...audit.Event) error {
	row := targetRow{N: s.N, Name: s.Name, Watermark: s.Watermark, LastFullAt: micros(s.LastFullAt), LastOKAt: micros(s.LastOKAt), LastError: printable(s.LastError), Managed: s.Managed}
	_, err := tx.bun.NewUpdate().Model(&row).WherePK().ExcludeColumn("n", "name").Exec(ctx)
	return tx.note(err, events)
}

// Forgotten counts what ForgetTarget forgot.
type Forgotten struct {
	Accounts    int `json:"accounts"`
	Assignments int `json:"assignments"`
}

// ForgetTarget drops what is remembered of who has what on a target, what it is owed
// included, and closes what was never known to be done there: a system that is no longer,
// or no longer the hub's. What was once seen on it stays in the history; should it come
// back, it is read whole before anything is done.
func (tx *Tx) ForgetTarget(ctx context.Context, s TargetState, events ...audit.Event) (Forgotten, error) {
	f, err := tx.countRemembered(ctx, s.N)
	if err != nil {
		return f, err
	}
	open, err := tx.OpenChanges(ctx, s.Name)
	if err != nil {
		return f, err
	}
	for i := range open {
		open[i].Outcome, open[i].Error, open[i].FinishedAt = "unknown", "the target was forgotten", tx.now
	}
	if err := tx.SaveChanges(ctx, open); err != nil {
		return f, err
	}
	for _, table := range []string{"assignments", "accounts", "session_ends"} {
		if err := tx.exec(ctx, "DELETE FROM "+table+" WHERE target_n = ?", s.N); err != nil {
			return f, err
		}
	}
	if err := tx.exec(ctx, "DELETE FROM work WHERE target = ?", s.Name); err != nil {
		return f, err
	}
	return f, tx.SaveTargetState(ctx, TargetState{N: s.N, Name: s.Name}, events...)
}

func (tx *Tx) countRemembered(ctx context.Context, targetN int64) (f Forgotten, err error) {
	accounts, err := tx.number(ctx, "SELECT count(*) FROM accounts WHERE target_n = ?", targetN)
	if err != nil {
		return f, err
	}
	held, err := tx.number(ctx, "SELECT count(*) FROM assignments WHERE target_n = ? AND observed = TRUE", targetN)
	return Forgotten{Accounts: int(accounts), Assignments: int(held)}, err
}

// EntitlementRow is an entitlement in the registry of addresses.
type EntitlementRow struct {
	N       int64
	Address identity.Entitlement
	Present bool   // the target was seen to have it
	Title   string // what the target calls it, "" where it has no other name
}

// EntitlementNumbers returns the numbers of these entitlements. With create,
// those that are new are registered; without, they are left out.
func (tx *Tx) EntitlementNumbers(ctx context.Context, addrs []identity.Entitlement, create bool) (map[identity.Entitlement]int64, error) {
	out := make(map[identity.Entitlement]int64, len(addrs))
	byTarget := map[string]textPairs{}
	for _, a := range addrs {
		byTarget[a.Target] = append(byTarget[a.Target], [2]string{a.Kind, a.ID})
	}
	for target, list := range byTarget {
		err := tx.each(ctx, func(row scanner) error {
			a := identity.Entitlement{Target: target}
			var n int64
			err := row.Scan(&n, &a.Kind, &a.ID)
			out[a] = n
			return err
		}, "SELECT n, kind, id FROM entitlements WHERE target = ? AND (kind, id) IN {textpairs}", target, list)
		if err != nil {
			return nil, err
		}
	}
	if !create {
		return out, nil
	}
	return out, tx.registerEntitlements(ctx, addrs, out)
}

func (tx *Tx) registerEntitlements(ctx context.Context, addrs []identity.Entitlement, known map[identity.Entitlement]int64) error {
	byAddress := map[string]identity.Entitlement{}
	numbered := map[string]int64{}
	keys := make([]string, 0, len(addrs))
	for _, a := range addrs {
		key := a.String()
		keys, byAddress[key] = append(keys, key), a
		if n, ok := known[a]; ok {
			numbered[key] = n
		}
	}
	fresh := missing(keys, numbered)
	return tx.register(ctx, "entitlements", fresh, func(key string, n int64) { known[byAddress[key]] = n }, func(first int64) error {
		into := bulk{table: "entitlements", columns: concat(ints("n"), words("target", "kind", "id"))}
		return into.write(ctx, tx, len(fresh), func(i int, v []any) {
			a := byAddress[fresh[i]]
			v[0], v[1], v[2], v[3] = first+int64(i), a.Target, a.Kind, a.ID
		})
	})
}

// Entitlements returns the registered entitlements of a target, by kind and id.
func (tx *Tx) Entitlements(ctx context.Context, target string) ([]EntitlementRow, error) {
	return list(ctx, tx, readEntitlement, "SELECT n, target, kind, id, present, title FROM entitlements WHERE target = ? ORDER BY kind, id", target)
}

// EntitlementsPage returns up to limit of a target's entitlements behind a kind and an id,
// those in whose kind or id a text is found in any letter case; 0 for all.
func (tx *Tx) EntitlementsPage(ctx context.Context, target, search, afterKind, afterID string, limit int) ([]EntitlementRow, error) {
	const page = "SELECT n, target, kind, id, present, title FROM entitlements WHERE target = ? AND (kind, id) > (?, ?) "
	if search == "" {
		return list(ctx, tx, readEntitlement, page+"ORDER BY kind, id LIMIT ?", target, afterKind, afterID, bound(limit))
	}
	if !isText(search) {
		return nil, nil
	}
	return list(ctx, tx, readEntitlement, page+"AND lower(kind || '/' || id) LIKE ? ESCAPE '!' ORDER BY kind, id LIMIT ?", target, afterKind, afterID, contains(search), bound(limit))
}

// EntitlementsByN returns the entitlements with these numbers, by number;
// unknown numbers are left out.
func (tx *Tx) EntitlementsByN(ctx context.Context, ns []int64) ([]EntitlementRow, error) {
	return list(ctx, tx, readEntitlement, "SELECT n, target, kind, id, present, title FROM entitlements WHERE n IN {numbers} ORDER BY n", numbers(ns))
}

func readEntitlement(row scanner) (e EntitlementRow, err error) {
	err = row.Scan(&e.N, &e.Address.Target, &e.Address.Kind, &e.Address.ID, &e.Present, &e.Title)
	return e, err
}

// Registry tells apart what was registered of groups and entitlements at two moments: it
// is the same as long as none has come, and none was seen or missed since.
type Registry struct{ Groups, Entitlements, Last, Present, LastLook int64 }

// Registry returns it as it is now.
func (tx *Tx) Registry(ctx context.Context) (r Registry, err error) {
	err = tx.each(ctx, func(row scanner) error { return row.Scan(&r.Groups, &r.Entitlements, &r.Last, &r.Present, &r.LastLook) },
		`SELECT (SELECT coalesce(max(n), 0) FROM groups), count(*), coalesce(max(n), 0), coalesce(sum(CASE WHEN present THEN 1 ELSE 0 END), 0),
		(SELECT CAST(coalesce(sum(last_full_at), 0) AS BIGINT) FROM targets) FROM entitlements`)
	return r, err
}

// NameEntitlements notes what targets call these entitlements, by number.
func (tx *Tx) NameEntitlements(ctx context.Context, titles map[int64]string) error {
	for _, n := range slices.Sorted(maps.Keys(titles)) {
		if err := tx.exec(ctx, "UPDATE entitlements SET title = ? WHERE n = ?", printable(titles[n]), n); err != nil {
			return err
		}
	}
	return nil
}

// SetEntitlementsPresent notes whether the target was seen to have them.
func (tx *Tx) SetEntitlementsPresent(ctx context.Context, ns []int64, present bool, events ...audit.Event) error {
	if len(ns) == 0 {
		return tx.note(nil, events)
	}
	return tx.note(tx.exec(ctx, "UPDATE entitlements SET present = ? WHERE n IN {numbers}", present, numbers(ns)), events)
}
