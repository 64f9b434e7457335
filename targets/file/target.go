package file

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/targets"
)

// Target is a list of who has what. It is safe for concurrent use, also by
// several processes on one machine.
type Target struct {
	name   string
	path   string
	mode   fs.FileMode
	layout layout
	// beforeReplace is called between change and replacement; tests edit the
	// file there. nil outside tests.
	beforeReplace func()
}

// Capabilities follow from the mapping: with attribute columns an account is
// data of its own and has to be created; without, a row names it.
func (t *Target) Capabilities() targets.Capabilities {
	c := targets.Capabilities{
		CreateAccounts: true, DeleteAccounts: true, UpdateAccounts: len(t.layout.columns) > 0,
		ImplicitAccounts: len(t.layout.columns) == 0, ImplicitEntitlements: true,
		Concurrency: 1,
	}
	for _, m := range t.layout.columns {
		if !slices.Contains(c.Attributes, m.From) {
			c.Attributes = append(c.Attributes, m.From)
		}
	}
	return c
}

// Normalise returns a as a later read shows it: one value an attribute, without
// line breaks.
func (t *Target) Normalise(a targets.Account) targets.Account {
	attributes := identity.Attributes{}
	for _, m := range t.layout.columns {
		attributes.Set(m.From, t.layout.cell(a.Attributes.First(m.From)))
	}
	a.Attributes = attributes
	return a
}

// cell returns the form in which a column holds value.
func (layout) cell(value string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || 0x80 <= r && r < 0xa0 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(value, "\ufffd"))
}

// Probe checks that the list can be read and its folder written to.
func (t *Target) Probe(ctx context.Context) (targets.Report, error) {
	if err := ctx.Err(); err != nil {
		return targets.Report{}, err
	}
	report := targets.Report{Version: "csv"}
	table, _, err := t.load()
	if err != nil {
		report.Findings = append(report.Findings, targets.Finding{
			Check: "read list", Detail: err.Error(), Remedy: "mend or remove the file, or correct path",
		})
		return report, nil
	}
	report.Reachable = true
	detail := fmt.Sprintf("%s: %d rows, %d accounts", t.path, len(table.rows), len(table.byAccount))
	report.Findings = append(report.Findings, targets.Finding{OK: true, Check: "read list", Detail: detail}, t.probeFolder())
	return report, nil
}

// probeFolder makes and removes an empty file beside the list: that is what a
// replacement needs.
func (t *Target) probeFolder() targets.Finding {
	f := targets.Finding{Check: "write list", Detail: filepath.Dir(t.path)}
	temp, err := os.CreateTemp(filepath.Dir(t.path), ".birthright-probe-*")
	if err == nil {
		err = errors.Join(temp.Close(), os.Remove(temp.Name()))
	}
	if err != nil {
		f.Detail, f.Remedy = err.Error(), "let the hub create files in that folder: the list is replaced as a whole"
		return f
	}
	f.OK = true
	return f
}

// Watermark is the digest of the file: equal marks, equal contents.
func (t *Target) Watermark(ctx context.Context) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	_, data, err := t.bytes()
	if err != nil || data == nil {
		return "absent", err
	}
	return fmt.Sprintf("%d-%x", len(data), sha256.Sum256(data)), nil
}

// bytes returns the real path of the list and its contents; nil where there is
// no file yet. A missing folder is an error: an empty list is a claim, and a
// mistyped path must not make it.
func (t *Target) bytes() (string, []byte, error) {
	path, err := filepath.EvalSymlinks(t.path)
	if errors.Is(err, fs.ErrNotExist) {
		folder, err := os.Stat(filepath.Dir(t.path))
		switch {
		case err != nil:
			return "", nil, t.fault(identity.Unavailable, "read", err, "create the folder or correct path")
		case !folder.IsDir():
			return "", nil, t.fault(identity.Invalid, "read", errors.New("its folder is a file"), "correct path")
		}
		if found, err := os.Lstat(t.path); err == nil {
			if found.Mode()&fs.ModeSymlink == 0 {
				return t.bytes() // another writer has just made it
			}
			return "", nil, t.fault(identity.Unavailable, "read", errors.New("the symbolic link leads nowhere"), "mend the link")
		}
		return t.path, nil, nil
	}
	if err != nil {
		return "", nil, t.fault(kindOf(err), "read", err, "")
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return path, nil, nil
	}
	if err != nil {
		return "", nil, t.fault(kindOf(err), "read", err, "")
	}
	if data == nil {
		data = []byte{}
	}
	return path, data, nil
}

// load reads the whole list; a file that is not there is an empty list.
func (t *Target) load() (*table, []byte, error) {
	_, data, err := t.bytes()
	if err != nil {
		return nil, nil, err
	}
	if data == nil {
		return newTable(t.layout), nil, nil
	}
	table, err := parse(t.layout, data)
	if err != nil {
		return nil, nil, t.fault(identity.Invalid, "read", err, "mend the line; nothing is changed until then")
	}
	return table, data, nil
}

// nameOf returns the name of an account; in a list that is its id as well.
func nameOf(a targets.Account) string {
	if a.ID != "" {
		return a.ID
	}
	return a.Name
}

// fault is an error about the file, which names it once.
func (t *Target) fault(kind identity.Kind, op string, err error, hint string) error {
	if on := (*fs.PathError)(nil); errors.As(err, &on) && on.Path == t.path {
		err = on.Err
	}
	return &identity.Error{Kind: kind, Op: "target " + t.name + ": " + op, Object: t.path, Err: err, Hint: hint}
}

// kindOf returns what an error of the file system means to a program.
func kindOf(err error) identity.Kind {
	if errors.Is(err, fs.ErrPermission) {
		return identity.Denied
	}
	return identity.Unavailable
}
