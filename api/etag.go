package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
)

// mostTagged is how large an answer may be that is held back to be tagged.
const mostTagged = 4 << 20

// tagged gives answers to questions an ETag, answers 304 to who has the same already
// (If-None-Match), and does what is asked only on what the asker has seen (If-Match):
// RFC 9110, section 13. The tag is that of the whole answer, so that it differs for those
// who see different parts of a thing.
func (s *server) tagged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodGet:
			t := &tagger{ResponseWriter: w, r: r, status: http.StatusOK}
			next.ServeHTTP(t, r)
			t.finish()
		case r.Header.Get("If-Match") != "" && !s.matches(r, next):
			plain(http.StatusPreconditionFailed, "It is not as you saw it any more: read it again.").write(w)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// matches reports whether what is at the address of a request is what its sender has seen.
func (s *server) matches(r *http.Request, next http.Handler) bool {
	look := r.Clone(r.Context())
	look.Method, look.Body, look.ContentLength = http.MethodGet, http.NoBody, 0
	look.Header.Del("If-None-Match")
	look.Header.Del("Content-Type")
	seen := &recorder{header: http.Header{}, status: http.StatusOK}
	next.ServeHTTP(seen, look)
	return seen.status == http.StatusOK && among(r.Header.Get("If-Match"), tagOf(seen.header, seen.body.Bytes()))
}

// tagOf is the tag of an answer: the one that its route gave it, or that of its text.
func tagOf(header http.Header, body []byte) string {
	if given := header.Get("ETag"); given != "" {
		return given
	}
	return tag(body)
}

func tag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`
}

// among reports whether a tag is in a list of them; * stands for any.
func among(list, tag string) bool {
	for _, one := range strings.Split(list, ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == "*" || one == tag {
			return true
		}
	}
	return false
}

// tagger holds a JSON answer back until it is whole; anything else goes through.
type tagger struct {
	http.ResponseWriter
	r       *http.Request
	status  int
	decided bool
	holding bool
	body    bytes.Buffer
}

// Unwrap lets http.ResponseController reach the connection.
func (t *tagger) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (t *tagger) WriteHeader(status int) {
	if t.decided {
		return
	}
	h := t.Header()
	t.decided, t.status = true, status
	t.holding = status == http.StatusOK && strings.HasPrefix(h.Get("Content-Type"), "application/json") && h.Get("Content-Disposition") == ""
	if !t.holding {
		t.ResponseWriter.WriteHeader(status)
	}
}

// Write implements http.ResponseWriter.
func (t *tagger) Write(p []byte) (int, error) {
	t.WriteHeader(t.status)
	if !t.holding {
		return t.ResponseWriter.Write(p)
	}
	if t.body.Len()+len(p) <= mostTagged {
		return t.body.Write(p)
	}
	t.holding = false
	t.ResponseWriter.WriteHeader(t.status)
	if _, err := t.body.WriteTo(t.ResponseWriter); err != nil {
		return 0, err
	}
	return t.ResponseWriter.Write(p)
}

// finish sends what was held back, or that it is known already.
func (t *tagger) finish() {
	if !t.holding {
		return
	}
	tag := tagOf(t.Header(), t.body.Bytes())
	t.Header().Set("ETag", tag)
	if among(t.r.Header.Get("If-None-Match"), tag) {
		t.Header().Del("Content-Type")
		t.Header().Del("Content-Length")
		t.ResponseWriter.WriteHeader(http.StatusNotModified)
		return
	}
	t.ResponseWriter.WriteHeader(t.status)
	_, _ = t.body.WriteTo(t.ResponseWriter)
}
