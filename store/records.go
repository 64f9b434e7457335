package store

import (
	"cmp"
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"birthright/audit"
	"birthright/identity"
	"birthright/migrations"
)

// RecordState is the little that an import needs to see that a record has not
// changed.
type RecordState struct {
	N, UserN int64
	Digest   [16]byte // see Digest
	Live     bool     // the source still has it
	Held     bool     // it waits for a person to say whose it is
}

// RecordQuery selects live records, ordered by N.
type RecordQuery struct {
	Source string // "" for all sources
	// Attr and Value ask for records whose attribute equals Value. "id",
	// userName, externalId and email (the primary one) are looked up by index;
	// any other attribute is searched for. userName and email compare without
	// letter case.
	Attr, Value string
	// Held asks for records that wait for a person only.
	Held bool
	// AfterN and Offset skip; Limit bounds the answer, 0 for no bound.
	AfterN        int64
	Offset, Limit int
}

var recordColumns = concat(ints("n"), words("id", "source", "key"), ints("user_n"),
	words("held_reason", "user_name", "external_id", "email", "name"), blobs("digest"),
	ints("created", "modified", "gone_at"), words("attributes"), blobs("payload"), ofKind("text[]::jsonb", []string{"search"}), ints("version"))

const selectRecords = `SELECT n, id, source, key, user_n, held_reason, created, modified, gone_at, version, attributes, payload FROM records `

func readRecord(row scanner) (identity.Record, error) {
	var r identity.Record
	var created, modified, gone int64
	var attributes string
	err := row.Scan(&r.N, &r.ID, &r.Source, &r.Key, &r.UserN, &r.HeldReason, &created, &modified, &gone, &r.Version, &attributes, &r.Payload)
	if err != nil {
		return r, err
	}
	r.Created, r.Modified, r.GoneAt = instant(created), instant(modified), instant(gone)
	if len(r.Payload) == 0 {
		r.Payload = nil
	}
	if r.Attributes, err = parseAttributes(attributes); err != nil {
		return r, fmt.Errorf("attributes of record %d: %w", r.N, err)
	}
	return r, nil
}

// RecordByID returns the live record of source with the hub's identifier id;
// kind NotFound where there is none.
func (tx *Tx) RecordByID(ctx context.Context, source, id string) (identity.Record, error) {
	// By id alone: asked for the source as well, SQLite would walk all that is
	// the source's.
	found, err := list(ctx, tx, readRecord, selectRecords+"WHERE id IN {texts}", texts{id})
	if err == nil && (len(found) == 0 || found[0].Source != source || !found[0].Live()) {
		err = notFound("record", id)
	}
	if err != nil {
		return identity.Record{}, err
	}
	return found[0], nil
}

// RecordNamed returns the identifier of a live record of source with this
// userName, without regard to letter case, other than the one with the
// identifier but; "" where there is none.
func (tx *Tx) RecordNamed(ctx context.Context, source, userName, but string) (id string, err error) {
	err = tx.each(ctx, func(row scanner) error {
		var other string
		var gone int64
		if err := row.Scan(&other, &gone); err != nil {
			return err
		}
		if gone == 0 && other != but {
			id = other
		}
		return nil
	}, "SELECT id, gone_at FROM records WHERE source = ? AND user_name IN {texts}", source, texts{fold(userName)})
	return id, err
}

// RecordsByKey returns the records of source with these keys, gone ones
// included, by key.
func (tx *Tx) RecordsByKey(ctx context.Context, source string, keys []string) (map[string]identity.Record, error) {
	out := make(map[string]identity.Record, len(keys))
	err := tx.each(ctx, func(row scanner) error {
		r, err := readRecord(row)
		out[r.Key] = r
		return err
	}, selectRecords+"WHERE source = ? AND key IN {texts}", source, texts(keys))
	return out, err
}

