package config

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"birthright/internal/secret"
	"birthright/internal/strictyaml"
)

// SecretCheck says whether one reference to a secret can be followed.
type SecretCheck struct {
	// Path is the key: "sources[1].bind_password".
	Path string
	// Reference names where the secret is found; never the secret.
	Reference string
	// Err says why it cannot be had; nil when it can.
	Err error
}

// CheckSecrets follows every reference of the configuration and says which can
// be. Commands are run; the secrets are dropped at once.
func (c *Config) CheckSecrets(ctx context.Context) []SecretCheck {
	var checks []SecretCheck
	for path, ref := range c.secretRefs() {
		if ref.IsZero() || ref.IsLiteral() {
			continue
		}
		_, err := ref.Reveal(ctx, c.Dir)
		checks = append(checks, SecretCheck{Path: path, Reference: ref.Reference(), Err: err})
	}
	return checks
}

// MissingSecrets checks the references below the given paths, "sources[1]", as
// CheckSecrets does, and returns those that cannot be followed. Commands are
// not run: what they print may be good for one time only.
func (c *Config) MissingSecrets(ctx context.Context, below ...string) []SecretCheck {
	var missing []SecretCheck
	for path, ref := range c.secretRefs() {
		inside := slices.ContainsFunc(below, func(b string) bool { return strings.HasPrefix(path, b+".") })
		if !inside || c.simulated(path) || ref.IsZero() || ref.IsLiteral() || ref.IsCommand() {
			continue
		}
		if _, err := ref.Reveal(ctx, c.Dir); err != nil {
			missing = append(missing, SecretCheck{Path: path, Reference: ref.Reference(), Err: err})
		}
	}
	return missing
}

// simulated reports whether path is below a target that is only simulated: it is
// never asked with a secret.
func (c *Config) simulated(path string) bool {
	for i, t := range c.Targets {
		if t.Simulated() && strings.HasPrefix(path, strictyaml.Index("targets", i)+".") {
			return true
		}
	}
	return false
}

// secretRefs goes through all the references of the configuration, in the order
// of its keys.
func (c *Config) secretRefs() func(yield func(string, secret.Ref) bool) {
	return func(yield func(string, secret.Ref) bool) {
		if !secretsIn("", reflect.ValueOf(*c), 0, yield) {
			return
		}
		for i, s := range c.Sources {
			if !secretsIn(strictyaml.Index("sources", i), reflect.ValueOf(s.Settings), 0, yield) {
				return
			}
		}
		for i, t := range c.Targets {
			if !secretsIn(strictyaml.Index("targets", i), reflect.ValueOf(t.Settings), 0, yield) {
				return
			}
		}
	}
}

// secretsIn yields the references in v and reports whether to go on.
func secretsIn(path string, v reflect.Value, depth int, yield func(string, secret.Ref) bool) bool {
	if depth > maxLeafDepth || !v.IsValid() {
		return true
	}
	if ref, ok := v.Interface().(secret.Ref); ok {
		return yield(path, ref)
	}
	switch v.Kind() {
	case reflect.Pointer:
		return secretsIn(path, v.Elem(), depth, yield)
	case reflect.Slice:
		for i := range v.Len() {
			if !secretsIn(strictyaml.Index(path, i), v.Index(i), depth+1, yield) {
				return false
			}
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, key := range keys {
			if !secretsIn(strictyaml.Join(path, key.String()), v.MapIndex(key), depth+1, yield) {
				return false
			}
		}
	case reflect.Struct:
		for _, f := range strictyaml.Fields(v.Type()) {
			if !secretsIn(strictyaml.Join(path, f.Name), v.FieldByIndex(f.Index), depth+1, yield) {
				return false
			}
		}
	}
	return true
}

// secrets warns about secrets that are written into the file.
func (l *loader) secrets() {
	for path, ref := range l.cfg.secretRefs() {
		if !ref.IsLiteral() || !l.positions.Written(path) || l.env.origin(path) != "" {
			continue
		}
		if path == databaseURL && !holdsPassword(ref) {
			continue
		}
		l.warn(path, "a secret is written into the file; put env:NAME, file:PATH or exec:COMMAND there instead")
	}
}

// secretNames returns the environment variables that secrets are kept in.
func (l *loader) secretNames() map[string]bool {
	names := map[string]bool{}
	for _, ref := range l.cfg.secretRefs() {
		if name := ref.EnvName(); name != "" {
			names[name] = true
		}
	}
	return names
}
