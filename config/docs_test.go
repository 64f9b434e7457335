package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"birthright/config"
	"birthright/internal/secret"
	"birthright/internal/strictyaml"
	"birthright/sources"
	"birthright/targets"
)

const manual = "../docs/configuration.md"

func readManual(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

type webKind struct {
	noTarget `yaml:"-"`
	URL      string     `yaml:"url"`
	Token    secret.Ref `yaml:"token"`
}

// The example that people copy loads, without a fault and without a warning.
func TestManualExampleLoads(t *testing.T) {
	_, rest, _ := strings.Cut(readManual(t), "```yaml\n")
	example, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("no example in " + manual)
	}
	path := write(t, example)
	if err := os.Mkdir(filepath.Join(filepath.Dir(path), "policies"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "policies", "base.yaml"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	k := config.Kinds{Sources: kinds().Sources, Targets: map[string]func() targets.Config{
		"scim": func() targets.Config { return new(webKind) },
		"file": func() targets.Config { return new(csvKind) },
	}}
	cfg, err := config.Load(path, k, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Warnings) > 0 || len(cfg.Sources) != 2 || len(cfg.Targets) != 2 {
		t.Errorf("warnings %q, %d sources, %d targets", cfg.Warnings, len(cfg.Sources), len(cfg.Targets))
	}
}

// Every key is in the manual, by its path or, in lists, by its name.
func TestManualHasEveryKey(t *testing.T) {
	text := readManual(t)
	var missing []string
	var walk func(path string, typ reflect.Type)
	walk = func(path string, typ reflect.Type) {
		for _, f := range strictyaml.Fields(typ) {
			at, inner := strictyaml.Join(path, f.Name), f.Type
			inList := false
			for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice {
				inList = inList || inner.Kind() == reflect.Slice
				inner = inner.Elem()
			}
			switch {
			case inner == reflect.TypeFor[sources.Mapping](), inner == reflect.TypeFor[targets.Mapping]():
			case inner.Kind() == reflect.Struct && inner != reflect.TypeFor[secret.Ref]() && inList:
				walk("", inner)
				continue
			case inner.Kind() == reflect.Struct && inner != reflect.TypeFor[secret.Ref]():
				walk(at, inner)
				continue
			}
			if !regexp.MustCompile("(?m)^\\|.*`" + regexp.QuoteMeta(at) + "`.*\\|").MatchString(text) {
				missing = append(missing, at)
			}
		}
	}
	walk("", reflect.TypeFor[config.Config]())
	if len(missing) > 0 {
		t.Errorf("%s lacks %s", manual, strings.Join(missing, ", "))
	}
}
