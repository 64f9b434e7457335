package smtp_test

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"birthright/grants/desk"
	"birthright/notify"
	"birthright/notify/smtp"
)

func message(reason string) notify.Message {
	s := notify.Story{Kind: "request.waiting", At: noon, Actor: "user:ada", Request: &desk.Request{
		ID: "r12", Kind: "request", User: "ada", By: "user:ada", Group: "prod-db", Reason: reason, Seconds: 3600, ExpiresAt: noon.Add(time.Hour),
	}}
	to := notify.Recipient{UserN: 1, Name: "olga", Email: "olga@example.com"}
	return notify.Message{ID: "0199-1", Story: s, To: to, Words: notify.Tell(s, to, "https://hub.example.com"), Thread: "r12"}
}

// parts returns the parts of a mail by their type.
func parts(t *testing.T, m *mail.Message) map[string]string {
	t.Helper()
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	r := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := strings.Cut(part.Header.Get("Content-Type"), ";")
		out[kind] = strings.ReplaceAll(string(body), "\r\n", "\n")
	}
}

func parse(t *testing.T, data []byte) *mail.Message {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// A mail goes through each kind of security, with a login, and arrives as two parts
// with one link, in a thread.
func TestMail(t *testing.T) {
	for _, how := range []string{smtp.StartTLS, smtp.Implicit, smtp.Plain} {
		t.Run(how, func(t *testing.T) {
			s := serve(t, how)
			s.auth = true
			if _, err := s.channel(how, "hub").Send(t.Context(), message("look <b>here</b>")); err != nil {
				t.Fatal(err)
			}
			got := s.got()
			if len(got) != 1 || got[0].from != "access@example.com" || len(got[0].to) != 1 || got[0].to[0] != "olga@example.com" || got[0].tls != (how != smtp.Plain) {
				t.Fatalf("%+v", got)
			}
			m := parse(t, got[0].data)
			for header, want := range map[string]string{
				"Subject": "ada asks for prod-db for 1h", "From": `"Birthright" <access@example.com>`, "To": `"olga" <olga@example.com>`,
				"Message-ID": "<0199-1@hub.example.com>", "References": "<request.r12@hub.example.com>", "In-Reply-To": "<request.r12@hub.example.com>",
				"Auto-Submitted": "auto-generated", "Date": "Mon, 23 Nov 2026 12:00:00 +0000",
			} {
				if m.Header.Get(header) != want {
					t.Errorf("%s: %q, want %q", header, m.Header.Get(header), want)
				}
			}
			p := parts(t, m)
			if !strings.Contains(p["text/plain"], "Reason:   look <b>here</b>\n") || strings.Count(p["text/plain"], "https://") != 1 {
				t.Errorf("%s", p["text/plain"])
			}
			if !strings.Contains(p["text/html"], "look &lt;b&gt;here&lt;/b&gt;") || strings.Count(p["text/html"], "href=") != 1 ||
				!strings.Contains(p["text/html"], `href="https://hub.example.com/requests/r12"`) {
				t.Errorf("%s", p["text/html"])
			}
		})
	}
}

// Nothing that somebody wrote becomes a header, a recipient or a part.
func TestNoInjection(t *testing.T) {
	const evil = "x\r\nBcc: eve@example.com\r\n\r\n.\r\nMAIL FROM:<eve@example.com>\r\n"
	s := serve(t, smtp.Plain)
	m := message(evil)
	m.Request.User, m.Request.Group, m.Request.By, m.To.Name, m.Thread = evil, evil, "user:"+evil, evil, "r1>\r\nBcc: eve@example.com"
	m.ID = "1\r\nBcc: eve@example.com"
	m.Words = notify.Tell(m.Story, m.To, "https://hub.example.com")
	m.Subject += evil // even if a channel were handed it
	if _, err := s.channel(smtp.Plain, "").Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got := s.got()
	if len(got) != 1 || len(got[0].to) != 1 || got[0].to[0] != "olga@example.com" {
		t.Fatalf("%+v", got)
	}
	parsed := parse(t, got[0].data)
	for header := range parsed.Header {
		switch header {
		case "Subject", "From", "To", "Date", "Message-Id", "References", "In-Reply-To", "Auto-Submitted", "Mime-Version", "Content-Type":
		default:
			t.Errorf("there is a header %s: %q", header, parsed.Header.Get(header))
		}
	}
	if n := len(parts(t, parsed)); n != 2 {
		t.Errorf("%d parts", n)
	}
	m.To.Email = "olga@example.com\r\nRCPT TO:<eve@example.com>"
	if _, err := s.channel(smtp.Plain, "").Send(t.Context(), m); !final(err) {
		t.Errorf("an address of two lines: %v", err)
	}
	if len(s.got()) != 1 {
		t.Errorf("it was sent")
	}
}

func final(err error) bool {
	var f *notify.Fault
	return errors.As(err, &f) && f.Final
}

// What the server refuses for good is given up, what it refuses for now is tried again,
// and one recipient's trouble is not the others'.
func TestRefusals(t *testing.T) {
	refuse := func(code int) func(string) error {
		return func(string) error { return &gosmtp.SMTPError{Code: code, Message: "no, " + password} }
	}
	for name, c := range map[string]struct {
		set          func(*server)
		how, user    string
		final, alone bool
		says         string
	}{
		"no such recipient": {func(s *server) { s.rcpt = refuse(550) }, smtp.StartTLS, "hub", true, true, "550"},
		"greylisted":        {func(s *server) { s.rcpt = refuse(451) }, smtp.StartTLS, "hub", false, true, "451"},
		"spam":              {func(s *server) { s.data = refuse(554) }, smtp.StartTLS, "hub", true, true, "554"},
		"full":              {func(s *server) { s.data = refuse(452) }, smtp.StartTLS, "hub", false, true, "452"},
		"hangs up":          {func(s *server) { s.hangUp = true }, smtp.StartTLS, "hub", false, false, ""},
		"wrong password":    {func(s *server) { s.auth = true }, smtp.StartTLS, "nobody", false, false, "535"},
		"login needed":      {func(s *server) { s.auth = true }, smtp.StartTLS, "", false, false, "502"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, smtp.StartTLS)
			c.set(s)
			_, err := s.channel(c.how, c.user).Send(t.Context(), message("look"))
			var f *notify.Fault
			if !errors.As(err, &f) {
				t.Fatalf("%v", err)
			}
			if f.Final != c.final || f.Alone != c.alone || f.Gone || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), password) && c.user != "" {
				t.Errorf("%+v", f)
			}
			if len(s.got()) != 0 {
				t.Error("it was taken")
			}
		})
	}
}

// A server without TLS gets neither mail nor password, and a strange one neither.
func TestSecurityIsNotGivenUp(t *testing.T) {
	plain := serve(t, smtp.Plain)
	if _, err := plain.channel(smtp.StartTLS, "hub").Send(t.Context(), message("look")); err == nil || final(err) {
		t.Errorf("without STARTTLS: %v", err)
	}
	s, other := serve(t, smtp.StartTLS), serve(t, smtp.StartTLS)
	s.ca = other.ca
	if _, err := s.channel(smtp.StartTLS, "hub").Send(t.Context(), message("look")); err == nil || final(err) || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a strange certificate: %v", err)
	}
	if len(plain.got())+len(s.got()) > 0 {
		t.Error("a mail was sent")
	}
}

func TestNobodyToWriteTo(t *testing.T) {
	m := message("look")
	m.To.Email = ""
	if _, err := serve(t, smtp.Plain).channel(smtp.Plain, "").Send(t.Context(), m); !final(err) || !strings.Contains(err.Error(), "olga has no e-mail address") {
		t.Error(err)
	}
}
