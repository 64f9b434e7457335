package store

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"birthright/audit"
)

// The kinds of HeldRow.
const (
	HeldRemoval   = "removal"   // too many removals that nobody ordered
	HeldMissing   = "missing"   // a source lost unusually many people
	HeldAmbiguous = "ambiguous" // a record that could be several users'
	HeldEmptied   = "emptied"   // a push that takes most of a large group away
)

// HeldRow is something a guard stopped until a person releases it.
type HeldRow struct {
	ID, Kind                  string
	Source, Target            string
	UserN, RecordN            int64
	Subject, Action           string
	Entitlement, Reason       string
	Data                      map[string]any // JSON-encodable; numbers come back as json.Number
	Created, ReleasedAt       time.Time      // Created is set when first saved, unless given
	ReleasedBy, ReleaseReason string
	// Somebody looked at it and said that it must not happen: it stays held, and nobody
	// is asked about it again. It is released or refused, never both.
	RefusedAt               time.Time
	RefusedBy, RefuseReason string
}

// Open reports whether it still waits for a person.
func (h HeldRow) Open() bool { return h.ReleasedAt.IsZero() && h.RefusedAt.IsZero() }

// HeldFilter selects held rows, oldest first. Empty fields do not filter.
type HeldFilter struct {
	Kind, Target, Source string
	UserNs               []int64 // only what concerns these users
	Open                 bool    // only those that nobody released or refused
	// After is the position behind which to begin, Limit how many there may be; 0 is no
	// bound.
	After HeldPosition
	Limit int
}

// HeldPosition is where a row stands in the list; the zero one is before all.
type HeldPosition struct {
	Created time.Time
	ID      string
}

var heldColumns = concat(words("id", "kind", "source", "target"), ints("user_n", "record_n"),
	words("subject", "action", "entitlement", "reason", "data"), ints("created", "released_at"), words("released_by", "release_reason"),
	ints("refused_at"), words("refused_by", "refuse_reason"))

func readHeld(row scanner) (HeldRow, error) {
	var h HeldRow
	var data string
	var created, released, refused int64
	err := row.Scan(&h.ID, &h.Kind, &h.Source, &h.Target, &h.UserN, &h.RecordN, &h.Subject, &h.Action, &h.Entitlement, &h.Reason,
		&data, &created, &released, &h.ReleasedBy, &h.ReleaseReason, &refused, &h.RefusedBy, &h.RefuseReason)
	if err != nil {
		return h, err
	}
	h.Created, h.ReleasedAt, h.RefusedAt = instant(created), instant(released), instant(refused)
	dec := json.NewDecoder(strings.NewReader(data))
	dec.UseNumber()
	return h, dec.Decode(&h.Data)
}

// SaveHeld inserts rows, or replaces them but for Created, by ID. A new row
// without an ID gets one, also in rows.
func (tx *Tx) SaveHeld(ctx context.Context, rows []HeldRow, events ...audit.Event) error {
	data := make([]string, len(rows))
	seen := make(map[string]bool, len(rows))
	for i, h := range rows {
		text, err := json.Marshal(h.Data)
		if err != nil {
			return invalid("save held", h.Subject, err)
		}
		if h.ID == "" {
			rows[i].ID = tx.db.o.NewID()
		}
		if seen[rows[i].ID] {
			return invalid("save held", h.ID, errTwice)
		}
		data[i], seen[rows[i].ID] = string(text), true
	}
	into := bulk{"held", heldColumns, replacing("id", heldColumns, "created")}
	err := into.write(ctx, tx, len(rows), func(i int, v []any) {
		h := rows[i]
		v[0], v[1], v[2], v[3], v[4], v[5] = h.ID, h.Kind, h.Source, h.Target, h.UserN, h.RecordN
		v[6], v[7], v[8], v[9], v[10] = h.Subject, h.Action, h.Entitlement, printable(h.Reason), data[i]
		v[11], v[12], v[13], v[14] = micros(orNow(h.Created, tx.now)), micros(h.ReleasedAt), h.ReleasedBy, printable(h.ReleaseReason)
		v[15], v[16], v[17] = micros(h.RefusedAt), h.RefusedBy, printable(h.RefuseReason)
	})
	return tx.note(err, events)
}

// Held returns the rows that f selects, oldest first.
func (tx *Tx) Held(ctx context.Context, f HeldFilter) ([]HeldRow, error) {
	s := tx.bun.NewSelect().Table("held").Column(names(heldColumns)...).Order("created", "id")
	for column, value := range map[string]string{"kind": f.Kind, "target": f.Target, "source": f.Source} {
		if value != "" {
			s = s.Where(column+" = ?", value)
		}
	}
	if len(f.UserNs) > 0 {
		s = s.Where("user_n IN ?", bun.Tuple(f.UserNs))
	}
	if f.Open {
		s = s.Where("released_at = 0 AND refused_at = 0")
	}
	if f.After != (HeldPosition{}) {
		s = s.Where("(created, id) > (?, ?)", micros(f.After.Created), f.After.ID)
	}
	if f.Limit > 0 {
		s = s.Limit(int64(f.Limit))
	}
	return selected(ctx, s, readHeld)
}

// HeldByID returns one row; kind NotFound where there is none.
func (tx *Tx) HeldByID(ctx context.Context, id string) (HeldRow, error) {
	if !isText(id) {
		return HeldRow{}, notFound("held change", id)
	}
	found, err := selected(ctx, tx.bun.NewSelect().Table("held").Column(names(heldColumns)...).Where("id = ?", id), readHeld)
	if err == nil && len(found) == 0 {
		err = notFound("held change", id)
	}
	if err != nil {
		return HeldRow{}, err
	}
	return found[0], nil
}

// DropHeld deletes rows: what they held is no longer so.
func (tx *Tx) DropHeld(ctx context.Context, ids []string, events ...audit.Event) error {
	return tx.note(tx.exec(ctx, "DELETE FROM held WHERE id IN {texts}", texts(ids)), events)
}

// HeldCount is how many rows of one kind on one target, or of one source, nobody has
// looked at.
type HeldCount struct {
	Kind, Source, Target string
	N                    int
}

// CountHeld returns how much waits for a person, by kind, source and target.
func (tx *Tx) CountHeld(ctx context.Context) ([]HeldCount, error) {
	return list(ctx, tx, func(row scanner) (c HeldCount, err error) {
		return c, row.Scan(&c.Kind, &c.Source, &c.Target, &c.N)
	}, `SELECT kind, source, target, count(*) FROM held WHERE released_at = 0 AND refused_at = 0
		GROUP BY kind, source, target ORDER BY kind, source, target`)
}
