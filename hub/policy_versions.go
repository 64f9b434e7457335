package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/rights"
	"birthright/rules"
	"birthright/store"
)

// PolicyVersion is one loading of the policy.
type PolicyVersion struct {
	N        int64      `json:"n"`
	Version  string     `json:"version"`
	Hash     string     `json:"hash"`
	LoadedAt *time.Time `json:"loaded_at"`
	LoadedBy string     `json:"loaded_by"`
	Groups   int        `json:"groups"`
	Rules    int        `json:"rules"`
	// Summary says in one line what changed.
	Summary string `json:"summary"`
}

// PolicyDetail is everything that is kept of one loading.
type PolicyDetail struct {
	PolicyVersion
	// Previous is the version before; "" for the first.
	Previous string `json:"previous"`
	// Changes are null where they cannot be told.
	Changes []rules.Change `json:"changes"`
	Files   []PolicyFile   `json:"files"`
}

// PolicyVersions lists the policies that were put in force, newest first.
func (h *Hub) PolicyVersions(ctx context.Context, a approval.Actor, after string, limit int) (out Page[PolicyVersion], err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadPolicy, rights.Relation{}); err != nil {
			return err
		}
		out, err = VersionsKept(ctx, s.tx, after, limit)
		return err
	})
	return out, err
}

// PolicyVersion returns one of them, by #N or N, or by the beginning of its hash.
func (h *Hub) PolicyVersion(ctx context.Context, a approval.Actor, name string) (out PolicyDetail, err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadPolicy, rights.Relation{}); err != nil {
			return err
		}
		out, err = VersionKept(ctx, s.tx, name)
		return err
	})
	return out, err
}

// VersionsKept is PolicyVersions for whoever is at the machine, also while the policy
// has faults.
func VersionsKept(ctx context.Context, tx *store.Tx, after string, limit int) (Page[PolicyVersion], error) {
	below, err := number(after)
	if err != nil {
		return Page[PolicyVersion]{}, err
	}
	rows, err := tx.PoliciesBelow(ctx, below, more(limit))
	if err != nil {
		return Page[PolicyVersion]{}, err
	}
	views := make([]PolicyVersion, len(rows))
	for i, row := range rows {
		if views[i], err = viewVersion(row); err != nil {
			return Page[PolicyVersion]{}, err
		}
	}
	return pageOf(views, limit, func(v PolicyVersion) string { return strconv.FormatInt(v.N, 10) }), nil
}

// VersionKept is PolicyVersion for whoever is at the machine.
func VersionKept(ctx context.Context, tx *store.Tx, name string) (out PolicyDetail, err error) {
	row, err := findPolicy(ctx, tx, name)
	if err != nil {
		return out, err
	}
	if out.PolicyVersion, err = viewVersion(row); err != nil {
		return out, err
	}
	if out.Changes, err = policyChanges(row); err != nil {
		return out, err
	}
	if out.Files, err = tx.PolicyFiles(ctx, row.N); err != nil {
		return out, err
	}
	before, err := tx.PoliciesByN(ctx, []int64{row.N - 1})
	for _, b := range before {
		out.Previous = b.Version()
	}
	return out, err
}

func viewVersion(row store.PolicyRow) (PolicyVersion, error) {
	changes, err := policyChanges(row)
	return PolicyVersion{
		N: row.N, Version: row.Version(), Hash: row.Hash, LoadedAt: instant(row.LoadedAt), LoadedBy: row.LoadedBy,
		Groups: row.Groups, Rules: row.Rules, Summary: changesLine(row, changes),
	}, err
}

// policyChanges reads what was kept; nil where it cannot be told.
func policyChanges(row store.PolicyRow) (changes []rules.Change, err error) {
	if row.Changes != nil {
		err = json.Unmarshal(row.Changes, &changes)
	}
	return changes, err
}

// changesNamed is how many changes a line names.
const changesNamed = 3

// changesLine says in one line what a version changed.
func changesLine(row store.PolicyRow, changes []rules.Change) string {
	switch {
	case row.N == 1:
		return "the first one"
	case changes == nil:
		return "not known: the version before cannot be read any more"
	case len(changes) == 0:
		return "nothing but its form"
	}
	var parts []string
	for i, c := range changes {
		if i == changesNamed && len(changes) > changesNamed+1 {
			parts = append(parts, fmt.Sprintf("and %d more", len(changes)-i))
			break
		}
		parts = append(parts, changeTitle(c))
	}
	return strings.Join(parts, ", ")
}

// changeTitle is a change without its texts: "rule engineers changed (when)".
func changeTitle(c rules.Change) string {
	switch c.Action {
	case rules.Reordered:
		return c.Kind + "s " + c.Action
	case rules.Changed:
		fields := make([]string, len(c.Fields))
		for i, f := range c.Fields {
			fields[i] = f.Field
		}
		return fmt.Sprintf("%s %s %s (%s)", c.Kind, c.Name, c.Action, strings.Join(fields, ", "))
	}
	return fmt.Sprintf("%s %s %s", c.Kind, c.Name, c.Action)
}

// findPolicy finds a loading by #N or N, or by the beginning of the hash: then
// the last one that has it.
func findPolicy(ctx context.Context, tx *store.Tx, name string) (store.PolicyRow, error) {
	digits, numbered := strings.CutPrefix(name, "#")
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
		rows, err := tx.PoliciesByN(ctx, []int64{n})
		if err != nil {
			return store.PolicyRow{}, err
		}
		if len(rows) == 1 {
			return rows[0], nil
		}
	}
	if numbered || name == "" {
		return store.PolicyRow{}, noPolicyVersion(name)
	}
	rows, err := tx.PoliciesByHash(ctx, strings.ToLower(name))
	if err != nil {
		return store.PolicyRow{}, err
	}
	if len(rows) == 0 {
		return store.PolicyRow{}, noPolicyVersion(name)
	}
	for _, row := range rows {
		if row.Hash != rows[0].Hash {
			return row, &identity.Error{
				Kind: identity.Invalid, Op: "find policy version", Object: name,
				Err: fmt.Errorf("it could be %s or %s", rows[0].Version(), row.Version()), Hint: "write more of the hash",
			}
		}
	}
	return rows[0], nil
}

func noPolicyVersion(name string) error {
	return &identity.Error{
		Kind: identity.NotFound, Op: "find policy version", Object: name, Err: errors.New("there is no such version"),
		Hint: "`birthright policy history` shows them",
	}
}
