package secret_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"birthright/identity"
	"birthright/internal/secret"
)

func ref(t *testing.T, text string) secret.Ref {
	t.Helper()
	r, err := secret.New(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestReveal(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("BR_SECRET", "from env\n")
	for name, content := range map[string]string{"one": "value\n", "two": "value\n\n", "windows": "value\r\n", "plain": "value"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for text, want := range map[string]string{
		"":                                  "",
		"a literal":                         "a literal",
		"https://x":                         "https://x",
		"env:BR_SECRET":                     "from env\n",
		"file:one":                          "value",
		"file:two":                          "value\n",
		"file:windows":                      "value",
		"file:" + dir + "/plain":            "value",
		"exec:cat one":                      "value",
		"exec:printf 'a\\nb\\n'":            "a\nb",
		"exec:echo $BR_SECRET | tr a-z A-Z": "FROM ENV",
		"exec:echo hidden >&2; echo out":    "out",
	} {
		got, err := ref(t, text).Reveal(t.Context(), dir)
		if err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestRevealFaults(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("BR_EMPTY", "")
	if err := os.WriteFile(filepath.Join(dir, "empty"), []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "large"), make([]byte, 1<<20+1), 0o600); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"env:BR_NOT_THERE":              "read secret: env:BR_NOT_THERE: the environment variable is not set (set BR_NOT_THERE for this process)",
		"env:BR_EMPTY":                  "read secret: env:BR_EMPTY: the environment variable is empty (set BR_EMPTY for this process)",
		"file:nothing":                  "read secret: file:nothing: there is no such file (looked for " + dir + "/nothing)",
		"file:empty":                    "read secret: file:empty: the file is empty",
		"file:large":                    "read secret: file:large: the file is larger than 1048576 bytes",
		"file:.":                        "read secret: file:.: cannot be read: read " + dir + ": is a directory",
		"exec:echo hunter2; exit 3":     "read secret: exec:echo …: the command failed: exit status 3 (run it by hand to see why)",
		"exec:echo hunter2 >&2; exit 1": "read secret: exec:echo …: the command failed: exit status 1 (run it by hand to see why)",
		"exec:no-such-command-anywhere": "read secret: exec:no-such-command-anywhere: the command failed: exit status 127 (run it by hand to see why)",
		"exec:true":                     "read secret: exec:true: the command's output is empty",
		"exec:yes | head -c 5000000":    "read secret: exec:yes …: the command's output is larger than 1048576 bytes",
	} {
		got, err := ref(t, text).Reveal(t.Context(), dir)
		if err == nil || err.Error() != want || got != "" || identity.KindOf(err) != identity.Invalid {
			t.Errorf("%s: %q, %v (%s); want %s", text, got, err, identity.KindOf(err), want)
		}
	}
}

// A command that waits is killed with all it started, whoever gives up first.
func TestRevealStopsWaiting(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := ref(t, "exec:sleep 60 | sleep 60; echo x").Reveal(ctx, t.TempDir())
	if !errors.Is(err, context.DeadlineExceeded) || identity.KindOf(err) != identity.Unavailable {
		t.Errorf("got %v (%s)", err, identity.KindOf(err))
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
}

func TestNewFaults(t *testing.T) {
	for text, want := range map[string]string{
		"env:":        `the secret reference "env:" names nothing: write env:NAME, file:PATH or exec:COMMAND`,
		"file: ":      `the secret reference "file:" names nothing: write env:NAME, file:PATH or exec:COMMAND`,
		"exec:":       `the secret reference "exec:" names nothing: write env:NAME, file:PATH or exec:COMMAND`,
		"env:A B":     "the secret reference env: needs the name of one environment variable, without spaces or =",
		"hunter2\x00": "a secret may not hold a zero byte",
	} {
		if _, err := secret.New(text); err == nil || err.Error() != want {
			t.Errorf("New(%q) = %v; want %s", text, err, want)
		}
	}
}

func TestQuestions(t *testing.T) {
	type answers struct {
		Zero, Literal  bool
		Env, Reference string
	}
	for text, want := range map[string]answers{
		"":                 {true, false, "", "no secret"},
		"hunter2":          {false, true, "", "a literal"},
		"env:X":            {false, false, "X", "env:X"},
		"file:a b":         {false, false, "", "file:a b"},
		"exec:vault":       {false, false, "", "exec:vault"},
		"exec: vault read": {false, false, "", "exec:vault …"},
	} {
		r := ref(t, text)
		if diff := cmp.Diff(want, answers{r.IsZero(), r.IsLiteral(), r.EnvName(), r.Reference()}); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
		if !r.Equal(ref(t, text)) || r.Equal(ref(t, text+"x")) {
			t.Errorf("%s: Equal", text)
		}
	}
}

// settings holds references in all the places that a struct can have them.
type settings struct {
	Password secret.Ref            `yaml:"password" json:"password"`
	Pointer  *secret.Ref           `yaml:"pointer" json:"pointer"`
	List     []secret.Ref          `yaml:"list" json:"list"`
	Map      map[string]secret.Ref `yaml:"map" json:"map" xml:"-"`
	Any      any                   `yaml:"any" json:"any" xml:"-"`
	hidden   secret.Ref
	inner    struct{ deeper *secret.Ref }
}

func TestNothingPrintsASecret(t *testing.T) {
	const value = "hunter2"
	r := ref(t, value)
	s := settings{Password: r, Pointer: &r, List: []secret.Ref{r}, Map: map[string]secret.Ref{"k": r}, Any: r, hidden: r}
	s.inner.deeper = &r
	outputs := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%T", "%20s", "%-8.3v"} {
		for what, v := range map[string]any{"struct": s, "pointer": &s, "ref": r, "ref pointer": &r, "list": []any{s, r}} {
			outputs[verb+" "+what] = fmt.Sprintf(verb, v)
		}
	}
	encode := func(name string, data []byte, err error) {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		outputs[name] = string(data)
	}
	data, err := json.Marshal(s)
	encode("json", data, err)
	data, err = yaml.Marshal(s)
	encode("yaml", data, err)
	data, err = xml.Marshal(s)
	encode("xml", data, err)
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"slog text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"slog json": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var b bytes.Buffer
		slog.New(handler(&b)).Info("x", "ref", r, "pointer", &r, "struct", s, "list", []secret.Ref{r})
		outputs[name] = b.String()
	}
	outputs["error"] = fmt.Errorf("bad: %v %w", r, errors.New(r.String())).Error()
	for name, text := range outputs {
		for _, leak := range []string{value, fmt.Sprintf("%x", value), fmt.Sprintf("%X", value)} {
			if strings.Contains(text, leak) {
				t.Errorf("%s tells the secret: %s", name, text)
			}
		}
	}
	for _, name := range []string{"json", "yaml", "slog text", "%v ref", "%#v ref", "%s ref pointer"} {
		if !strings.Contains(outputs[name], secret.Mask) {
			t.Errorf("%s has no mask: %s", name, outputs[name])
		}
	}
	var empty secret.Ref
	if text := fmt.Sprint(empty); text != "" {
		t.Errorf("nothing prints as %q", text)
	}
}

func FuzzNew(f *testing.F) {
	for _, seed := range []string{"", "env:X", "file:", "exec:a b", "exec:\u00a0", "literal"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := secret.New(text)
		if err == nil && r.Reference() == "" {
			t.Errorf("%q has no name", text)
		}
		if r.IsLiteral() && strings.Contains(fmt.Sprintf("%v %+v %#v", r, r, r), text) && !strings.Contains(`[secret] [secret] "[secret]"`, text) {
			t.Errorf("%q is told", text)
		}
	})
}
