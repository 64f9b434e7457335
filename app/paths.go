package app

import (
	"path/filepath"
	"strings"
)

// absoluteSQLite makes the path of a sqlite: address absolute.
func absoluteSQLite(url, dir string) string {
	path, ok := strings.CutPrefix(url, "sqlite:")
	if !ok || path == "" || strings.HasPrefix(path, ":memory:") || filepath.IsAbs(path) {
		return url
	}
	return "sqlite:" + filepath.Join(dir, path)
}

// relative shortens path for people where it lies below dir.
func relative(dir, path string) string {
	short, err := filepath.Rel(dir, path)
	if err != nil || strings.HasPrefix(short, "..") {
		return path
	}
	return short
}

// path makes a path of the configuration absolute: relative ones start at the
// file's folder.
func (a *App) path(p string) string {
	if filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(a.Config.Dir, p)
}
