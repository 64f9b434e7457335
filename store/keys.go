package store

import "context"

// Key returns a key that the hub made for itself; nil where there is none yet.
func (tx *Tx) Key(ctx context.Context, name string) (value []byte, err error) {
	err = tx.each(ctx, func(row scanner) error { return row.Scan(&value) }, "SELECT value FROM keys WHERE name = ?", name)
	return value, err
}

// MakeKey returns the key of that name, or keeps value as it and returns that.
// Several replicas that start at once end up with the same key.
func (tx *Tx) MakeKey(ctx context.Context, name string, value []byte) ([]byte, error) {
	stored, err := tx.Key(ctx, name)
	if err != nil || stored != nil {
		return stored, err
	}
	return value, tx.exec(ctx, "INSERT INTO keys (name, value, created) VALUES (?, ?, ?)", name, value, micros(tx.now))
}

// SetKey replaces the key of that name.
func (tx *Tx) SetKey(ctx context.Context, name string, value []byte) error {
	return tx.exec(ctx, `INSERT INTO keys (name, value, created) VALUES (?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value, created = excluded.created`, name, value, micros(tx.now))
}
