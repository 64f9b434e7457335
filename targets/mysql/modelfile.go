package mysql

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"birthright/identity"
)

// kept is the model's contents in its file. Ids are written as SQL spells them.
type kept struct {
	Accounts []keptRow   `json:"accounts"`
	Roles    []keptRow   `json:"roles"`
	Grants   []keptGrant `json:"grants"`
}

type keptRow struct {
	ID       string   `json:"id"`
	Locked   bool     `json:"locked,omitempty"`
	Super    bool     `json:"super,omitempty"`
	Defaults []string `json:"default_roles,omitempty"`
}

type keptGrant struct {
	Role   string `json:"role"`
	Holder string `json:"to"`
	Admin  bool   `json:"admin,omitempty"`
}

// load reads the file; where there is none, the server is as new.
func (m *model) load() error {
	if m.file == "" {
		return nil
	}
	data, err := os.ReadFile(m.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var k kept
	if err == nil {
		err = json.Unmarshal(data, &k)
	}
	if err == nil {
		m.tables, err = k.tables()
	}
	if err != nil {
		return &identity.Error{Kind: identity.Invalid, Op: "read the simulated server", Object: m.file, Err: err}
	}
	return nil
}

// save writes the file in one step: who reads it sees all of a change or nothing.
func (m *model) save() error {
	if m.file == "" {
		return nil
	}
	data, err := json.MarshalIndent(m.tables.kept(), "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(m.file), 0o700); err != nil {
		return err
	}
	next := m.file + ".next"
	if err := os.WriteFile(next, append(data, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(next, m.file)
}

func (t tables) kept() kept {
	k := kept{Accounts: []keptRow{}, Roles: []keptRow{}, Grants: []keptGrant{}}
	for i, p := range t.Principals {
		r := keptRow{ID: i.String(), Locked: p.Locked, Super: p.Super}
		for _, d := range p.Defaults {
			r.Defaults = append(r.Defaults, d.String())
		}
		if p.Role {
			k.Roles = append(k.Roles, r)
		} else {
			k.Accounts = append(k.Accounts, r)
		}
	}
	for g, admin := range t.Grants {
		k.Grants = append(k.Grants, keptGrant{g.role.String(), g.holder.String(), admin})
	}
	byID := func(a, b keptRow) int { return strings.Compare(a.ID, b.ID) }
	slices.SortFunc(k.Accounts, byID)
	slices.SortFunc(k.Roles, byID)
	slices.SortFunc(k.Grants, func(a, b keptGrant) int { return strings.Compare(a.Holder+a.Role, b.Holder+b.Role) })
	return k
}

// tables reads back what kept wrote, or somebody by hand.
func (k kept) tables() (tables, error) {
	t := tables{map[id]*row{modelSelf: {}}, map[pair]bool{}}
	var faults []error
	read := func(text string) id {
		i, ok := parseID(text)
		if !ok {
			faults = append(faults, fmt.Errorf("%q is not written 'user'@'host'", text))
		}
		return i
	}
	add := func(r keptRow, role bool) {
		into := &row{Role: role, Locked: r.Locked, Super: r.Super}
		for _, d := range r.Defaults {
			into.Defaults = append(into.Defaults, read(d))
		}
		t.Principals[read(r.ID)] = into
	}
	for _, r := range k.Accounts {
		add(r, false)
	}
	for _, r := range k.Roles {
		add(r, true)
	}
	for _, g := range k.Grants {
		t.Grants[pair{read(g.Role), read(g.Holder)}] = g.Admin
	}
	return t, errors.Join(faults...)
}
