package ldapwire

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// Whatever a server does wrong, a search must not end well on half an answer.
func TestBrokenAnswersAreErrors(t *testing.T) {
	t.Parallel()
	page := func(cookie string) []byte { return newPaging(0, []byte(cookie)) }
	tests := []struct {
		name  string
		reply func(n int, m message) []byte
		want  string // part of the error
	}{
		{"size limit with data in it", func(_ int, m message) []byte {
			return join(entryMessage(m.id, "cn=a"), doneMessage(m.id, SizeLimitExceeded, "", page("")))
		}, "size limit exceeded (LDAP result 4)"},
		{"time limit", func(_ int, m message) []byte { return doneMessage(m.id, TimeLimitExceeded, "", nil) }, "LDAP result 3"},
		{"busy", func(_ int, m message) []byte { return doneMessage(m.id, Busy, "", nil) }, "LDAP result 51"},
		{"no cookie control", func(_ int, m message) []byte {
			return join(entryMessage(m.id, "cn=a"), doneMessage(m.id, Success, "", nil))
		}, "carries no cookie"},
		{"the same page for ever", func(_ int, m message) []byte {
			return join(entryMessage(m.id, "cn=a"), doneMessage(m.id, Success, "", page("c")))
		}, "begins like the one before"},
		{"empty pages with the same cookie", func(_ int, m message) []byte { return doneMessage(m.id, Success, "", page("c")) }, "is empty"},
		{"empty pages for ever", func(n int, m message) []byte {
			return doneMessage(m.id, Success, "", page(fmt.Sprint(n)))
		}, "empty pages in a row"},
		{"hang up in a page", func(n int, m message) []byte {
			if n == 0 {
				return join(entryMessage(m.id, "cn=a"), doneMessage(m.id, Success, "", page("c")))
			}
			return nil
		}, io.EOF.Error()},
		{"silence in a message", func(_ int, m message) []byte { return entryMessage(m.id, "cn=a")[:9] }, "timeout"},
		{"notice of disconnection", func(_ int, m message) []byte {
			return newMessage(0, resultOp(tagExtendedResponse, Unavailable, "going down"), nil)
		}, "going down"},
		{"answer to another request", func(_ int, m message) []byte { return entryMessage(m.id+5, "cn=a") }, "answer to request"},
		{"not LDAP", func(int, message) []byte { return []byte("HTTP/1.1 400 Bad Request\r\n\r\n") }, "does not speak LDAP"},
		{"a length beyond all limits", func(int, message) []byte { return []byte{0x30, 0x84, 0x7f, 0xff, 0xff, 0xff} }, "more than any message"},
		{"indefinite length", func(int, message) []byte { return []byte{0x30, 0x80, 0, 0} }, "definite"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			patience := 30 * time.Second // for a busy machine
			if tt.want == "timeout" {
				patience = 200 * time.Millisecond
			}
			c, err := Dial(context.Background(), Options{Address: scripted(t, tt.reply), Timeout: patience})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			_, err = c.Search(Search{PageSize: 1}, func(*Entry) error { return nil })
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
		})
	}
}

// A cookie that never changes is fine as long as the pages go on.
func TestOneCookieForTheWholeSearch(t *testing.T) {
	t.Parallel()
	c := dial(t, scripted(t, func(n int, m message) []byte {
		cookie := "always"
		if n == 3 {
			cookie = ""
		}
		return join(entryMessage(m.id, fmt.Sprintf("cn=%d", n)), doneMessage(m.id, Success, "", newPaging(0, []byte(cookie))))
	}))
	got, err := c.Search(Search{PageSize: 1}, func(*Entry) error { return nil })
	if err != nil || got.Entries != 4 || got.Pages != 4 {
		t.Errorf("got %+v, %v; want 4 entries on 4 pages", got, err)
	}
}

// The end of the context must reach a search that waits for a silent server.
func TestCancelledSearch(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	c, err := Dial(ctx, Options{Address: scripted(t, func(_ int, m message) []byte { return entryMessage(m.id, "cn=a") })})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = c.Search(Search{PageSize: 1}, func(*Entry) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want cancelled", err)
	}
}

// A server that points elsewhere for ever, or says far too much, costs no memory
// and fills no log.
func TestTalkativeServers(t *testing.T) {
	t.Parallel()
	reference := func(id int64) []byte {
		return newMessage(id, newElement(tagSearchReference, newString(tagOctetString, "ldap://elsewhere")), nil)
	}
	c := dial(t, scripted(t, func(_ int, m message) []byte {
		return join(bytes.Repeat(reference(m.id), 5000), doneMessage(m.id, Busy, "first\n"+strings.Repeat("x", 1<<20), nil))
	}))
	got, err := c.Search(Search{}, func(*Entry) error { return nil })
	if len(got.References) != maxReferences {
		t.Errorf("%d references are kept, want %d", len(got.References), maxReferences)
	}
	if err == nil || len(err.Error()) > 1000 || !strings.Contains(err.Error(), "first xxx") {
		t.Errorf("got an error of %d bytes, want a short one that begins with the server's words", len(fmt.Sprint(err)))
	}
}

func TestReferencesAreCounted(t *testing.T) {
	t.Parallel()
	c := dial(t, scripted(t, func(_ int, m message) []byte {
		reference := newMessage(m.id, newElement(tagSearchReference, newString(tagOctetString, "ldap://elsewhere/")), nil)
		return join(reference, doneMessage(m.id, Success, "", nil))
	}))
	got, err := c.Search(Search{}, func(*Entry) error { return nil })
	if err != nil || len(got.References) != 1 {
		t.Errorf("got %+v, %v; want one reference", got, err)
	}
}

// Plain text slipped in behind the agreement to use TLS must not be taken for
// something the server said under TLS.
func TestStartTLSInjection(t *testing.T) {
	t.Parallel()
	address := scripted(t, func(_ int, m message) []byte {
		return join(newMessage(m.id, resultOp(tagExtendedResponse, Success, ""), nil), entryMessage(2, "cn=forged"))
	})
	_, err := Dial(context.Background(), Options{Address: address, TLS: noTrust(), StartTLS: true})
	if err == nil || !strings.Contains(err.Error(), "plain text") {
		t.Errorf("got %v, want a refusal of plain text", err)
	}
}
