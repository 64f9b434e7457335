package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/internal/strictyaml"
)

// checkPolicies finds the policy files. A pattern that somebody wrote must
// match one: a misspelt folder would otherwise mean a policy that gives nobody
// anything.
func (l *loader) checkPolicies() {
	written := l.given("policies")
	for i, pattern := range l.cfg.Policies {
		files, err := l.cfg.match(pattern)
		path := strictyaml.Index("policies", i)
		switch {
		case pattern == "":
			l.fault(path, "an empty pattern")
		case err != nil:
			l.fault(path, "%q is not a pattern: a [ or \\ has no end", pattern)
		case len(files) == 0 && written:
			l.fault(path, "no file matches %q, starting from the folder of the configuration file", pattern)
		}
		l.cfg.PolicyFiles = append(l.cfg.PolicyFiles, files...)
	}
	slices.Sort(l.cfg.PolicyFiles)
	l.cfg.PolicyFiles = slices.Compact(l.cfg.PolicyFiles)
}

// FindPolicies looks for the policy files again, which may have become more or
// fewer since the configuration was read. The paths are absolute and sorted.
func (c *Config) FindPolicies() ([]string, error) {
	var found []string
	for _, pattern := range c.Policies {
		files, err := c.match(pattern)
		if err != nil {
			return nil, &identity.Error{Kind: identity.Invalid, Op: "find policies", Object: pattern, Err: err}
		}
		found = append(found, files...)
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// match returns the regular files that a pattern matches, as absolute paths.
func (c *Config) match(pattern string) ([]string, error) {
	if !filepath.IsAbs(pattern) {
		literal := strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)
		if filepath.Separator == '\\' {
			literal = strings.NewReplacer() // there is no escaping there
		}
		pattern = filepath.Join(literal.Replace(c.Dir), pattern)
	}
	found, err := filepath.Glob(pattern)
	files := slices.DeleteFunc(found, func(name string) bool {
		info, err := os.Stat(name)
		return err == nil && info.IsDir()
	})
	return files, err
}
