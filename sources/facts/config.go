package facts

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"birthright/sources"
)

// Config is `kind: facts`.
type Config struct {
	// Path is the file; a relative one starts at the configuration's folder. Its
	// ending says what it is: .yaml, .yml, .json or .csv.
	Path string `yaml:"path"`

	sources.Terms `yaml:",inline"`
}

// Validate returns every fault that can be told without opening the file.
func (c *Config) Validate() []error {
	faults := c.Faults()
	switch {
	case c.Path == "":
		faults = append(faults, errors.New("path is missing: the YAML, JSON or CSV file with shifts and tickets"))
	case reader(c.Path) == nil:
		faults = append(faults, fmt.Errorf("path is %q: its ending does not tell what it is; name it .yaml, .json or .csv", c.Path))
	}
	return faults
}

// Open makes the source.
func (c *Config) Open(env sources.Env) (sources.Source, error) {
	if faults := c.Validate(); len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	if len(env.Map) > 0 {
		return nil, errors.New("map is for sources of people: the columns of a facts file have fixed names")
	}
	path := c.Path
	if !filepath.IsAbs(path) {
		path = filepath.Join(env.Dir, path)
	}
	return sources.OfContext(env.Name, &Source{name: env.Name, path: path, terms: c.Filled()}), nil
}

// reader returns what reads a file of this name, nil where nothing does.
func reader(path string) func(file string, data []byte) ([]row, error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".yaml", ".yml", ".json": // JSON is YAML
		return readYAML
	case ".csv":
		return readCSV
	}
	return nil
}
