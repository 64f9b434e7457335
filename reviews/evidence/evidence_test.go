package evidence

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"birthright/audit"
)

var (
	begin = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	end   = begin.AddDate(0, 3, 0)
)

// company is what an archive is made of.
type company struct {
	people      []Person
	memberships []Membership
	requests    []Request
	changes     []Change
	decisions   []Decision
	revocations []Revocation
	orders      []Order
	grants      []Grant
	log         []audit.Record
}

// year is a small company with n changes and as many requests.
func year(t tb, n int) *company {
	t.Helper()
	c := &company{}
	head := audit.Head{}
	tell := func(at time.Time, actor, action, run string, detail map[string]any) {
		r, next, err := audit.Append(head, audit.Event{At: at, Actor: actor, Action: action, Subject: "user:ada", Run: run, Detail: detail})
		if err != nil {
			t.Fatal(err)
		}
		c.log, head = append(c.log, r), next
	}
	moved := begin.AddDate(0, 1, 0)
	c.people = []Person{
		{ID: "1", User: "ada", From: begin.AddDate(0, -1, 0), Until: &moved, State: "active"}, {ID: "1", User: "ada", From: moved, State: "left"},
	}
	c.memberships = []Membership{{ID: "1", User: "ada", Group: "g", From: begin.AddDate(0, -1, 0), Until: &moved, Since: begin.AddDate(0, -1, 0)}}
	for i := range n {
		at := begin.Add(time.Duration(i) * time.Hour)
		done := at.Add(time.Minute)
		id := fmt.Sprint("c", i)
		c.changes = append(c.changes, Change{ID: "run." + id, Run: "run", Target: "t", User: "ada", Action: "add", Intended: at, Finished: &done, Outcome: "done"})
		tell(at, "hub", "change.intent", "run", map[string]any{"change": id})
		tell(done, "hub", "change.outcome", "run", map[string]any{"change": id, "outcome": "done"})
		id = fmt.Sprint("r", i)
		c.requests = append(c.requests, Request{
			ID: id, User: "ada", Group: "g", Created: at, Outcome: "approved", DecidedAt: &done, Votes: []Vote{{By: "user:bo", At: done, Approve: true, Stage: 1}},
		})
		tell(done, "user:bo", "request.voted", "", map[string]any{"request": id, "approve": true})
		tell(done, "user:bo", "request.approved", "", map[string]any{"request": id})
		id = fmt.Sprint("i", i)
		c.decisions = append(c.decisions, Decision{Campaign: "k1", Item: id, User: "ada", What: "g", By: "user:bo", Decision: "revoke", At: done})
		tell(done, "user:bo", "review.decided", "", map[string]any{"item": id, "decision": "revoke"})
		v, o, g := fmt.Sprint("v", i), fmt.Sprint("o", i), fmt.Sprint("g", i)
		c.revocations = append(c.revocations, Revocation{ID: v, User: "ada", Group: "g", By: "user:bo", At: done})
		tell(done, "user:bo", "membership.revoked", "", map[string]any{"revocation": v})
		c.orders = append(c.orders, Order{ID: o, At: done})
		tell(done, "user:bo", "access.ordered", "", map[string]any{"order": o})
		c.grants = append(c.grants, Grant{ID: g, User: "ada", Group: "g", StartsAt: at, SettledAt: &done})
		tell(done, "hub", "grant.settled", "", map[string]any{"grant": g})
	}
	return c
}

