package file

import (
	"errors"
	"fmt"
	"path/filepath"
	"unicode/utf8"

	"birthright/sources"
)

// Config is what people write for a source of kind file.
type Config struct {
	// Path is the file; a relative one starts at the configuration's folder.
	Path string `yaml:"path"`
	// Format is csv, json or auto (default), which goes by the name's ending.
	Format string `yaml:"format"`
	// Key is the column that identifies a person for ever; default
	// employeeNumber where there is one, else userName.
	Key string `yaml:"key"`
	// Groups is the column with the names of a person's groups; default groups.
	Groups string `yaml:"groups"`
	// Separator stands between the columns of a CSV file: one character or
	// "tab"; default: whichever of , ; and tab the header has most of.
	Separator string `yaml:"separator"`
	// ListSeparator stands between several values in one CSV field; default |,
	// "none" keeps every field whole.
	ListSeparator string `yaml:"list_separator"`
	// AllowEmpty takes a file without people for the truth that there is nobody.
	AllowEmpty bool `yaml:"allow_empty"`
}

const (
	formatCSV  = "csv"
	formatJSON = "json"
	formatAuto = "auto"
)

// Validate returns every fault that can be told without opening the file.
func (c Config) Validate() []error {
	var faults []error
	if c.Path == "" {
		faults = append(faults, errors.New("path is missing: the CSV or JSON file with the people"))
	} else if _, err := c.format(); err != nil {
		faults = append(faults, err)
	}
	if _, err := c.separator(); err != nil {
		faults = append(faults, err)
	}
	if c.ListSeparator != "" && c.ListSeparator == c.Separator {
		faults = append(faults, fmt.Errorf("list_separator and separator are both %q", c.Separator))
	}
	return faults
}

// Open makes the source.
func (c Config) Open(env sources.Env) (sources.Source, error) {
	if faults := c.Validate(); len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	picks, faults := sources.Compile(env.Map)
	if len(faults) > 0 {
		return nil, fmt.Errorf("source %s: %w", env.Name, errors.Join(faults...))
	}
	if c.Groups == "" {
		c.Groups = "groups"
	}
	switch c.ListSeparator {
	case "":
		c.ListSeparator = "|"
	case "none":
		c.ListSeparator = ""
	}
	path := c.Path
	if !filepath.IsAbs(path) {
		path = filepath.Join(env.Dir, path)
	}
	return &Source{config: c, path: path, picks: picks, name: env.Name}, nil
}

func (c Config) format() (string, error) {
	switch c.Format {
	case formatCSV, formatJSON:
		return c.Format, nil
	case "", formatAuto:
	default:
		return "", fmt.Errorf("format is %q: write csv, json or auto", c.Format)
	}
	switch filepath.Ext(c.Path) {
	case ".csv", ".CSV", ".tsv", ".txt":
		return formatCSV, nil
	case ".json", ".JSON":
		return formatJSON, nil
	}
	return "", fmt.Errorf("path is %q: its ending does not tell the format; add format: csv or format: json", c.Path)
}

// separator returns the configured separator, 0 for the best guess.
func (c Config) separator() (rune, error) {
	switch c.Separator {
	case "":
		return 0, nil
	case "tab", "\t":
		return '\t', nil
	}
	r, n := utf8.DecodeRuneInString(c.Separator)
	if n != len(c.Separator) || r == utf8.RuneError || r == '"' || r == '\n' || r == '\r' {
		return 0, fmt.Errorf("separator is %q: write one character, or tab", c.Separator)
	}
	return r, nil
}
