package file

import (
	"bytes"
	"context"
	"errors"
	"io/fs"

	"birthright/identity"
	"birthright/targets"
)

// attempts is how often a call begins anew because somebody else changed the
// file while it was being changed here.
const attempts = 5

// Apply makes all ops true by one replacement of the file, or by none where
// nothing changes.
func (t *Target) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	if len(ops) == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return t.all(ops, targets.Unreachable, t.fault(identity.Unavailable, "apply", err, ""))
	}
	if _, _, err := t.bytes(); err != nil {
		return t.all(ops, outcomeOf(err), err)
	}
	unlock, err := lock(ctx, t.path)
	if err != nil {
		return t.all(ops, targets.Unreachable, t.fault(kindOf(err), "lock", err, "another program is writing the list"))
	}
	defer unlock()
	for range attempts {
		results, err := t.applyOnce(ops)
		if !errors.Is(err, errEdited) {
			return results
		}
	}
	return t.all(ops, targets.Unreachable, t.fault(identity.Conflict, "replace", errEdited, "something else writes the list all the time"))
}

// errEdited says that the file changed between reading and replacing it.
var errEdited = errors.New("the file was changed meanwhile")

// applyOnce reads, changes and replaces. errEdited asks to begin anew.
func (t *Target) applyOnce(ops []targets.Op) ([]targets.Result, error) {
	table, before, err := t.load()
	if err != nil {
		return t.all(ops, outcomeOf(err), err), nil
	}
	c := change{table: table, target: t.name, implicit: len(t.layout.columns) == 0, renamed: map[string]string{}}
	results := make([]targets.Result, len(ops))
	for i, op := range ops {
		results[i] = c.perform(op)
	}
	if !c.dirty {
		return results, nil
	}
	data, err := table.bytes()
	if err == nil {
		err = t.swap(before, data)
	}
	if errors.Is(err, errEdited) {
		return nil, err
	}
	if err != nil {
		t.withdraw(ops, results, err)
	}
	return results, nil
}

// swap replaces the file by data, if it still holds before.
func (t *Target) swap(before, data []byte) error {
	if t.beforeReplace != nil {
		t.beforeReplace()
	}
	path, now, err := t.bytes()
	if err != nil {
		return err
	}
	if (now == nil) != (before == nil) || !bytes.Equal(now, before) {
		return errEdited
	}
	return replace(path, data, t.mode)
}

// withdraw turns what was done in memory into what became of it: a file that
// was replaced but perhaps not kept by the disk is unknown.
func (t *Target) withdraw(ops []targets.Op, results []targets.Result, err error) {
	outcome := outcomeOf(err)
	var late *unsyncedError
	if errors.As(err, &late) {
		outcome = targets.Unknown
	}
	for i, failed := range t.all(ops, outcome, t.fault(kindOf(err), "replace", err, "")) {
		if results[i].Outcome == targets.Done {
			results[i] = failed
		}
	}
}

// all gives every op the same result.
func (t *Target) all(ops []targets.Op, outcome targets.Outcome, err error) []targets.Result {
	results := make([]targets.Result, len(ops))
	for i := range results {
		results[i] = targets.Result{Outcome: outcome, Err: err}
	}
	return results
}

// outcomeOf says what a failed read or write means: rights have to be given
// first, everything else may pass.
func outcomeOf(err error) targets.Outcome {
	if errors.Is(err, fs.ErrPermission) {
		return targets.Refused
	}
	return targets.Unreachable
}