// RecordDigests returns the state of the records of source with these keys, by
// key.
func (tx *Tx) RecordDigests(ctx context.Context, source string, keys []string) (map[string]RecordState, error) {
	out := make(map[string]RecordState, len(keys))
	err := tx.each(ctx, func(row scanner) error {
		var s RecordState
		var key string
		var digest []byte
		if err := row.Scan(&key, &s.N, &s.UserN, &digest, &s.Live, &s.Held); err != nil {
			return err
		}
		copy(s.Digest[:], digest)
		out[key] = s
		return nil
	}, "SELECT key, n, user_n, digest, gone_at = 0, held_reason <> '' FROM records WHERE source = ? AND key IN {texts}", source, texts(keys))
	return out, err
}

// RecordsOfUsers returns the records of each user, live and gone, sorted by
// source and key.
func (tx *Tx) RecordsOfUsers(ctx context.Context, userNs []int64) (map[int64][]identity.Record, error) {
	out := make(map[int64][]identity.Record, len(userNs))
	err := tx.each(ctx, func(row scanner) error {
		r, err := readRecord(row)
		out[r.UserN] = append(out[r.UserN], r)
		return err
	}, selectRecords+"WHERE user_n IN {numbers} AND user_n <> 0 ORDER BY user_n, source, key", numbers(userNs))
	return out, err
}

// Records returns the live records that q selects, and how many there are
// without AfterN, Offset and Limit.
func (tx *Tx) Records(ctx context.Context, q RecordQuery) (records []identity.Record, total int, err error) {
	s := tx.bun.NewSelect().Table("records").Where("gone_at = 0").
		Column("n", "id", "source", "key", "user_n", "held_reason", "created", "modified", "gone_at", "version", "attributes", "payload")
	if q.Source != "" {
		s = s.Where("source = ?", q.Source)
	}
	if q.Held {
		s = s.Where("held_reason <> ''")
	}
	if !isText(q.Value) {
		return nil, 0, nil
	}
	s = tx.whereAttribute(s, q.Attr, q.Value)
	return paged(ctx, s, readRecord, q.AfterN, q.Offset, q.Limit)
}

func (tx *Tx) whereAttribute(s *bun.SelectQuery, attr, value string) *bun.SelectQuery {
	switch attr {
	case "":
		return s
	case "id":
		return s.Where("id = ?", value)
	case identity.AttrUserName:
		return s.Where("user_name = ?", fold(value))
	case identity.AttrExternalID:
		return s.Where("external_id = ? AND external_id <> ''", value)
	case identity.AttrEmail:
		return s.Where("email = ? AND email <> ''", fold(value))
	}
	if tx.db.dialect == migrations.Postgres {
		return s.Where("jsonb_exists(attributes::jsonb -> ?, ?)", attr, value)
	}
	return s.Where("EXISTS (SELECT 1 FROM json_each(attributes) a, json_each(a.value) v WHERE a.key = ? AND v.value = ?)", attr, value)
}

// paged counts what s selects and reads the part that is asked for, by n.
func paged[T any](ctx context.Context, s *bun.SelectQuery, read func(scanner) (T, error), after int64, offset, limit int) ([]T, int, error) {
	total, err := s.Count(ctx)
	if err != nil {
		return nil, 0, err
	}
	s = s.Where("n > ?", after).Order("n").Offset(int64(offset)).Limit(bound(limit))
	found, err := selected(ctx, s, read)
	return found, int(total), err
}

// selected runs s and returns every row as read makes it.
func selected[T any](ctx context.Context, s *bun.SelectQuery, read func(scanner) (T, error)) ([]T, error) {
	rows, err := s.Rows(ctx)
	if err != nil {
		return nil, err
	}
	var out []T
	err = drain(rows, func(row scanner) error {
		one, err := read(row)
		out = append(out, one)
		return err
	})
	return out, err
}

// LiveRecords returns the numbers of the live records of source, ascending.
func (tx *Tx) LiveRecords(ctx context.Context, source string) ([]int64, error) {
	return list(ctx, tx, readNumber, "SELECT n FROM records WHERE source = ? AND gone_at = 0 ORDER BY n", source)
}

