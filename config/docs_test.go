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
	sourcekinds "birthright/sources/builtin"
	"birthright/targets"
	targetkinds "birthright/targets/builtin"
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
	if missing := missingKeys(readManual(t), reflect.TypeFor[config.Config]()); len(missing) > 0 {
		t.Errorf("%s lacks %s", manual, strings.Join(missing, ", "))
	}
}

// Every key of every kind is on the page about it.
func TestPagesHaveEveryKeyOfEveryKind(t *testing.T) {
	connection, err := os.ReadFile("../docs/targets-http.md")
	if err != nil {
		t.Fatal(err)
	}
	exists := func(page string) bool {
		_, err := os.Stat(page)
		return err == nil
	}
	check := func(page, kind string, settings any) {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		if _, section, ok := strings.Cut(text, "\n## "+kind+"\n"); ok {
			text, _, _ = strings.Cut(section, "\n## ")
		}
		if _, http := reflect.TypeOf(settings).Elem().FieldByName("Connection"); http {
			text += string(connection) // keys that they share are told once
		}
		if missing := missingKeys(text, reflect.TypeOf(settings).Elem()); len(missing) > 0 {
			t.Errorf("%s lacks %s of kind %s", page, strings.Join(missing, ", "), kind)
		}
	}
	for kind, make := range sourcekinds.Kinds() {
		check("../docs/sources.md", kind, make())
	}
	for kind, make := range targetkinds.Kinds() {
		page := "../docs/targets.md"
		if own := "../docs/targets-" + kind + ".md"; exists(own) {
			page = own
		}
		check(page, kind, make())
	}
}

// missingKeys returns the keys of typ that text does not have in code marks.
func missingKeys(text string, typ reflect.Type) []string {
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
	walk("", typ)
	return missing
}