func records(list []audit.Record) iter.Seq2[audit.Record, error] {
	return func(yield func(audit.Record, error) bool) {
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func all[Row any](rows []Row) func(put func(any) error) error {
	return func(put func(any) error) error {
		for _, row := range rows {
			if err := put(row); err != nil {
				return err
			}
		}
		return nil
	}
}

// pack makes the archive of a company, with its counts as they are.
func (c *company) pack(t tb) []byte {
	t.Helper()
	var b bytes.Buffer
	w := NewWriter(&b, end)
	m := Manifest{From: begin, Until: end, NotRead: []string{"crm"}}
	for _, p := range c.people {
		m.Count(p.From, p.Until, &m.Counts.PeopleAtStart, &m.Counts.PeopleAtEnd)
	}
	for _, s := range c.memberships {
		m.Count(s.From, s.Until, &m.Counts.MembershipsAtStart, &m.Counts.MembershipsAtEnd)
	}
	if len(c.log) > 0 {
		m.After, m.Head = audit.Head{Seq: c.log[0].Seq - 1, Hash: c.log[0].Prev}, c.log[len(c.log)-1].Head()
	}
	errs := []error{w.Add(ReadmeFile, func(out io.Writer) error { return WriteReadme(out, &m) })}
	for _, name := range Tables() {
		fill := all[Run](nil)
		switch name {
		case PeopleFile:
			fill = all(c.people)
		case MembershipsFile:
			fill = all(c.memberships)
		case RequestsFile:
			fill = all(c.requests)
		case ChangesFile:
			fill = all(c.changes)
		case DecisionsFile:
			fill = all(c.decisions)
		case RevocationsFile:
			fill = all(c.revocations)
		case OrdersFile:
			fill = all(c.orders)
		case GrantsFile:
			fill = all(c.grants)
		case AuditFile:
			errs = append(errs, w.Add(name, func(out io.Writer) error { return audit.Export(out, records(c.log), m.After, m.Head) }))
			continue
		}
		errs = append(errs, w.Rows(name, fill))
	}
	_, err := w.Close(m)
	if err := errors.Join(append(errs, err)...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func verify(text []byte) (Verdict, error) { return Verify(bytes.NewReader(text), int64(len(text))) }

func TestWhatWasMadeIsWhole(t *testing.T) {
	for _, n := range []int{0, 1, 300} {
		text := year(t, n).pack(t)
		if v, err := verify(text); err != nil || !v.OK || v.Files != 13 || !slices.Equal(v.NotRead, []string{"crm"}) {
			t.Errorf("%d: %+v, %v", n, v, err)
		}
		if !bytes.Equal(text, year(t, n).pack(t)) {
			t.Errorf("%d: the same rows gave other bytes", n)
		}
	}
}

// No byte of an archive can be changed, taken out or put in unseen.
func TestEveryByteCounts(t *testing.T) {
	good := year(t, 1).pack(t)
	whole := func(text []byte) bool { v, err := verify(text); return err == nil && v.OK }
	for i := range good {
		bad := slices.Clone(good)
		bad[i] ^= 1 << (i % 8)
		if whole(bad) {
			t.Fatalf("byte %d of %d was changed unseen", i, len(good))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		i, bit := rapid.IntRange(0, len(good)-1).Draw(t, "at"), rapid.IntRange(0, 7).Draw(t, "bit")
		bad := slices.Clone(good)
		switch rapid.IntRange(0, 3).Draw(t, "how") {
		case 0:
			bad[i] ^= 1 << bit
		case 1:
			bad = slices.Delete(bad, i, i+1)
		case 2:
			bad = slices.Insert(bad, i, byte(bit))
		case 3:
			bad = bad[:i]
		}
		if whole(bad) {
			t.Fatal("unseen")
		}
	})
}

// Whoever takes out, changes or makes up rows and makes the archive anew is found by the
// log's part in it, and told of precisely.
func TestRowsThatTheLogDoesNotKnowAreNamed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := year(failer{t}, 40)
		i := rapid.IntRange(0, 39).Draw(t, "i")
		name := ""
		switch rapid.IntRange(0, 10).Draw(t, "how") {
		case 0:
			name = "change run.c" + fmt.Sprint(i)
			c.changes = slices.Delete(c.changes, i, i+1)
		case 1:
			name = "request r" + fmt.Sprint(i)
			c.requests = slices.Delete(c.requests, i, i+1)
		case 2:
			name = "request r" + fmt.Sprint(i)
			c.requests[i].Votes = nil
		case 3:
			name = "request.denied of request r" + fmt.Sprint(i)
			c.requests[i].Outcome = "denied"
		case 4:
			name = "change run.x"
			c.changes[i].ID = "run.x"
		case 5:
			name = "change.outcome of change run.c" + fmt.Sprint(i) + ": refused"
			c.changes[i].Outcome = "refused"
		case 8:
			name = "membership.revoked of revocation v" + fmt.Sprint(i)
			c.revocations = slices.Delete(c.revocations, i, i+1)
		case 9:
			name = "access.ordered of order o" + fmt.Sprint(i)
			c.orders = slices.Delete(c.orders, i, i+1)
		case 10:
			name = "grant.settled of grant g" + fmt.Sprint(i)
			c.grants = slices.Delete(c.grants, i, i+1)
		case 7:
			name = "review.decided of item i" + fmt.Sprint(i) + " by user:bo: revoke"
			c.decisions = slices.Delete(c.decisions, i, i+1)
		case 6:
			name = fmt.Sprintf("record %d", c.log[2*i+1].Seq)
			c.log = slices.Delete(c.log, 2*i+1, 2*i+2)
		}
		v, err := verify(c.pack(failer{t}))
		if err != nil || v.OK || !slices.ContainsFunc(v.Faults, func(f Fault) bool { return strings.Contains(f.What, name) }) {
			t.Fatalf("%q is not told: %+v, %v", name, v.Faults, err)
		}
	})
}

// failer lets what is made for tests be made within a property.
type failer struct{ *rapid.T }

func (f failer) Fatal(args ...any) { f.T.Fatal(args...) }

type tb interface {
	Helper()
	Fatal(args ...any)
}

func TestCountsAgree(t *testing.T) {
	c := year(t, 1)
	text := c.pack(t)
	for _, name := range []string{PeopleFile, MembershipsFile} {
		bad := rewrite(t, text, func(file string, body []byte) []byte {
			if file != name {
				return body
			}
			return body[bytes.IndexByte(body, '\n')+1:]
		})
		v, err := verify(bad)
		if err != nil || !slices.ContainsFunc(v.Faults, func(f Fault) bool { return f.File == name && strings.Contains(f.What, "the manifest says 1") }) {
			t.Errorf("%s: %+v, %v", name, v.Faults, err)
		}
	}
}

// rewrite makes the archive anew, with the manifest as it was.
func rewrite(t *testing.T, text []byte, change func(file string, body []byte) []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := NewWriter(&b, end)
	for _, f := range z.File {
		body, err := read(f, maxManifest)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Add(f.Name, put(change(f.Name, body))); err != nil {
			t.Fatal(err)
		}
	}
	if err := seal(w.zip, w.bytes); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWhatIsNoArchive(t *testing.T) {
	var empty bytes.Buffer
	if err := zip.NewWriter(&empty).Close(); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "hello", empty.String()} {
		if _, err := verify([]byte(text)); err == nil {
			t.Errorf("%q was taken for an archive", text)
		}
	}
}

func FuzzVerify(f *testing.F) {
	f.Add(year(f, 1).pack(f))
	f.Fuzz(func(t *testing.T, text []byte) {
		if v, err := verify(text); err == nil && v.OK != (len(v.Faults) == 0) {
			t.Errorf("%+v contradicts itself", v)
		}
	})
}