// RecordKeys returns the sources' own keys of the records with these numbers.
func (tx *Tx) RecordKeys(ctx context.Context, ns []int64) (map[int64]string, error) {
	out := make(map[int64]string, len(ns))
	err := tx.each(ctx, func(row scanner) error {
		var n int64
		var key string
		err := row.Scan(&n, &key)
		out[n] = key
		return err
	}, "SELECT n, key FROM records WHERE n IN {numbers}", numbers(ns))
	return out, err
}

// RecordOwners returns the keys of the records with these numbers, and whose they are, by
// number.
func (tx *Tx) RecordOwners(ctx context.Context, ns []int64) ([]RecordOwner, error) {
	return list(ctx, tx, func(row scanner) (o RecordOwner, err error) {
		return o, row.Scan(&o.N, &o.Key, &o.UserN)
	}, "SELECT n, key, user_n FROM records WHERE n IN {numbers} ORDER BY n", numbers(ns))
}

// RecordOwner is whose a record is; UserN is 0 where nobody is known.
type RecordOwner struct {
	N, UserN int64
	Key      string
}

// SaveRecords inserts or replaces records. A record with N 0 is looked for by
// Source and Key; one that is new gets its N, its ID unless it has one, and,
// where Key is "", that ID as its Key. Created, Modified and Version are set. The
// given records are filled in; they mean nothing if the transaction fails.
func (tx *Tx) SaveRecords(ctx context.Context, records []*identity.Record, events ...audit.Event) error {
	for _, r := range records {
		if r.ID == "" && r.N == 0 && r.Key == "" {
			r.ID = tx.db.o.NewID()
		}
		r.Key = cmp.Or(r.Key, r.ID)
	}
	err := tx.identify(ctx, "records", len(records), func(i int) keyed {
		r := records[i]
		return keyed{n: &r.N, id: &r.ID, source: r.Source, key: r.Key, created: &r.Created, modified: &r.Modified}
	})
	if err != nil {
		return err
	}
	search, err := tx.indexRecords(ctx, records)
	if err != nil {
		return err
	}
	into := bulk{"records", recordColumns, replacing("n", recordColumns, "version", "modified") + movedOn}
	err = into.write(ctx, tx, len(records), func(i int, v []any) { fillRecord(records[i], search[i], v) })
	for _, r := range records {
		r.Version++
	}
	return tx.note(err, events)
}

// movedOn counts a record's version up, and its time of modification on, where what
// the source says of it differs: whose it is, is the hub's own affair.
const movedOn = `,
	version = CASE WHEN records.digest = excluded.digest AND (records.gone_at = 0) = (excluded.gone_at = 0) THEN records.version ELSE records.version + 1 END,
	modified = CASE WHEN records.digest = excluded.digest AND (records.gone_at = 0) = (excluded.gone_at = 0) THEN records.modified ELSE excluded.modified END`

func fillRecord(r *identity.Record, search string, v []any) {
	a := r.Attributes
	text := attributesText(a)
	digest := digestOf(text, r.Payload)
	v[0], v[1], v[2], v[3], v[4], v[5] = r.N, r.ID, r.Source, r.Key, r.UserN, r.HeldReason
	v[6], v[7], v[8] = fold(plain(a, identity.AttrUserName)), plain(a, identity.AttrExternalID), fold(plain(a, identity.AttrEmail))
	v[9] = cmp.Or(plain(a, identity.AttrDisplayName), plain(a, identity.AttrUserName))
	v[10], v[11], v[12], v[13] = digest[:], micros(r.Created), micros(r.Modified), micros(r.GoneAt)
	v[14], v[15], v[16], v[17] = text, blob(r.Payload), search, int64(1)
}

// CountRecords counts what a source has told and not taken back; CountLimit at most.
func (tx *Tx) CountRecords(ctx context.Context, source string) (int, error) {
	n, err := tx.number(ctx, "SELECT count(*) FROM (SELECT 1 AS one FROM records WHERE source = ? AND gone_at = 0 LIMIT 100000) AS some", source)
	return int(n), err
}
