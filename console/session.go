package console

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	// sessionLife is how long somebody stays logged in.
	sessionLife = 8 * time.Hour
	// mostSessions bounds what is kept; beyond it the oldest ends.
	mostSessions = 10_000
)

// session is somebody who logged in.
type session struct {
	token   string // ID of the token
	key     []byte // of the tokens in the session's forms
	expires time.Time
}

// sessions are those of this process, by ID.
type sessions struct {
	rand io.Reader
	mu   sync.Mutex
	open map[string]session
}

func newSessions(rand io.Reader) *sessions { return &sessions{rand: rand, open: map[string]session{}} }

// random returns 32 random bytes; nil where there is no randomness, and with that nobody
// gets in.
func (s *sessions) random() []byte {
	b := make([]byte, 32)
	if _, err := io.ReadFull(s.rand, b); err != nil {
		return nil
	}
	return b
}

// begin opens a session and returns its ID; false where there is no randomness.
func (s *sessions) begin(token string, now time.Time) (id string, ok bool) {
	raw, key := s.random(), s.random()
	if raw == nil || key == nil {
		return "", false
	}
	id = base64.RawURLEncoding.EncodeToString(raw)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.open) >= mostSessions {
		s.tidy(now)
	}
	s.open[id] = session{token: token, key: key, expires: now.Add(sessionLife)}
	return id, true
}

// tidy ends what has expired and, if that is nothing, what would expire first.
func (s *sessions) tidy(now time.Time) {
	first := ""
	for id, one := range s.open {
		if !now.Before(one.expires) {
			delete(s.open, id)
		} else if first == "" || one.expires.Before(s.open[first].expires) {
			first = id
		}
	}
	if len(s.open) >= mostSessions {
		delete(s.open, first)
	}
}

// find returns the session of an ID.
func (s *sessions) find(id string, now time.Time) (session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, known := s.open[id]
	if known && !now.Before(one.expires) {
		delete(s.open, id)
		known = false
	}
	return one, known
}

// end closes a session.
func (s *sessions) end(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, id)
}

// formToken is what a form must bring that is sent to a path: another site cannot know it.
func formToken(key []byte, path string) string {
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(path))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// fits reports whether a form brought its token.
func fits(key []byte, r *http.Request) bool {
	return key != nil && hmac.Equal([]byte(r.PostFormValue("form")), []byte(formToken(key, r.URL.Path)))
}

// cookieName is that of the session's cookie. Browsers take the first only over HTTPS,
// from this very host.
func (c *Console) cookieName() string {
	if c.secure {
		return "__Host-birthright"
	}
	return "birthright"
}

// cookie is one that lives so long; none for a negative life.
func (c *Console) cookie(name, value string, life time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(life / time.Second), Secure: c.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}
