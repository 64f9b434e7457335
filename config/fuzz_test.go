package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"birthright/config"
	"birthright/identity"
)

// Whatever stands in the file and the environment, Load answers: with a
// configuration, or with an error that a person can act on.
func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range append(files, "testdata/complete.yaml") {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, "BIRTHRIGHT_SERVER_LISTEN=:80\nBIRTHRIGHT_SOURCES_CORP_URL=x")
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte, env string) {
		path := filepath.Join(dir, "birthright.yaml")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, err := config.Load(path, kinds(), strings.Split(env, "\n"))
		switch {
		case err == nil && cfg == nil, err != nil && cfg != nil:
			t.Errorf("both or neither: %v, %v", cfg, err)
		case err != nil && (identity.KindOf(err) != identity.Invalid || err.Error() == ""):
			t.Errorf("%s: %q", identity.KindOf(err), err)
		}
	})
}
