package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"birthright/identity"
	"birthright/internal/strictyaml"
	"birthright/sources"
	"birthright/targets"
)

// Kinds are the kinds of source and target that the program knows: by the name
// written after `kind:`, what makes an empty Config.
type Kinds struct {
	Sources map[string]func() sources.Config
	Targets map[string]func() targets.Config
}

// Load reads the configuration file at path, with env (as os.Environ gives it)
// over it. The error is an identity.Error of kind Invalid; where the content is
// wrong, it holds strictyaml.Faults, all of them.
func Load(path string, kinds Kinds, env []string) (*Config, error) {
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, unreadable(path, errors.New("there is no such file"), "make one with `birthright init`, or name one with --config")
	case errors.Is(err, fs.ErrPermission):
		return nil, unreadable(path, errors.New("this process may not read it"), "give its user the right to")
	case err != nil:
		return nil, unreadable(path, err, "name a file with --config")
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, unreadable(path, err, "")
	}
	return load(path, dir, data, kinds, env)
}

func unreadable(path string, err error, hint string) error {
	return &identity.Error{Kind: identity.Invalid, Op: "read configuration", Object: path, Err: err, Hint: hint}
}

// document is the file as it is written, before sources and targets are given
// to their kinds.
type document struct {
	process   `yaml:",inline"`
	Sources   []yaml.Node `yaml:"sources"`
	Correlate [][]string  `yaml:"correlate"`
	Authority []Authority `yaml:"authority"`
	Targets   []yaml.Node `yaml:"targets"`
	Notify    []Channel   `yaml:"notify"`
}

// process holds the settings of the process itself: fixed keys, layered by viper.
type process struct {
	Server    Server    `yaml:"server"`
	Database  Database  `yaml:"database"`
	Policies  []string  `yaml:"policies"`
	Auth      Auth      `yaml:"auth"`
	Sync      Sync      `yaml:"sync"`
	Signals   Signals   `yaml:"signals"`
	Reports   Reports   `yaml:"reports"`
	Reviews   Reviews   `yaml:"reviews"`
	Telemetry Telemetry `yaml:"telemetry"`
}

// loader is one load under way: what it has read, and what it found wrong.
type loader struct {
	cfg       *Config
	kinds     Kinds
	env       *environment
	positions *strictyaml.Positions
	faults    strictyaml.Faults
	warnings  strictyaml.Faults
	// faulty holds the paths that have a fault already: one is enough.
	faulty map[string]bool
}

func load(path, dir string, data []byte, kinds Kinds, env []string) (*Config, error) {
	l := &loader{cfg: &Config{File: path, Dir: dir}, kinds: kinds, env: newEnvironment(env), faulty: map[string]bool{}}
	var doc document
	var faults strictyaml.Faults
	l.positions, faults = strictyaml.Decode(path, data, &doc)
	l.add(faults)

	l.layer(doc.process)
	l.cfg.Correlate, l.cfg.Authority = doc.Correlate, doc.Authority
	l.sources(doc.Sources)
	l.targets(doc.Targets)
	l.receivers(doc.Signals.Receivers)
	l.channels(doc.Notify)
	l.cfg.derive()
	l.check()
	l.telemetry(env)
	l.secrets()
	l.add(l.env.unknown(l.secretNames()))

	if err := l.faults.Err(); err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Err: err}
	}
	for _, w := range l.warnings.Sorted() {
		l.cfg.Warnings = append(l.cfg.Warnings, w.Error())
	}
	return l.cfg, nil
}

func (l *loader) add(faults strictyaml.Faults) {
	for _, f := range faults {
		l.faults = append(l.faults, f)
		l.faulty[f.Path] = true
	}
}

// fault notes that the value at path cannot be right. The message begins with
// the path; the place is that of the value in the file, or the environment
// variable that it came from. A value with a fault, or inside one, does not get
// another.
func (l *loader) fault(path, format string, args ...any) {
	if l.spoilt(path) {
		return
	}
	l.faulty[path] = true
	l.faults = append(l.faults, l.remark(path, path+": "+format, args...))
}

// spoilt reports whether the value at path could not be read as it was meant.
func (l *loader) spoilt(path string) bool {
	if l.env.origin(path) != "" {
		return l.faulty[path]
	}
	for at := path; at != ""; at = strictyaml.Parent(at) {
		if l.faulty[at] {
			return true
		}
	}
	return l.faulty[""]
}

// given reports whether the file or the environment sets the value at path.
func (l *loader) given(path string) bool {
	return l.positions.Written(path) || l.env.origin(path) != ""
}

// warn notes that the value at path works and still should not stay.
func (l *loader) warn(path, format string, args ...any) {
	l.warnings = append(l.warnings, l.remark(path, path+": "+format, args...))
}

func (l *loader) remark(path, format string, args ...any) strictyaml.Fault {
	f := l.positions.Fault(path, format, args...)
	if name := l.env.origin(path); name != "" {
		f.File, f.Line, f.Column = variableLabel+name, 0, 0
	}
	return f
}
