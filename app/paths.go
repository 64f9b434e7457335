package app

import (
	"path/filepath"
	"strings"

	"birthright/config"
)

// policyName is what a policy file is called in messages: below the folder of
// the configuration, it is written as that file was, so that the place can be
// opened from where the program was started.
func policyName(cfg *config.Config, path string) string {
	short, err := filepath.Rel(cfg.Dir, path)
	if err != nil || strings.HasPrefix(short, "..") {
		return path
	}
	return filepath.Join(filepath.Dir(cfg.File), short)
}

// path makes a path of the configuration absolute: relative ones start at the
// file's folder.
func (a *App) path(p string) string {
	if filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(a.Config.Dir, p)
}
