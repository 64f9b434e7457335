package store

import (
	"context"
	"encoding/json"
	"time"

	"birthright/audit"
)

// PolicyRow is one loading of the policy. The same policy may be loaded again
// later: then two rows have one hash.
type PolicyRow struct {
	N        int64 // given by KeepPolicy: counts the loadings from 1, without gaps
	Hash     string
	LoadedAt time.Time // given by KeepPolicy
	LoadedBy string    // as in the audit log: operator:NAME
	// Groups and Rules are how many it has.
	Groups, Rules int
	// Changes is how it differs from loading N - 1, as JSON that is its maker's
	// business; nil where that cannot be told.
	Changes json.RawMessage
	// Files are what was read, to the letter.
	Files []PolicyFile
}

// PolicyFile is one file of a policy.
type PolicyFile struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// policyVersionLength is how much of the hash people get to see.
const policyVersionLength = 12

// Version is a short form of the hash, for people.
func (p PolicyRow) Version() string { return p.Hash[:min(policyVersionLength, len(p.Hash))] }

var policyColumns = concat(ints("n"), words("hash"), ints("loaded_at"), words("loaded_by"), ints("groups", "rules"), words("changes"), blobs("files"))

// KeepPolicy keeps a loading, numbers it and says when it was.
func (tx *Tx) KeepPolicy(ctx context.Context, p *PolicyRow, events ...audit.Event) error {
	files, err := pack(p.Files)
	if err != nil {
		return err
	}
	n, err := tx.take(ctx, "policy_versions", 1)
	if err != nil {
		return err
	}
	p.N, p.LoadedAt = n, tx.now
	into := bulk{table: "policy_versions", columns: policyColumns}
	err = into.write(ctx, tx, 1, func(_ int, v []any) {
		v[0], v[1], v[2], v[3] = p.N, p.Hash, micros(p.LoadedAt), p.LoadedBy
		v[4], v[5], v[6], v[7] = int64(p.Groups), int64(p.Rules), string(p.Changes), files
	})
	return tx.note(err, events)
}

const selectPolicies = "SELECT n, hash, loaded_at, loaded_by, groups, rules, changes FROM policy_versions "

func readPolicy(row scanner) (p PolicyRow, err error) {
	var at int64
	var changes string
	err = row.Scan(&p.N, &p.Hash, &at, &p.LoadedBy, &p.Groups, &p.Rules, &changes)
	p.LoadedAt = instant(at)
	if changes != "" {
		p.Changes = json.RawMessage(changes)
	}
	return p, err
}

// Policies returns loadings without their files, the newest first. A limit of 0
// is no bound.
func (tx *Tx) Policies(ctx context.Context, limit int) ([]PolicyRow, error) {
	return list(ctx, tx, readPolicy, selectPolicies+"ORDER BY n DESC LIMIT ?", bound(limit))
}

// PoliciesBelow is Policies of those before loading n; 0 is no bound.
func (tx *Tx) PoliciesBelow(ctx context.Context, n int64, limit int) ([]PolicyRow, error) {
	if n == 0 {
		return tx.Policies(ctx, limit)
	}
	return list(ctx, tx, readPolicy, selectPolicies+"WHERE n < ? ORDER BY n DESC LIMIT ?", n, bound(limit))
}

// PoliciesByN returns these loadings without their files, by number.
func (tx *Tx) PoliciesByN(ctx context.Context, ns []int64) ([]PolicyRow, error) {
	return list(ctx, tx, readPolicy, selectPolicies+"WHERE n IN {numbers} ORDER BY n", numbers(ns))
}

// PoliciesByHash returns the loadings whose hash begins with prefix, which is
// hexadecimal, without their files, the newest first.
func (tx *Tx) PoliciesByHash(ctx context.Context, prefix string) ([]PolicyRow, error) {
	if !isText(prefix) {
		return nil, nil
	}
	return list(ctx, tx, readPolicy, selectPolicies+"WHERE hash >= ? AND hash < ? ORDER BY n DESC", prefix, prefix+"g")
}

// PolicyNumber returns the number of the last loading of the policy with this
// hash, 0 for one that was not kept.
func (tx *Tx) PolicyNumber(ctx context.Context, hash string) (int64, error) {
	return tx.number(ctx, "SELECT n FROM policy_versions WHERE hash = ? ORDER BY n DESC LIMIT 1", hash)
}

// PolicyFiles returns the files of a loading, nil for a number that nothing has.
func (tx *Tx) PolicyFiles(ctx context.Context, n int64) (files []PolicyFile, err error) {
	err = tx.each(ctx, func(row scanner) (err error) {
		var packed []byte
		if err = row.Scan(&packed); err == nil {
			files, err = unpack[[]PolicyFile](packed)
		}
		return err
	}, "SELECT files FROM policy_versions WHERE n = ?", n)
	return files, err
}
