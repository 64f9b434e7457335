package door_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/intake"
	"birthright/intake/door"
	"birthright/sources"
	"birthright/sources/facts"
	"birthright/tokens"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// office keeps tokens and what was taken in.
type office struct {
	tokens map[string]tokens.Token
	taken  int
	fault  error
	broken bool // the database
	log    bytes.Buffer
}

func (o *office) Token(_ context.Context, id string) (tokens.Token, error) {
	if o.broken {
		return tokens.Token{}, errors.New("the disk is full")
	}
	t, known := o.tokens[id]
	if !known {
		return t, &identity.Error{Kind: identity.NotFound}
	}
	return t, nil
}

func (o *office) Touch(context.Context, string, time.Time) error { return nil }

func (o *office) take(ctx context.Context, source string, c sources.Context) (intake.Report, error) {
	if o.fault != nil {
		return intake.Report{}, o.fault
	}
	n := 0
	_, err := c.Facts(ctx, func(identity.Fact) error { n++; return nil })
	o.taken += n
	return intake.Report{Source: source, Seen: n}, err
}

func (o *office) token(t *testing.T, source, scope string, life time.Duration) string {
	t.Helper()
	plain, token, err := tokens.New(rand.Reader, source, scope, noon.Add(-time.Hour), life)
	if err != nil {
		t.Fatal(err)
	}
	o.tokens[token.ID] = token
	return plain
}

// endless is a body that breaks off after some bytes.
type endless struct {
	io.Reader
	err error
}

func (e endless) Read(p []byte) (int, error) {
	n, err := e.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = e.err
	}
	return n, err
}

const ticket = `[{"kind": "ticket", "name": "incidents", "person": "ada", "key": "INC-1"}]`

// Whoever is not the source, and whatever is not the whole truth, changes nothing.
func TestWhatIsTurnedAway(t *testing.T) {
	o := &office{tokens: map[string]tokens.Token{}}
	c, err := (&facts.Config{Push: true}).Open(sources.Env{Name: "desk"})
	if err != nil {
		t.Fatal(err)
	}
	taker, _ := c.(interface{ Taker() (sources.Taker, bool) }).Taker()
	mux := http.NewServeMux()
	door.New(door.Options{
		Takers: map[string]sources.Taker{"desk": taker}, Tokens: o, Import: o.take, Now: func() time.Time { return noon }, Log: slog.New(slog.NewTextHandler(&o.log, nil)),
	}).Mount(mux)
	good := o.token(t, "desk", tokens.ScopeSCIM, 0)
	for name, c := range map[string]struct {
		token, kind string
		body        io.Reader
		set         func()
		status      int
		says        string
	}{
		"taken":          {good, "application/json", strings.NewReader(ticket), nil, 200, `"seen":1`},
		"nothing sent":   {good, "application/json", nil, nil, 422, "the file is empty"},
		"broke off":      {good, "application/json", endless{strings.NewReader(ticket), io.ErrUnexpectedEOF}, nil, 400, "broke off"},
		"too much":       {good, "application/json", strings.NewReader(strings.Repeat(" ", 16<<20+1)), nil, 413, "larger than 16 MiB"},
		"no media type":  {good, "", strings.NewReader(ticket), nil, 422, "send application/json"},
		"expired":        {o.token(t, "desk", tokens.ScopeSCIM, time.Minute), "application/json", strings.NewReader(ticket), nil, 401, "expired"},
		"another source": {o.token(t, "hr", tokens.ScopeSCIM, 0), "application/json", strings.NewReader(ticket), nil, 403, "does not speak"},
		"a person's":     {o.token(t, "", tokens.ScopeAPI, 0), "application/json", strings.NewReader(ticket), nil, 403, "does not speak"},
		"a receiver's":   {o.token(t, "desk", tokens.ScopeSignals, 0), "application/json", strings.NewReader(ticket), nil, 403, "does not speak"},
		"no token":       {"", "application/json", strings.NewReader(ticket), nil, 401, "missing"},
		"at it already":  {good, "application/json", strings.NewReader(ticket), func() { o.fault = &identity.Error{Kind: identity.Conflict} }, 409, "send yours again"},
		"trouble inside": {good, "application/json", strings.NewReader(ticket), func() { o.fault = errors.New("the disk is full") }, 500, "send it again"},
		"no database":    {good, "application/json", strings.NewReader(ticket), func() { o.broken = true }, 500, "send it again"},
	} {
		o.taken, o.fault, o.broken = 0, nil, false
		if c.set != nil {
			c.set()
		}
		r := httptest.NewRequest(http.MethodPut, "/facts/desk", c.body)
		r.Header.Set("Content-Type", c.kind)
		if c.token != "" {
			r.Header.Set("Authorization", "Bearer "+c.token)
		}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) || strings.Contains(w.Body.String(), "disk") || (o.taken > 0) != (c.status == 200) {
			t.Errorf("%s: %d %s, %d taken", name, w.Code, w.Body, o.taken)
		}
		if c.token != "" && strings.Contains(o.log.String(), c.token) {
			t.Errorf("%s: the token is in the log", name)
		}
	}
	quiet := http.NewServeMux()
	door.New(door.Options{}).Mount(quiet)
	if _, pattern := quiet.Handler(httptest.NewRequest(http.MethodPut, "/facts/desk", nil)); pattern != "" {
		t.Errorf("there is a door %q with nobody to come in", pattern)
	}
}
