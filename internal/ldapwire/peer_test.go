package ldapwire

import (
	"context"
	"io"
	"net"
	"testing"

	"birthright/internal/slapdtest"

	"github.com/go-ldap/ldap/v3"
)

// scripted starts a server that answers the n-th message of a connection, from
// 0, with the bytes that reply returns for it, and hangs up after nil.
func scripted(t testing.TB, reply func(n int, m message) []byte) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			socket, err := listener.Accept()
			if err != nil {
				return
			}
			go serve(socket, reply)
		}
	}()
	return listener.Addr().String()
}

func serve(socket net.Conn, reply func(n int, m message) []byte) {
	defer socket.Close()
	in := newFrames(socket, 1<<20)
	for n := 0; ; n++ {
		b, err := in.next()
		if err != nil {
			return
		}
		m, err := readMessage(b)
		if err != nil {
			return
		}
		out := reply(n, m)
		if out == nil {
			return
		}
		if _, err := socket.Write(out); err != nil {
			return
		}
	}
}

// The messages that scripts are made of.

func entryMessage(id int64, dn string, attributes ...ldap.EntryAttribute) []byte {
	var list []byte
	for _, a := range attributes {
		var values []byte
		for _, v := range a.ByteValues {
			values = appendElement(values, tagOctetString, v)
		}
		list = append(list, newElement(tagSequence, newString(tagOctetString, a.Name), newElement(tagSet, values))...)
	}
	return newMessage(id, newElement(tagSearchEntry, newString(tagOctetString, dn), newElement(tagSequence, list)), nil)
}

func doneMessage(id int64, code int, text string, controls []byte) []byte {
	return newMessage(id, resultOp(tagSearchDone, code, text), controls)
}

func resultOp(op byte, code int, text string) []byte {
	return newElement(op, newInt(tagEnumerated, int64(code)), newString(tagOctetString, ""), newString(tagOctetString, text))
}

func newMessage(id int64, op, controls []byte) []byte {
	return newElement(tagSequence, newInt(tagInteger, id), op, controls)
}

func join(parts ...[]byte) []byte {
	var out []byte
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// dial connects to address in plain text for as long as the test lasts.
func dial(t testing.TB, address string) *Conn {
	t.Helper()
	c, err := Dial(context.Background(), Options{Address: address})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// goLDAP decodes raw search answers, each to message 1, with go-ldap.
func goLDAP(t testing.TB, raw []byte) (*ldap.SearchResult, error) {
	t.Helper()
	here, there := net.Pipe()
	defer there.Close()
	go func() {
		if _, err := newFrames(there, 1<<20).next(); err == nil {
			_, _ = there.Write(raw)
		}
		_, _ = io.Copy(io.Discard, there)
	}()
	conn := ldap.NewConn(here, false)
	conn.Start()
	defer conn.Close()
	return conn.Search(ldap.NewSearchRequest("", ldap.ScopeBaseObject, ldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)", nil, nil))
}

// copied returns e in go-ldap's shape, sharing nothing.
func copied(e *Entry) *ldap.Entry {
	out := &ldap.Entry{DN: string(e.DN)}
	for _, a := range e.Attributes {
		attribute := &ldap.EntryAttribute{Name: string(a.Name)}
		for _, v := range a.Values {
			attribute.Values = append(attribute.Values, string(v))
			attribute.ByteValues = append(attribute.ByteValues, append([]byte{}, v...))
		}
		out.Attributes = append(out.Attributes, attribute)
	}
	return out
}

// exampleServer is a slapd with the sample directory.
func exampleServer(t *testing.T, opts slapdtest.Options) *slapdtest.Server {
	t.Helper()
	s := slapdtest.Start(t, opts)
	s.MustLoad(t, slapdtest.ExampleLDIF(t))
	return s
}
