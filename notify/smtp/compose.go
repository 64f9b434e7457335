package smtp

import (
	"errors"
	"fmt"
	"html"
	netmail "net/mail"
	"strings"

	"github.com/wneessen/go-mail"

	"birthright/notify"
)

// compose writes a mail. Subject and facts are one line each by now, and the library
// encodes what is not plain in a header: nothing that somebody wrote begins a line.
func (c *Channel) compose(m notify.Message) (*mail.Msg, error) {
	if m.To.Email == "" {
		return nil, fmt.Errorf("%s has no e-mail address in the directory", m.To.Name)
	}
	to, err := netmail.ParseAddress(m.To.Email)
	if err != nil || strings.ContainsAny(m.To.Email, "\r\n<>,") {
		return nil, errors.New("the e-mail address of " + notify.Plain(m.To.Name, 100) + " in the directory is none")
	}
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	msg.FromMailAddress(c.from)
	msg.ToMailAddress(&netmail.Address{Name: notify.Plain(m.To.Name, 100), Address: to.Address})
	msg.Subject(notify.Plain(m.Subject, 200))
	msg.SetDateWithValue(c.o.Now())
	msg.SetMessageIDWithValue(c.id(m.ID))
	if m.Thread != "" {
		root := "<" + c.id("request."+m.Thread) + ">"
		msg.SetGenHeader(mail.HeaderReferences, root)
		msg.SetGenHeader(mail.HeaderInReplyTo, root)
	}
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // no answer by a machine, please
	msg.SetBodyString(mail.TypeTextPlain, text(m.Words))
	msg.AddAlternativeString(mail.TypeTextHTML, page(m.Words))
	return msg, nil
}

// id makes an identifier of a mail: only characters that need no care.
func (c *Channel) id(local string) string {
	safe := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' {
			return r
		}
		return -1
	}, local)
	return safe + "@" + c.o.Domain
}

func text(w notify.Words) string {
	var b strings.Builder
	for _, line := range w.Lines {
		b.WriteString(line + "\n")
	}
	b.WriteByte('\n')
	for _, f := range w.Facts {
		fmt.Fprintf(&b, "%-9s %s\n", f.Name+":", f.Value)
	}
	fmt.Fprintf(&b, "\n%s\n", w.Link)
	return b.String()
}

func page(w notify.Words) string {
	var b strings.Builder
	b.WriteString("<!doctype html>\n<html><body style=\"font-family:sans-serif\">\n")
	for _, line := range w.Lines {
		fmt.Fprintf(&b, "<p>%s</p>\n", html.EscapeString(line))
	}
	if len(w.Facts) > 0 {
		b.WriteString("<table>\n")
		for _, f := range w.Facts {
			fmt.Fprintf(&b, "<tr><td style=\"padding-right:1em\">%s</td><td>%s</td></tr>\n", html.EscapeString(f.Name), html.EscapeString(f.Value))
		}
		b.WriteString("</table>\n")
	}
	link := html.EscapeString(w.Link)
	fmt.Fprintf(&b, "<p><a href=\"%s\">%s</a></p>\n</body></html>\n", link, link)
	return b.String()
}
