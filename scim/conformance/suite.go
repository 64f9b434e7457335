package conformance

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// answerTimeout is how long a server may take for one answer.
const answerTimeout = 30 * time.Second

// Server is the server that is asked.
type Server struct {
	// Base is the address that resources are under, such as
	// https://hub.example.com/scim/v2.
	Base string
	// Token is a bearer token that may do everything.
	Token string
	// HTTP sends the requests; nil for a client of the suite's own.
	HTTP *http.Client
	// Offers are the features that the server has to offer, whatever it says of
	// itself; nil to believe its ServiceProviderConfig.
	Offers []Feature
	// Lenient leaves the strict cases out.
	Lenient bool
	// Waits has, for cases that are known to fail (by ID), what they wait for. One
	// that passes nevertheless is a failure: it has to be taken off the list.
	Waits map[string]string
}

// Suite is the server with what its cases share.
type Suite struct {
	server Server
	http   *http.Client
	offers []Feature
	tag    string // in every name of this run, and in no other
	names  atomic.Int64
	cast   func() (*cast, []string)

	mu   sync.Mutex
	made []string // paths of what the cases share, to be deleted at the end
}

// Open gets to know a server.
func Open(ctx context.Context, server Server) (*Suite, error) {
	server.Base = strings.TrimRight(server.Base, "/")
	tag := make([]byte, 5)
	if _, err := rand.Read(tag); err != nil {
		return nil, fmt.Errorf("conformance: make up a name: %w", err)
	}
	s := &Suite{server: server, http: server.HTTP, offers: server.Offers, tag: hex.EncodeToString(tag)}
	if s.http == nil {
		s.http = &http.Client{
			Timeout:       answerTimeout,
			Transport:     &http.Transport{MaxIdleConnsPerHost: 16},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	s.cast = sync.OnceValues(s.makeCast)
	if s.offers != nil {
		return s, nil
	}
	failures := s.watch(ctx, func(c *Client) { s.offers = c.offers() })
	if len(failures) > 0 {
		return nil, fmt.Errorf("conformance: %s is no SCIM server: %s", server.Base, strings.Join(failures, "; "))
	}
	return s, nil
}

// offers reads what the server says of itself, and tries the rest.
func (c *Client) offers() []Feature {
	config := c.get("/ServiceProviderConfig").status(200)
	offered := []Feature{}
	for _, f := range Features() {
		switch at := "$." + string(f) + ".supported"; {
		case f == Cursor && config.at("$.pagination.cursor") == true,
			f == Root && c.get("/?count=1").code == 200,
			f != Cursor && f != Root && config.at(at) == true:
			offered = append(offered, f)
		}
	}
	return offered
}

// Leaves tells why a case cannot be asked of this server, "" if it can.
func (s *Suite) Leaves(c Case) string {
	if c.Strict && s.server.Lenient {
		return "the server takes what providers write in their own way"
	}
	for _, need := range c.Needs {
		if !slices.Contains(s.offers, need) {
			return "the server does not offer " + string(need)
		}
	}
	return ""
}

// Check asks the server one case and returns what is wrong, nothing if all is
// well.
func (s *Suite) Check(ctx context.Context, c Case) []string { return s.watch(ctx, c.Run) }

// watch runs ask in a goroutine of its own, which a fatal complaint ends.
func (s *Suite) watch(ctx context.Context, ask func(*Client)) []string {
	c := &Client{suite: s, ctx: ctx, domain: fmt.Sprintf("c%d-%s.example", s.names.Add(1), s.tag)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer c.clean()
		ask(c)
	}()
	<-done
	return c.failures
}

// Close deletes what the cases shared.
func (s *Suite) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), answerTimeout)
	defer cancel()
	s.watch(ctx, func(c *Client) { c.made = s.made })
	s.made = nil
	if s.server.HTTP == nil {
		s.http.CloseIdleConnections()
	}
}

// fatal ends the case.
func (c *Client) fatal(format string, args ...any) {
	c.fail(format, args...)
	runtime.Goexit()
}

// fail notes a complaint and goes on.
func (c *Client) fail(format string, args ...any) {
	c.failures = append(c.failures, fmt.Sprintf(format, args...))
}
