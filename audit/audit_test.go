package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.FixedZone("", 3600))

// chain returns n chained records and the head.
func chain(t testing.TB, n int) ([]Record, Head) {
	t.Helper()
	var records []Record
	var head Head
	for i := range n {
		var r Record
		var err error
		r, head, err = Append(head, Event{
			At: start.Add(time.Duration(i) * time.Second), Actor: "source:hr", Action: "user.changed",
			Subject: fmt.Sprintf("user:u%d", i), Detail: map[string]any{"n": i, "z": []string{"<ä>"}, "f": 1.5e300},
		})
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	return records, head
}

func each(records []Record) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func TestVerifyNamesTheFirstBadRecord(t *testing.T) {
	edit := func(i int, f func(*Record)) func([]Record) []Record {
		return func(rs []Record) []Record { f(&rs[i]); return rs }
	}
	cases := []struct {
		name   string
		tamper func([]Record) []Record
		bad    int64
		reason string
	}{
		{"nothing", func(rs []Record) []Record { return rs }, 0, ""},
		{"subject changed", edit(4, func(r *Record) { r.Subject = "user:eve" }), 5, "changed"},
		{"time changed", edit(4, func(r *Record) { r.At = r.At.Add(time.Microsecond) }), 5, "changed"},
		{"detail changed", edit(4, func(r *Record) { r.Detail = nil }), 5, "changed"},
		{"hash changed", edit(4, func(r *Record) { r.Hash[31] ^= 1 }), 5, "changed"},
		{"link changed", edit(4, func(r *Record) { r.Prev[0] ^= 1 }), 5, "does not continue"},
		{"changed and hashed anew", edit(4, func(r *Record) {
			r.Subject = "user:eve"
			r.Hash, _ = r.sum()
		}), 6, "does not continue"},
		{"first dropped", func(rs []Record) []Record { return rs[1:] }, 1, "missing"},
		{"one dropped", func(rs []Record) []Record { return slices.Delete(rs, 4, 5) }, 5, "missing"},
		{"one twice", func(rs []Record) []Record { return slices.Insert(rs, 5, rs[4]) }, 6, "twice"},
		{"two swapped", func(rs []Record) []Record { rs[4], rs[5] = rs[5], rs[4]; return rs }, 5, "out of order"},
		{"cut off", func(rs []Record) []Record { return rs[:7] }, 8, "cut off"},
		{"emptied", func(rs []Record) []Record { return nil }, 1, "cut off"},
		{"last rewritten", func(rs []Record) []Record {
			last := &rs[len(rs)-1]
			last.Subject = "user:eve"
			last.Hash, _ = last.sum()
			return rs
		}, 10, "rewritten"},
		{"one more forged", func(rs []Record) []Record {
			r, _, _ := Append(rs[len(rs)-1].Head(), Event{Action: "x.y"})
			return append(rs, r)
		}, 11, "longer"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			records, head := chain(t, 10)
			v, err := Verify(each(c.tamper(records)), Head{}, head)
			if err != nil {
				t.Fatal(err)
			}
			if v.FirstBad != c.bad || v.OK != (c.bad == 0) || !strings.Contains(v.Reason, c.reason) {
				t.Errorf("got %+v, want first bad %d because %q", v, c.bad, c.reason)
			}
		})
	}
}

func TestVerifyFromTheMiddle(t *testing.T) {
	records, head := chain(t, 10)
	v, err := Verify(each(records[4:]), records[3].Head(), head)
	if err != nil || !v.OK || v.Records != 6 {
		t.Errorf("got %+v, %v", v, err)
	}
}

func export(t testing.TB, records []Record, head Head) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Export(&b, each(records), Head{}, head); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Every bit of an export is covered: no flip of one goes unseen, and it is laid
// to the record it is in.
func TestExportShowsEveryFlippedBit(t *testing.T) {
	records, head := chain(t, 3)
	good := export(t, records, head)
	if v, err := VerifyExport(bytes.NewReader(good)); err != nil || !v.OK || v.Records != 3 {
		t.Fatalf("untouched: %+v, %v", v, err)
	}
	for i := range good {
		for bit := range 8 {
			bad := slices.Clone(good)
			bad[i] ^= 1 << bit
			v, err := VerifyExport(bytes.NewReader(bad))
			if err == nil && v.OK {
				t.Fatalf("byte %d bit %d of %q is not covered", i, bit, good)
			}
			line := int64(bytes.Count(good[:i], []byte("\n")))
			if err == nil && line >= 1 && line <= 3 && v.FirstBad != line {
				t.Fatalf("byte %d bit %d is in record %d, told as %+v", i, bit, line, v)
			}
		}
	}
}

