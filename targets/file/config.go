package file

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"birthright/identity"
	"birthright/targets"
)

// Config is the settings of `kind: file`.
type Config struct {
	// Path of the list; relative paths start at the configuration file. Its
	// folder must exist, the file need not.
	Path string `yaml:"path"`
	// Format of the list: csv, which is also what an empty value means.
	Format string `yaml:"format"`
	// Mode of the file in octal; default 0600.
	Mode Mode `yaml:"mode"`
	// SpreadsheetSafe puts an apostrophe before values that a spreadsheet would
	// take for a formula, and takes it off again when reading.
	SpreadsheetSafe bool `yaml:"spreadsheet_safe"`
}

// Mode is a file mode written in octal.
type Mode fs.FileMode

// UnmarshalText reads octal digits.
func (m *Mode) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(strings.TrimPrefix(string(text), "0o"), 8, 32)
	if err != nil || n > 0o777 {
		return fmt.Errorf("%q is not a file mode: write octal digits, for example 0640", text)
	}
	*m = Mode(n)
	return nil
}

// Validate returns what is wrong with the settings by themselves.
func (c *Config) Validate() []error {
	var faults []error
	if c.Path == "" {
		faults = append(faults, errors.New("path: is missing: write the file that the list is kept in"))
	}
	if c.Format != "" && c.Format != "csv" {
		faults = append(faults, fmt.Errorf("format: %q is not known: only csv is", c.Format))
	}
	if c.Mode != 0 && c.Mode&0o600 != 0o600 {
		faults = append(faults, fmt.Errorf("mode: %04o leaves the file unreadable or unwritable for the hub itself: it needs 0600 at least", c.Mode))
	}
	return faults
}

// Open makes the target without touching the file.
func (c *Config) Open(env targets.Env) (targets.Target, error) {
	columns, err := columnsOf(env.Map)
	if err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Op: "open target " + env.Name, Err: err}
	}
	path := c.Path
	if !filepath.IsAbs(path) {
		path = filepath.Join(env.Dir, path)
	}
	mode := fs.FileMode(c.Mode)
	if mode == 0 {
		mode = 0o600
	}
	return &Target{name: env.Name, path: path, mode: mode, layout: layout{columns: columns, guarded: c.SpreadsheetSafe}}, nil
}

// columnsOf checks the mapping of attributes to columns.
func columnsOf(mapping []targets.Mapping) ([]targets.Mapping, error) {
	seen := map[string]bool{columnAccount: true, columnEntitlement: true}
	for i, m := range mapping {
		switch {
		case m.To == "" || m.From == "":
			return nil, fmt.Errorf("map[%d]: needs both to (a column) and from (an attribute)", i)
		case checkText(m.To) != nil:
			return nil, fmt.Errorf("map[%d]: column %q: %w", i, m.To, checkText(m.To))
		case seen[strings.ToLower(m.To)]:
			return nil, fmt.Errorf("map[%d]: column %q is taken: each column is written once, and account and entitlement are the hub's own", i, m.To)
		}
		seen[strings.ToLower(m.To)] = true
	}
	return mapping, nil
}
