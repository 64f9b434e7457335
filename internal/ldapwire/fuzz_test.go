package ldapwire

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/go-ldap/ldap/v3"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func noTrust() *tls.Config { return &tls.Config{ServerName: "nobody.test"} }

// Any entry that can be written is read back as it was, byte by byte.
func TestEntriesReadAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		attributes := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) ldap.EntryAttribute {
			return ldap.EntryAttribute{
				Name:       rapid.StringMatching(`[a-z]{1,9}(;x-[a-z]{1,3})?`).Draw(t, "name"),
				ByteValues: rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 300), 1, 5).Draw(t, "values"),
			}
		}), 0, 6).Draw(t, "attributes")
		dn := rapid.String().Draw(t, "dn")
		raw := join(entryMessage(1, dn, attributes...), doneMessage(1, Success, "", nil))

		ours, err := decodeAll(iotest.OneByteReader(bytes.NewReader(raw)))
		if err != nil {
			t.Fatal(err)
		}
		if ours[0].DN != dn || len(ours[0].Attributes) != len(attributes) {
			t.Fatalf("got %+v, want %q with %d attributes", ours[0], dn, len(attributes))
		}
		for i, a := range attributes {
			if diff := cmp.Diff(a.ByteValues, ours[0].Attributes[i].ByteValues, cmpopts.EquateEmpty()); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

// FuzzDecode feeds any bytes: no panic, no memory beyond the input's size, and
// what we take for search entries go-ldap takes for the same ones.
func FuzzDecode(f *testing.F) {
	f.Add(join(entryMessage(1, "cn=a,dc=b", ldap.EntryAttribute{Name: "cn", ByteValues: [][]byte{[]byte("a"), {0, 255}}}), doneMessage(1, Success, "", nil)))
	f.Add(doneMessage(1, SizeLimitExceeded, "enough", newPaging(3, []byte("cookie"))))
	f.Add([]byte{0x30, 0x84, 0, 0, 0, 7, 2, 1, 1, 0x64, 2, 4, 0})
	f.Fuzz(func(t *testing.T, raw []byte) {
		ours, err := decodeAll(bytes.NewReader(raw))
		if err != nil || len(ours) == 0 {
			return
		}
		theirs, err := goLDAP(t, join(raw, doneMessage(1, Success, "", nil)))
		if err != nil {
			return // go-ldap objects to messages around the entries that we do not look into
		}
		if diff := cmp.Diff(theirs.Entries, ours, cmpopts.IgnoreUnexported(ldap.EntryAttribute{}), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("entries (-go-ldap +ours):\n%s", diff)
		}
	})
}

// decodeAll reads the entries that answer message 1 up to the first result, and
// decodes everything else it meets.
func decodeAll(r io.Reader) ([]*ldap.Entry, error) {
	in := newFrames(r, 1<<20)
	var out []*ldap.Entry
	var entry Entry
	for {
		b, err := in.next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		m, err := readMessage(b)
		if err != nil {
			return nil, err
		}
		if _, _, err := pagingCookie(m.controls); err != nil {
			return nil, err
		}
		switch {
		case m.op == tagSearchEntry && m.id == 1:
			if err := entry.decode(m.content); err != nil {
				return nil, err
			}
			out = append(out, copied(&entry))
		case m.op == tagSearchDone:
			_, err := decodeResult(m.content)
			return out, err
		}
	}
}
