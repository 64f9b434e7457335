package document_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"birthright/audit"
	"birthright/reviews/document"

	"github.com/google/go-cmp/cmp"
)

func manifest(files ...document.Sealed) document.Manifest {
	return document.Manifest{
		Report: "0195-a7c4", Kind: "creep", MadeAt: made, Policy: "41", Files: files,
		Inputs: []document.Input{
			{Target: "github", ReadAt: made.Add(-2 * time.Hour), Complete: true},
			{Target: "aws", ReadAt: made.Add(-26 * time.Hour)},
			{Target: "okta"},
		},
	}
}

// A manifest comes back from the log as it went in, and the log can hold it.
func TestManifest(t *testing.T) {
	want := manifest(document.Sealed{Name: "a.html", Bytes: 12, SHA256: document.Digest([]byte("x"))})
	text, err := json.Marshal(want.Detail())
	if err != nil {
		t.Fatal(err)
	}
	var stored map[string]any
	if err := json.Unmarshal(text, &stored); err != nil {
		t.Fatal(err)
	}
	for name, detail := range map[string]map[string]any{"as made": want.Detail(), "as stored": stored} {
		got, is := document.ReadManifest(detail)
		if diff := cmp.Diff(want, got); !is || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", name, is, diff)
		}
	}
	if age := want.Detail()["inputs"].([]any)[0].(map[string]any)["age_seconds"]; age != int64(7200) {
		t.Errorf("age: %v", age)
	}
	for _, other := range []map[string]any{nil, {"user": "ada"}, {"report": 1, "files": "none"}, {"report": "x", "files": []any{}}} {
		if _, is := document.ReadManifest(other); is {
			t.Errorf("%v is taken for a manifest", other)
		}
	}
}

func TestManifestFacts(t *testing.T) {
	var got []string
	for _, f := range manifest().Facts() {
		got = append(got, f.Name+": "+f.Value.Shown())
	}
	want := []string{"Report: 0195-a7c4", "Policy version: 41", "Read of github: 2026-03-02 07:30 UTC, 2h before", "Read of aws: 2026-03-01 07:30 UTC, 1d2h before, in part", "Read of okta: never read"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A file is checked with what an auditor has: the file and the log.
func TestCheck(t *testing.T) {
	var out bytes.Buffer
	seal := document.NewSeal(&out)
	if err := sample().Write(seal, document.FormHTML); err != nil {
		t.Fatal(err)
	}
	file := seal.File("creep.html")
	if file.SHA256 != document.Digest(out.Bytes()) || file.Bytes != int64(out.Len()) {
		t.Fatalf("the seal says %+v of %d bytes", file, out.Len())
	}
	event := audit.Event{Action: document.Action, Detail: manifest(document.Sealed{Name: "creep.csv", SHA256: document.Digest([]byte("csv"))}, file).Detail()}
	log := []map[string]any{{"user": "ada"}, nil, event.Detail}

	forged := bytes.Replace(out.Bytes(), []byte("412 d"), []byte("2 d"), 1)
	for _, c := range []struct {
		name, file string
		bytes      []byte
		want       document.Standing
		event      int
	}{
		{"the file", "creep.html", out.Bytes(), document.Genuine, 2},
		{"the file under another name", "old/copy.html", out.Bytes(), document.Genuine, 2},
		{"another file of the report", "", []byte("csv"), document.Genuine, 2},
		{"with a figure changed", "somewhere/creep.html", forged, document.Altered, 2},
		{"changed and renamed", "x.html", forged, document.Unknown, -1},
		{"without a name", "", forged, document.Unknown, -1},
		{"nothing", "", nil, document.Unknown, -1},
	} {
		got := document.Check(c.file, c.bytes, log)
		if got.Standing != c.want || got.Event != c.event || got.SHA256 != document.Digest(c.bytes) {
			t.Errorf("%s: %+v", c.name, got)
		}
		if (got.Event >= 0) != (got.Report.Report == "0195-a7c4") {
			t.Errorf("%s: of report %q", c.name, got.Report.Report)
		}
	}
	if got := document.Check("creep.html", out.Bytes(), nil); got.Standing != document.Unknown {
		t.Errorf("an empty log: %+v", got)
	}
}
