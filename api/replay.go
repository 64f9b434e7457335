package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// KeepAnswers is how long an answer is kept for whoever asks again. GiveUpAfter is when a
// request without an answer counts as lost: the process that worked on it is gone.
const (
	KeepAnswers = 24 * time.Hour
	GiveUpAfter = 5 * time.Minute
)

// maxKey is how long a key may be.
const maxKey = 200

// keyHeader is where the sender of a request says that it may come again.
const keyHeader = "Idempotency-Key"

// Kept is a request that may be repeated, and its answer. Status is 0 while there is
// none.
type Kept struct {
	Fingerprint []byte
	Status      int
	Kind        string
	Body        []byte
}

// Answers keeps what was answered to requests that may be repeated, by token and key.
type Answers interface {
	// Begin keeps a request, or returns the one that is kept, with false.
	Begin(ctx context.Context, token, key string, fingerprint []byte) (found Kept, begun bool, err error)
	End(ctx context.Context, token, key string, a Kept) error
	Drop(ctx context.Context, token, key string) error
}

// replayed answers a repeated request as the first time. What was refused changed
// nothing, and is looked at anew.
func (s *server) replayed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		keys := r.Header.Values(keyHeader)
		if len(keys) == 0 || r.Method != http.MethodPost || isTrial(r) || unkept(r) {
			next.ServeHTTP(w, r)
			return
		}
		if secret(r.URL.Path) {
			plain(http.StatusUnprocessableEntity, keyHeader+": this call takes none: its answer holds a secret, and answers for later are kept.").write(w)
			return
		}
		if p := s.replay(w, r, keys, next); p != nil {
			p.write(w)
		}
	})
}

// secret reports whether the answer at a path holds a secret that the hub must not keep.
func secret(path string) bool { return path == Prefix+"/tokens" || path == Prefix+"/clients" }

func (s *server) replay(w http.ResponseWriter, r *http.Request, keys []string, next http.Handler) *Problem {
	if len(keys) > 1 || !isKey(keys[0]) {
		return plain(http.StatusUnprocessableEntity, keyHeader+": send one, of 1 to 200 printable ASCII characters.")
	}
	body, err := io.ReadAll(r.Body)
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return plain(http.StatusRequestEntityTooLarge, "The body is too large: 64 KiB at most.")
	} else if err != nil {
		return plain(http.StatusBadRequest, "The body ended too early.")
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	token, key := caller(r.Context()).Token, keys[0]
	found, begun, err := s.Answers.Begin(r.Context(), token, key, fingerprint(r, body))
	switch {
	case err != nil:
		s.Log.Error("api: the answer to a repeated request could not be looked up", "error", err)
		return plain(http.StatusServiceUnavailable, "The hub cannot answer at present; try again later.")
	case begun:
		s.first(w, r, token, key, next)
		return nil
	case !bytes.Equal(found.Fingerprint, fingerprint(r, body)):
		return plain(http.StatusUnprocessableEntity, keyHeader+": this key was used for something else; take a new one.")
	case found.Status == 0:
		return plain(http.StatusConflict, "The first request with this key is still being worked on.")
	}
	w.Header().Set("Content-Type", found.Kind)
	w.Header().Set("Idempotency-Replayed", "true")
	w.WriteHeader(found.Status)
	_, _ = w.Write(found.Body)
	return nil
}

// first does what is asked, and keeps the answer before it is sent: whoever has heard it
// and asks again hears the same.
func (s *server) first(w http.ResponseWriter, r *http.Request, token, key string, next http.Handler) {
	ctx := context.WithoutCancel(r.Context()) // whoever hung up asks again
	rec := &recorder{header: w.Header(), status: http.StatusOK}
	whole := false
	defer func() {
		var err error
		if whole && rec.status < 300 {
			err = s.Answers.End(ctx, token, key, Kept{Status: rec.status, Kind: rec.header.Get("Content-Type"), Body: rec.body.Bytes()})
		} else {
			err = s.Answers.Drop(ctx, token, key)
		}
		if err != nil {
			s.Log.Error("api: an answer could not be kept", "error", err)
		}
		if whole {
			w.WriteHeader(rec.status)
			_, _ = w.Write(rec.body.Bytes())
		}
	}()
	next.ServeHTTP(rec, r.WithContext(ctx))
	whole = true
}

// fingerprint is what tells two requests apart.
func fingerprint(r *http.Request, body []byte) []byte {
	h := sha256.New()
	_, _ = io.WriteString(h, r.Method+" "+r.URL.RequestURI()+"\n")
	_, _ = h.Write(body)
	return h.Sum(nil)
}

func isKey(key string) bool {
	return key != "" && len(key) <= maxKey && !strings.ContainsFunc(key, func(c rune) bool { return c <= ' ' || c > '~' })
}

// recorder holds an answer back.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) { r.status = status }

// Write implements http.ResponseWriter.
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }
