package config

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"strings"

	"birthright/identity"
	"birthright/internal/secret"
)

// databaseURL is the key of the database's address.
const databaseURL = "database.url"

// DatabaseURL returns the address of the database with its secret resolved:
// postgres://…, or sqlite:PATH with an absolute path. Treat it as a secret.
func (c *Config) DatabaseURL(ctx context.Context) (string, error) {
	text, err := c.Database.URL.Reveal(ctx, c.Dir)
	if err != nil {
		return "", err
	}
	text = strings.TrimSpace(text)
	if err := checkDatabaseURL(text); err != nil {
		return "", &identity.Error{Kind: identity.Invalid, Op: "read " + databaseURL, Object: c.Database.URL.Reference(), Err: err}
	}
	if path, ok := strings.CutPrefix(text, "sqlite:"); ok && path != ":memory:" && !strings.HasPrefix(path, "file:") && !filepath.IsAbs(path) {
		return "sqlite:" + filepath.Join(c.Dir, path), nil
	}
	return text, nil
}

// checkDatabaseURL says what is wrong with an address, without repeating it: it
// may hold a password.
func checkDatabaseURL(text string) error {
	const want = "expected sqlite:PATH or postgres://USER@HOST/DATABASE"
	scheme, rest, ok := strings.Cut(text, ":")
	switch {
	case !ok:
		return errors.New(want)
	case scheme == "sqlite" && rest == "":
		return errors.New(want + `, found no path after "sqlite:"`)
	case scheme == "sqlite":
		return nil
	case scheme == "postgres", scheme == "postgresql":
		u, err := url.Parse(text)
		if err != nil {
			return errors.New(want + "; special characters in a password are written as %XX")
		}
		if u.Opaque != "" || u.Host == "" && u.Query().Get("host") == "" {
			return errors.New(want + ", found no host")
		}
		return nil
	}
	return errors.New(want + ", found another scheme")
}

// holdsPassword reports whether a literal database address has a password.
func holdsPassword(ref secret.Ref) bool {
	text, err := ref.Reveal(context.Background(), "")
	if err != nil || strings.HasPrefix(text, "sqlite:") {
		return false
	}
	u, err := url.Parse(text)
	if err != nil {
		return true
	}
	_, set := u.User.Password()
	return set || u.Query().Has("password")
}
