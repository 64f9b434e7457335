package facts

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/sources"
)

func place(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRowsAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	const text = `
# the rota of November
- {kind: shift, name: platform-primary, person: ada@x.test, start: 2026-11-23T08:00:00+01:00, end: 2026-11-23T18:00:00Z}
- {kind: ticket, name: incidents, person: 4711, key: INC-1}
`
	var got []identity.Fact
	end, err := open(t, place(t, "rota.yml", text)).Facts(t.Context(), func(f identity.Fact) error { got = append(got, f); return nil })
	if err != nil || !end.Complete {
		t.Fatal(end, err)
	}
	want := []identity.Fact{
		{Kind: "shift", Name: "platform-primary", Person: "ada@x.test", Key: "platform-primary/ada@x.test/2026-11-23T08:00:00+01:00",
			Start: time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC), End: time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)},
		{Kind: "ticket", Name: "incidents", Person: "4711", Key: "INC-1"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFaultsAreToldWithTheirPlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file, text string
		want       []string
	}{
		"yaml": {"rota.yaml", "- {kind: shft, name: a, person: b, start: 2026-11-23}\n- kind: shift\n  name: a\n  person: b\n  start: 2026-11-23T10:00:00Z\n  end: 2026-11-23T09:00:00Z\n", []string{
			`rota.yaml:1:10: "shft" is no kind of fact: write shift or ticket`,
			`rota.yaml:1:43: "2026-11-23" is not a time: write it like 2026-03-31T18:00:00Z or 2026-03-31T18:00:00+02:00`,
			`rota.yaml:6:8: the end is not after the start`,
		}},
		"unknown key":   {"rota.yaml", "- {kind: ticket, name: a, persn: b}\n", []string{`rota.yaml:1:27: unknown key "persn"; did you mean "person"?`}},
		"missing":       {"rota.yaml", "- {}\n", []string{"rota.yaml:1:3: kind is missing", "name is missing", "person is missing"}},
		"no start":      {"rota.yaml", "- {kind: shift, name: a, person: b}\n", []string{"rota.yaml:1:3: start is missing"}},
		"twice":         {"rota.yaml", "- {kind: ticket, name: a, person: b}\n- {kind: ticket, name: a, person: b}\n", []string{"rota.yaml:2:3: this ticket is there already, on line 1"}},
		"nothing":       {"rota.yaml", "# nothing\n", []string{"rota.yaml:1:1: the file is empty: where there are no shifts and tickets, write []"}},
		"json":          {"rota.json", "[\n  {\"kind\": \"ticket\", \"name\": \"a\"}\n]", []string{"rota.json:2:3: person is missing"}},
		"cut json":      {"rota.json", "[{\"kind\": \"tick", []string{"rota.json:1:"}},
		"csv header":    {"rota.csv", "kind,nmae,person\n", []string{`rota.csv:1:6: unknown column "nmae"; did you mean "name"?`, `rota.csv:1:1: the column "name" is missing`}},
		"csv row":       {"rota.csv", "kind,name,person,start\nshift,a,b,now\n,,,\nshift,a\n", []string{`rota.csv:4:1: 2 columns, but the header has 4`}},
		"csv time":      {"rota.csv", "kind,name,person,start\nshift,a,b,now\n", []string{`rota.csv:2:11: "now" is not a time`}},
		"csv quote":     {"rota.csv", "kind,name,person\n\"ticket,a,b\n", []string{"rota.csv:"}},
		"csv empty":     {"rota.csv", "", []string{"rota.csv:1:1: the file is empty"}},
		"csv encoding":  {"rota.csv", "kind,name,person\nticket,\xff,b\n", []string{"not UTF-8"}},
		"csv twice":     {"rota.csv", "kind,name,person,kind\n", []string{`the column "kind" is there twice`}},
		"not even yaml": {"rota.yaml", "a: [\n", []string{"rota.yaml:1:"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := place(t, c.file, c.text)
			told := 0
			end, err := open(t, path).Facts(t.Context(), func(identity.Fact) error { told++; return nil })
			if err == nil || end.Complete || told > 0 {
				t.Fatalf("%d facts were told, %+v, %v", told, end, err)
			}
			text := strings.ReplaceAll(err.Error(), filepath.Dir(path)+"/", "")
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in\n%s", want, text)
				}
			}
			report, err := open(t, path).Probe(t.Context())
			if err != nil || len(report.Findings) == 0 || report.Findings[0].OK {
				t.Errorf("the probe says %+v, %v", report, err)
			}
		})
	}
}

func TestFileThatIsNotThere(t *testing.T) {
	t.Parallel()
	_, err := open(t, filepath.Join(t.TempDir(), "rota.csv")).Facts(t.Context(), func(identity.Fact) error { return nil })
	if identity.KindOf(err) != identity.NotFound || !strings.Contains(err.Error(), "check path") {
		t.Error(err)
	}
	_, err = open(t, t.TempDir()+".csv").Facts(context.Background(), func(identity.Fact) error { return nil })
	if err == nil {
		t.Error("a file was read that is not there")
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]Config{
		"path is missing": {},
		"its ending":      {Path: "rota.txt"},
		"max_age: -1m":    {Path: "rota.csv", Terms: sources.Terms{MaxAge: -time.Minute}},
		"expire_after":    {Path: "rota.csv", Terms: sources.Terms{ExpireAfter: -time.Minute}},
	} {
		if _, err := c.Open(sources.Env{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	terms := open(t, "rota.csv").Terms()
	if diff := cmp.Diff(sources.Terms{Match: []string{"email"}, MaxAge: 15 * time.Minute, ExpireAfter: 24 * time.Hour}, terms); diff != "" {
		t.Error(diff)
	}
	if _, err := (&Config{Path: "rota.csv"}).Open(sources.Env{Map: []sources.Mapping{{To: "a", From: "b"}}}); err == nil {
		t.Error("a mapping was taken")
	}
}
