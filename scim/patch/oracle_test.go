package patch_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"birthright/scim/patch"
	"birthright/scim/patch/patchtest"
	"birthright/scim/resource"
)

// failer is a testing.T or a rapid.T.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// again makes a copy that shares nothing, as it is after a way through JSON.
func again(t failer, from map[string]any) map[string]any {
	t.Helper()
	data := written(from)
	out, err := resource.ReadObject(data)
	if err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	return out
}

func written(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		return []byte(err.Error())
	}
	return data
}

// compare applies a body to a document, and requires that the outcome is that of
// the book and keeps what always holds. It returns the outcome, nil for a refusal.
func compare(t failer, of *resource.Type, doc, body map[string]any, strict bool) map[string]any {
	t.Helper()
	book := patchtest.PatchUser
	if of.Name == "Group" {
		book = patchtest.PatchGroup
	}
	want, refusal := book(again(t, doc), again(t, body), strict)
	got, err := outcome(of, again(t, doc), again(t, body), strict)
	about := "strict %v: %s\nof %s\n"
	switch {
	case err != nil && refusal == "":
		t.Fatalf(about+"refused: %v\nthe book: %s", strict, written(body), written(doc), err, written(want))
	case err == nil && refusal != "":
		t.Fatalf(about+"gave %s\nthe book: %s", strict, written(body), written(doc), written(got), refusal)
	case err != nil && scimType(err) != refusal:
		t.Fatalf(about+"refused: %v\nthe book: %s", strict, written(body), written(doc), err, refusal)
	case err != nil:
		return nil
	}
	if diff := cmp.Diff(again(t, want), again(t, got)); diff != "" {
		t.Fatalf(about+"the book and the hub: %s", strict, written(body), written(doc), diff)
	}
	reread := again(t, got)
	reread["schemas"] = []any{of.URN}
	if read, err := of.Read(reread, &resource.Reading{Strict: strict}); err != nil || !cmp.Equal(map[string]any(read), again(t, got)) {
		t.Fatalf(about+"became %s, which reads as %s, %v", strict, written(body), written(doc), written(got), written(read), err)
	}
	return got
}

// Whatever is asked of whatever user, the outcome is that of the book, and what a
// client could have sent as a whole.
func TestPatchIsByTheBook(t *testing.T) { rapid.Check(t, patchIsByTheBook) }

func FuzzPatch(f *testing.F) { f.Fuzz(rapid.MakeFuzz(patchIsByTheBook)) }

func patchIsByTheBook(t *rapid.T) {
	doc, body := drawUser(t), drawBody(t)
	if _, err := resource.ReadObject(written(body)); err != nil {
		return // the same name in two cases
	}
	compare(t, users, doc, body, false)
	compare(t, users, doc, body, true)
}

// What is put into an attribute without choosing among its values is there; putting
// it there again changes nothing.
func TestPatchedTwiceIsPatchedOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc, path := drawUser(t), rapid.SampledFrom(paths).Draw(t, "path")
		body := map[string]any{"schemas": []any{patch.URN}, "Operations": []any{map[string]any{"op": pick(t, "add", "replace", "remove"), "path": path, "value": drawFor(t, path)}}}
		if _, err := resource.ReadObject(written(body)); err != nil || strings.Contains(path, "[") {
			return
		}
		once := compare(t, users, doc, body, false)
		if once == nil {
			return
		}
		if twice := compare(t, users, once, body, false); !cmp.Equal(again(t, twice), again(t, once)) {
			t.Fatalf("%s\nof %s\nonce is %s\ntwice is %s", written(body), written(doc), written(once), written(twice))
		}
	})
}

// A transaction may be tried again: the same steps give the same once more, and so
// keep nothing of the document that they were applied to.
func TestStepsStayAsTheyAre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc, body := drawUser(t), drawBody(t)
		r := &resource.Reading{}
		steps, err := patch.Parse(body, 100, r)
		if err != nil {
			return
		}
		before := written(steps)
		_ = patch.Apply(users, again(t, doc), steps, r)
		if after := written(steps); string(after) != string(before) {
			t.Fatalf("of %s\nthe steps %s\nbecame %s", written(doc), before, after)
		}
	})
}
