package slapdtest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// examplePackage is the Debian package that ships the sample directory; its
// text is fetched when needed and never part of this repository.
const examplePackage = "389-ds-base"

// exampleInstalled is where the sample directory is once the package is installed.
const exampleInstalled = "/usr/share/dirsrv/data/Example.ldif"

// FetchExample returns the cleaned sample directory. The first call downloads
// the package with apt-get into $XDG_CACHE_HOME/birthright-test and unpacks it
// there; later ones read the cache.
func FetchExample(ctx context.Context) (string, error) {
	if text, err := os.ReadFile(exampleInstalled); err == nil {
		return cleanExample(string(text)), nil
	}
	base, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find a cache folder: %w", err)
	}
	cached := filepath.Join(base, "birthright-test", "Example.ldif")
	text, err := os.ReadFile(cached)
	if errors.Is(err, fs.ErrNotExist) {
		if err := downloadExample(ctx, cached); err != nil {
			return "", err
		}
		text, err = os.ReadFile(cached)
	}
	if err != nil {
		return "", err
	}
	return cleanExample(string(text)), nil
}

// downloadExample fetches the package, unpacks it and moves the sample into
// place in one step, so that tests running side by side cannot meet half a file.
func downloadExample(ctx context.Context, into string) error {
	if err := os.MkdirAll(filepath.Dir(into), 0o755); err != nil {
		return err
	}
	work, err := os.MkdirTemp(filepath.Dir(into), "fetch-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)

	download := exec.CommandContext(ctx, "apt-get", "download", "-q", "-o", "APT::Sandbox::User=root", examplePackage)
	download.Dir = work
	if out, err := download.CombinedOutput(); err != nil {
		return fmt.Errorf("apt-get download %s: %w: %s (this test reads the sample directory in Debian's package %s: run apt-get update first, or apt-get install -y %s)",
			examplePackage, err, strings.TrimSpace(string(out)), examplePackage, examplePackage)
	}
	packages, err := filepath.Glob(filepath.Join(work, "*.deb"))
	if err != nil || len(packages) != 1 {
		return fmt.Errorf("apt-get download %s left %d packages, want 1", examplePackage, len(packages))
	}
	unpack := exec.CommandContext(ctx, "dpkg", "-x", packages[0], filepath.Join(work, "root"))
	if out, err := unpack.CombinedOutput(); err != nil {
		return fmt.Errorf("dpkg -x %s: %w: %s", packages[0], err, strings.TrimSpace(string(out)))
	}
	return os.Rename(filepath.Join(work, "root", exampleInstalled), into)
}

// cleanExample drops comments and what belongs to another server than slapd:
// access rules (aci) and the attributes whose names begin with ns.
func cleanExample(ldif string) string {
	var out strings.Builder
	dropping := false
	for line := range strings.Lines(ldif) {
		switch {
		case strings.HasPrefix(line, "#"):
			continue
		case strings.HasPrefix(line, " "): // goes on from the line before
		default:
			name, _, _ := strings.Cut(line, ":")
			name = strings.ToLower(name)
			dropping = name == "aci" || strings.HasPrefix(name, "ns")
		}
		if !dropping {
			out.WriteString(line)
		}
	}
	return strings.TrimLeft(out.String(), "\n")
}
