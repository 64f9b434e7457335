package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/identity"
	"birthright/rules"
	"birthright/store"
)

// policyVersionView is one loading of the policy as programs see it.
type policyVersionView struct {
	N        int64  `json:"n"`
	Version  string `json:"version"`
	Hash     string `json:"hash"`
	LoadedAt any    `json:"loaded_at"`
	LoadedBy string `json:"loaded_by"`
	Groups   int    `json:"groups"`
	Rules    int    `json:"rules"`
	// Summary says in one line what changed.
	Summary string `json:"summary"`
}

func viewPolicyVersion(row store.PolicyRow) (policyVersionView, error) {
	changes, err := policyChanges(row)
	return policyVersionView{
		N: row.N, Version: row.Version(), Hash: row.Hash, LoadedAt: timeOrNil(row.LoadedAt), LoadedBy: row.LoadedBy,
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

// withDatabase opens the database alone: what was kept can be looked at while
// the policy files have faults.
func (p *program) withDatabase(do func(ctx context.Context, db *store.DB, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) (err error) {
		cfg, err := p.loadConfig()
		if err != nil {
			return err
		}
		db, err := app.OpenDatabase(cmd.Context(), cfg, app.Options{Now: time.Now, Log: p.log()})
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		return do(cmd.Context(), db, args)
	}
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
