package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"birthright/config"
	"birthright/identity"
	"birthright/internal/strictyaml"
)

// golden is one file below testdata/faults: a configuration that is wrong in the
// way its name says. Comments hold the rest of the case:
//
//	# env: NAME=VALUE   an environment variable, before the configuration
//	# want: MESSAGE     a line of the error, after it; FILE stands for the file
type golden struct{ env, want []string }

func readGolden(t *testing.T, path string) golden {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		if text, ok := strings.CutPrefix(line, "# env: "); ok {
			g.env = append(g.env, text)
		}
		if text, ok := strings.CutPrefix(line, "# want: "); ok {
			g.want = append(g.want, strings.ReplaceAll(text, "FILE", path))
		}
	}
	return g
}

func TestFaults(t *testing.T) {
	files, err := filepath.Glob("testdata/faults/*.yaml")
	if err != nil || len(files) < 100 {
		t.Fatalf("found %d cases: %v", len(files), err)
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".yaml"), func(t *testing.T) {
			g := readGolden(t, path)
			cfg, err := config.Load(path, kinds(), g.env)
			if err == nil {
				t.Fatalf("loaded: %+v", cfg)
			}
			if diff := cmp.Diff(g.want, strings.Split(err.Error(), "\n")); diff != "" {
				t.Error(diff)
			}
			var faults strictyaml.Faults
			if identity.KindOf(err) != identity.Invalid || !errors.As(err, &faults) || len(faults) != len(g.want) {
				t.Errorf("%s error with %d faults", identity.KindOf(err), len(faults))
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("a secret is told: %v", err)
			}
		})
	}
}
