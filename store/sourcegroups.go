package store

import (
	"cmp"
	"context"

	"birthright/audit"
	"birthright/identity"
)

// SourceGroupQuery selects groups of sources, ordered by N.
type SourceGroupQuery struct {
	Source string // "" for all sources
	// Attr is "id", "externalId" (the key) or "displayName" (compared without
	// letter case), or "" for all groups; any other attribute finds none.
	Attr, Value   string
	AfterN        int64
	Offset, Limit int // Limit 0 for no bound
}

var sourceGroupColumns = concat(ints("n"), words("id", "source", "key", "name", "folded"), blobs("payload"), ints("created", "modified"),
	ofKind("text[]::jsonb", []string{"search"}), ints("version"))

const selectSourceGroups = `SELECT g.n, g.id, g.source, g.key, g.name, g.payload, g.created, g.modified, g.version FROM source_groups g `

func readSourceGroup(row scanner) (identity.SourceGroup, error) {
	var g identity.SourceGroup
	var created, modified int64
	err := row.Scan(&g.N, &g.ID, &g.Source, &g.Key, &g.Name, &g.Payload, &created, &modified, &g.Version)
	g.Created, g.Modified = instant(created), instant(modified)
	if len(g.Payload) == 0 {
		g.Payload = nil
	}
	return g, err
}

// SourceGroupByID returns the group of source with the hub's identifier id;
// kind NotFound where there is none.
func (tx *Tx) SourceGroupByID(ctx context.Context, source, id string) (identity.SourceGroup, error) {
	found, err := list(ctx, tx, readSourceGroup, selectSourceGroups+"WHERE g.id IN {texts}", texts{id}) // as in RecordByID
	if err == nil && (len(found) == 0 || found[0].Source != source) {
		err = notFound("group", id)
	}
	if err != nil {
		return identity.SourceGroup{}, err
	}
	return found[0], nil
}

// SourceGroupsByKey returns the groups of source with these keys, by key.
func (tx *Tx) SourceGroupsByKey(ctx context.Context, source string, keys []string) (map[string]identity.SourceGroup, error) {
	out := make(map[string]identity.SourceGroup, len(keys))
	err := tx.each(ctx, func(row scanner) error {
		g, err := readSourceGroup(row)
		out[g.Key] = g
		return err
	}, selectSourceGroups+"WHERE g.source = ? AND g.key IN {texts}", source, texts(keys))
	return out, err
}

// SourceGroups returns the groups that q selects, and how many there are
// without AfterN, Offset and Limit.
func (tx *Tx) SourceGroups(ctx context.Context, q SourceGroupQuery) (groups []identity.SourceGroup, total int, err error) {
	s := tx.bun.NewSelect().Table("source_groups").Column("n", "id", "source", "key", "name", "payload", "created", "modified", "version")
	if q.Source != "" {
		s = s.Where("source = ?", q.Source)
	}
	if !isText(q.Value) {
		return nil, 0, nil
	}
	switch q.Attr {
	case "":
	case "id":
		s = s.Where("id = ?", q.Value)
	case "externalId":
		s = s.Where("key = ?", q.Value)
	case "displayName":
		s = s.Where("folded = ?", fold(q.Value))
	default:
		return nil, 0, nil
	}
	return paged(ctx, s, readSourceGroup, q.AfterN, q.Offset, q.Limit)
}

// SaveSourceGroups inserts or replaces groups, without their members; see
// SaveRecords for what is filled in.
func (tx *Tx) SaveSourceGroups(ctx context.Context, groups []*identity.SourceGroup, events ...audit.Event) error {
	for _, g := range groups {
		if g.ID == "" && g.N == 0 && g.Key == "" {
			g.ID = tx.db.o.NewID()
		}
		g.Key = cmp.Or(g.Key, g.ID)
	}
	err := tx.identify(ctx, "source_groups", len(groups), func(i int) keyed {
		g := groups[i]
		return keyed{n: &g.N, id: &g.ID, source: g.Source, key: g.Key, created: &g.Created, modified: &g.Modified}
	})
	if err != nil {
		return err
	}
	search, err := tx.indexGroups(ctx, groups)
	if err != nil {
		return err
	}
	into := bulk{"source_groups", sourceGroupColumns, replacing("n", sourceGroupColumns, "version") + ", version = source_groups.version + 1"}
	err = into.write(ctx, tx, len(groups), func(i int, v []any) {
		g := groups[i]
		v[0], v[1], v[2], v[3], v[4], v[5] = g.N, g.ID, g.Source, g.Key, g.Name, fold(g.Name)
		v[6], v[7], v[8], v[9], v[10] = blob(g.Payload), micros(g.Created), micros(g.Modified), search[i], int64(1)
	})
	for _, g := range groups {
		g.Version++
	}
	return tx.note(err, events)
}

// DeleteSourceGroups deletes groups, their members, and them as members of
// others. Ask UsersUnderGroups first whom that concerns.
func (tx *Tx) DeleteSourceGroups(ctx context.Context, ns []int64, events ...audit.Event) error {
	if err := tx.unindexGroups(ctx, ns); err != nil {
		return err
	}
	for _, statement := range []string{
		"DELETE FROM source_members WHERE group_n IN {numbers}",
		"DELETE FROM source_members WHERE is_group = TRUE AND member_n IN {numbers}",
		"DELETE FROM source_groups WHERE n IN {numbers}",
	} {
		if err := tx.exec(ctx, statement, numbers(ns)); err != nil {
			return err
		}
	}
	return tx.note(nil, events)
}

// GroupsOfRecord returns the groups that the record is a direct member of, by N.
func (tx *Tx) GroupsOfRecord(ctx context.Context, recordN int64) ([]identity.SourceGroup, error) {
	return list(ctx, tx, readSourceGroup, selectSourceGroups+`JOIN source_members m ON m.group_n = g.n
		WHERE m.is_group = FALSE AND m.member_n = ? ORDER BY g.n`, recordN)
}

// GroupsOfRecords returns the groups that the live records of source with these
// identifiers are direct members of, by identifier and N.
func (db *DB) GroupsOfRecords(ctx context.Context, source string, ids []string) (map[string][]identity.SourceGroup, error) {
	out := map[string][]identity.SourceGroup{}
	err := db.alone(ctx, "use the database", func(row scanner) error {
		var id, of string
		g, err := readSourceGroup(after{row, []any{&id, &of}})
		if of == source {
			out[id] = append(out[id], g)
		}
		return err
	}, `SELECT r.id, r.source, g.n, g.id, g.source, g.key, g.name, g.payload, g.created, g.modified, g.version
		FROM records r JOIN source_members m ON m.is_group = FALSE AND m.member_n = r.n JOIN source_groups g ON g.n = m.group_n
		WHERE r.id IN {texts} AND r.gone_at = 0 ORDER BY g.n`, texts(ids))
	return out, err
}

// after reads a row that has other columns first.
type after struct {
	scanner
	first []any
}

// Scan implements scanner.
func (a after) Scan(into ...any) error { return a.scanner.Scan(append(a.first, into...)...) }

// SourceGroupNames returns the names of the groups with these numbers.
func (tx *Tx) SourceGroupNames(ctx context.Context, ns []int64) (map[int64]string, error) {
	out := make(map[int64]string, len(ns))
	err := tx.each(ctx, func(row scanner) error {
		var n int64
		var name string
		err := row.Scan(&n, &name)
		out[n] = name
		return err
	}, "SELECT n, name FROM source_groups WHERE n IN {numbers}", numbers(ns))
	return out, err
}