func TestExportShowsLostLines(t *testing.T) {
	records, head := chain(t, 5)
	lines := bytes.SplitAfter(export(t, records, head), []byte("\n"))
	lines = lines[:len(lines)-1]
	cases := []struct {
		name string
		of   [][]byte
		bad  int64
	}{
		{"dropped", slices.Delete(slices.Clone(lines), 3, 4), 3},
		{"duplicated", slices.Insert(slices.Clone(lines), 4, lines[3]), 4},
		{"swapped", slices.Concat(lines[:2], lines[3:4], lines[2:3], lines[4:]), 2},
		{"cut off", lines[:4], 4},
		{"cut off before the closing line", lines[:6], 6},
		{"tail removed", slices.Concat(lines[:4], lines[6:]), 4},
		{"more after the end", slices.Concat(lines, lines[6:]), 6},
	}
	for _, c := range cases {
		v, err := VerifyExport(bytes.NewReader(bytes.Join(c.of, nil)))
		if err != nil || v.OK || v.FirstBad != c.bad {
			t.Errorf("%s: got %+v, %v; want first bad %d", c.name, v, err, c.bad)
		}
	}
	if _, err := VerifyExport(strings.NewReader("hello\n")); err == nil {
		t.Error("a text that is no export was taken for one")
	}
}

// What is stored and read back gives the same hash: nothing of an event is lost.
func TestNormalisedEventsSurviveJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
		event := Event{
			At:    time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "s"), rapid.Int64Range(0, 999999999).Draw(t, "ns")),
			Actor: text.Draw(t, "actor"), Action: text.Draw(t, "action"), Subject: text.Draw(t, "subject"), Run: text.Draw(t, "run"),
		}
		if rapid.Bool().Draw(t, "detailed") {
			event.Detail = map[string]any{
				text.Draw(t, "key"): text.Draw(t, "value"), "i": rapid.Int64().Draw(t, "i"),
				"f": rapid.Float64().Filter(func(f float64) bool { return f == f && f-f == 0 }).Draw(t, "f"),
			}
		}
		r, head, err := Append(Head{}, event)
		if err != nil {
			t.Fatal(err)
		}
		stored, err := DetailText(r.Detail)
		if err != nil {
			t.Fatal(err)
		}
		r.Detail, _ = ParseDetail(stored) // numbers as text, as they are read
		back := r
		if back.Detail, err = ParseDetail(stored); err != nil {
			t.Fatal(err)
		}
		back.At = time.UnixMicro(r.At.UnixMicro()).UTC()
		if diff := cmp.Diff(r, back); diff != "" {
			t.Fatal(diff)
		}
		if v, err := Verify(each([]Record{back}), Head{}, head); err != nil || !v.OK {
			t.Fatalf("%+v, %v", v, err)
		}
	})
}

func TestDetailThatIsNotJSONIsAnError(t *testing.T) {
	if _, _, err := Append(Head{}, Event{Action: "a.b", Detail: map[string]any{"c": make(chan int)}}); err == nil {
		t.Error("a channel was taken for JSON")
	}
	for _, text := range []string{`{"a":1,"a":2}`, `{ "a":1}`, `{"a":1}x`, `{"b":1,"a":2}`, `nonsense`} {
		if _, err := ParseDetail(text); err == nil {
			t.Errorf("%s was taken for canonical", text)
		}
	}
}

type unsorted struct {
	Z int            `json:"z"`
	A map[string]any `json:"a"`
}

func TestDetailOfOwnTypesIsSorted(t *testing.T) {
	r, detail, err := Seal(Head{}, Event{At: start, Detail: map[string]any{"v": unsorted{1, map[string]any{"t": start}}, "raw": json.RawMessage(`{"b":1, "a":2}`)}})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"raw":{"a":2,"b":1},"v":{"a":{"t":"2026-03-01T12:00:00.123456789+01:00"},"z":1}}`; detail != want {
		t.Errorf("got %s, want %s", detail, want)
	}
	if v, err := Verify(each([]Record{r}), Head{}, r.Head()); err != nil || !v.OK {
		t.Errorf("%+v, %v", v, err)
	}
}

// The bytes that a hash covers are the event's JSON: nobody needs this package
// to check a log.
func TestHashCoversTheJSONOfTheEvent(t *testing.T) {
	records, _ := chain(t, 2)
	for _, r := range records {
		text, err := encode(r.Event)
		if err != nil {
			t.Fatal(err)
		}
		if got := Hash(sha256.Sum256(append(r.Prev[:], text...))); got != r.Hash {
			t.Errorf("record %d: %s is not the hash of %s", r.Seq, r.Hash, text)
		}
	}
}

func FuzzVerifyExport(f *testing.F) {
	records, head := chain(f, 2)
	f.Add(export(f, records, head))
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := VerifyExport(bytes.NewReader(text))
		if err == nil && v.OK != (v.FirstBad == 0) {
			t.Errorf("%+v contradicts itself", v)
		}
		if _, err := json.Marshal(v); err != nil {
			t.Error(err)
		}
	})
}
