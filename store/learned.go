package store

import "context"

// LearnedAttribute is an attribute that a source's resources have in an extension
// that nobody declared.
type LearnedAttribute struct {
	Schema, Name string
	Kind         string // SCIM's name of the type
	Multi        bool
}

// LearnedAttributes returns what was learned of a source, by schema and name.
func (tx *Tx) LearnedAttributes(ctx context.Context, source string) ([]LearnedAttribute, error) {
	return list(ctx, tx, func(row scanner) (a LearnedAttribute, err error) {
		return a, row.Scan(&a.Schema, &a.Name, &a.Kind, &a.Multi)
	}, "SELECT schema, name, kind, multi FROM learned_attributes WHERE source = ? ORDER BY schema, name", source)
}

// Learn keeps attributes that are new; what is known of the others stays.
func (tx *Tx) Learn(ctx context.Context, source string, more []LearnedAttribute) error {
	into := bulk{
		table: "learned_attributes", conflict: "DO NOTHING",
		columns: concat(words("source", "schema", "name", "kind"), truths("multi"), ints("seen")),
	}
	return into.write(ctx, tx, len(more), func(i int, v []any) {
		v[0], v[1], v[2], v[3], v[4], v[5] = source, more[i].Schema, more[i].Name, more[i].Kind, more[i].Multi, micros(tx.now)
	})
}
