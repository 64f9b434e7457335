package console

import (
	"encoding/base64"
	"net/http"
	"strings"
	"time"
)

// told is what came of a click, for the page after it.
type told struct {
	Text string
	Bad  bool
}

// saidCookie carries what came of a click over the redirect.
func (c *Console) saidCookie() string { return c.cookieName() + "-said" }

// say has the next page tell something.
func (c *Console) say(w http.ResponseWriter, text string, bad bool) {
	if text == "" {
		return
	}
	mark := "+"
	if bad {
		mark = "-"
	}
	http.SetCookie(w, c.cookie(c.saidCookie(), base64.RawURLEncoding.EncodeToString([]byte(mark+cut(text, 2600))), time.Minute))
}

// heard is what the page before had to say; it is said once.
func (c *Console) heard(w http.ResponseWriter, r *http.Request) told {
	cookie, err := r.Cookie(c.saidCookie())
	if err != nil {
		return told{}
	}
	http.SetCookie(w, c.cookie(c.saidCookie(), "", -time.Second))
	text, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil || len(text) == 0 {
		return told{}
	}
	return told{Text: strings.ToValidUTF8(string(text[1:]), ""), Bad: text[0] == '-'}
}

// cut shortens a text to some bytes.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
