package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"birthright/identity"
)

// A whole configuration can be printed in every way there is.
func TestConfigurationPrintsNoSecret(t *testing.T) {
	cfg := load(t, "testdata/complete.yaml")
	outputs := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		outputs[verb] = fmt.Sprintf(verb, cfg)
		outputs[verb+" value"] = fmt.Sprintf(verb, *cfg)
		for _, s := range cfg.Sources {
			outputs[verb+" "+s.Name] = fmt.Sprintf(verb+verb, s, s.Settings)
		}
		for _, s := range cfg.Targets {
			outputs[verb+" "+s.Name] = fmt.Sprintf(verb+verb, s, s.Settings)
		}
	}
	var text, structured bytes.Buffer
	slog.New(slog.NewTextHandler(&text, nil)).Info("loaded", "config", cfg, "sources", cfg.Sources, "settings", cfg.Sources[1].Settings, "url", cfg.Database.URL)
	slog.New(slog.NewJSONHandler(&structured, nil)).Info("loaded", "config", cfg, "sources", cfg.Sources, "settings", cfg.Sources[1].Settings, "url", cfg.Database.URL)
	outputs["slog text"], outputs["slog json"] = text.String(), structured.String()
	data, err := json.Marshal(cfg)
	if err != nil {
		t.Error(err)
	}
	outputs["json"] = string(data)
	for name, v := range map[string]any{"yaml": cfg, "yaml settings": cfg.Sources[1].Settings} {
		data, err := yaml.Marshal(v)
		if err != nil {
			t.Error(err)
		}
		outputs[name] = string(data)
	}
	for name, output := range outputs {
		if strings.Contains(output, "hunter2") || strings.Contains(output, fmt.Sprintf("%x", "hunter2")) {
			t.Errorf("%s tells a secret: %s", name, output)
		}
	}
	for _, name := range []string{"%+v corp", "json", "yaml", "yaml settings", "slog json"} {
		if !strings.Contains(outputs[name], "[secret]") {
			t.Errorf("%s has no mask: %s", name, outputs[name])
		}
	}
	if strings.Contains(strings.Join(cfg.Warnings, " "), "hunter2") {
		t.Errorf("a warning tells a secret: %q", cfg.Warnings)
	}
}

func TestCheckSecrets(t *testing.T) {
	t.Setenv("GITHUB_TOKEN", "set")
	checks := load(t, "testdata/complete.yaml").CheckSecrets(t.Context())
	var got []string
	for _, c := range checks {
		verdict := "ok"
		if c.Err != nil {
			verdict = c.Err.Error()
		}
		got = append(got, c.Path+" "+c.Reference+" "+verdict)
	}
	want := []string{
		"auth.oidc.client_secret env:BIRTHRIGHT_OWN_SECRET read secret: env:BIRTHRIGHT_OWN_SECRET: the environment variable is not set (set BIRTHRIGHT_OWN_SECRET for this process)",
		"sources[1].headers.x-other env:OTHER read secret: env:OTHER: the environment variable is not set (set OTHER for this process)",
		"targets[0].token env:GITHUB_TOKEN ok",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDatabaseURL(t *testing.T) {
	t.Setenv("BR_DSN", "postgres://u:hunter2@h/d\n")
	t.Setenv("BR_BAD_DSN", "mysql://u:hunter2@h/d")
	path := write(t, "")
	dir := filepath.Dir(path)
	for text, want := range map[string]string{
		"":                             "sqlite:" + dir + "/birthright.db",
		`"sqlite:data/hub.db"`:         "sqlite:" + dir + "/data/hub.db",
		`"sqlite:/var/hub.db"`:         "sqlite:/var/hub.db",
		`"sqlite::memory:"`:            "sqlite::memory:",
		`"sqlite:file:x?mode=ro"`:      "sqlite:file:x?mode=ro",
		`"postgres:///d?host=/run/pg"`: "postgres:///d?host=/run/pg",
		`"postgresql://h/d"`:           "postgresql://h/d",
		`"env:BR_DSN"`:                 "postgres://u:hunter2@h/d",
		`"exec:echo sqlite:x.db"`:      "sqlite:" + dir + "/x.db",
	} {
		if err := os.WriteFile(path, []byte("database: {url: "+text+"}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg := load(t, path)
		got, err := cfg.DatabaseURL(t.Context())
		if err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", text, got, err, want)
		}
		if len(cfg.Warnings) > 0 {
			t.Errorf("%s: %q", text, cfg.Warnings)
		}
	}
	for text, want := range map[string]string{
		`"env:BR_BAD_DSN"`:   "read database.url: env:BR_BAD_DSN: expected sqlite:PATH or postgres://USER@HOST/DATABASE, found another scheme",
		`"env:BR_NOT_THERE"`: "read secret: env:BR_NOT_THERE: the environment variable is not set (set BR_NOT_THERE for this process)",
	} {
		if err := os.WriteFile(path, []byte("database: {url: "+text+"}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := load(t, path).DatabaseURL(t.Context())
		var known *identity.Error
		if err == nil || err.Error() != want || !errors.As(err, &known) || known.Kind != identity.Invalid {
			t.Errorf("%s: %v", text, err)
		}
	}
	for text, warned := range map[string]bool{"postgres://u:p@h/d": true, "postgres://u@h/d?password=p": true, "postgres://u@h/d": false, "sqlite:a:b@c": false} {
		if err := os.WriteFile(path, []byte("database: {url: \""+text+"\"}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := len(load(t, path).Warnings) > 0; got != warned {
			t.Errorf("%s: warned %v", text, got)
		}
	}
}
