package oauth

import (
	"cmp"
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"birthright/tokens"
)

// The paths that the handler answers under.
const (
	TokenPath    = "/oauth/token"
	MetadataPath = "/.well-known/oauth-authorization-server"
)

// DefaultLifetime is how long an access token is good for unless told otherwise.
const DefaultLifetime = time.Hour

// Clients is where clients, and the tokens that they are given, are kept.
type Clients interface {
	// Client returns a client by its ID, revoked and expired ones too; kind
	// NotFound where there is none.
	Client(ctx context.Context, id string) (tokens.Client, error)
	// Keep keeps a token for the client that it names, and remembers the proof it
	// was given for. Kinds: Denied where the client is no longer valid, Conflict
	// where the proof was used before, Throttled where the client has to wait.
	Keep(ctx context.Context, token tokens.Token, proof Proof) error
}

// Proof names an assertion that opens once; it is zero for a secret.
type Proof struct {
	ID      string
	Expires time.Time // until when it has to be remembered
}

// Options are the settings of the token endpoint and what the program lends it.
type Options struct {
	Clients Clients
	// Sources are the names of those that may push: a token of any other source
	// would open nothing.
	Sources []string
	// PublicURL is how clients reach the hub; it is the issuer too.
	PublicURL string
	Lifetime  time.Duration    // of access tokens; DefaultLifetime if 0
	Log       *slog.Logger     // discarded if nil
	Now       func() time.Time // time.Now if nil
	Rand      io.Reader        // crypto/rand's if nil
}

// handler is the token endpoint.
type handler struct {
	o        Options
	sources  map[string]bool
	audience []string // what an assertion may be meant for
	decoys   decoys
}

// New returns the handler of TokenPath and MetadataPath.
func New(o Options) (http.Handler, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	o.Lifetime = cmp.Or(o.Lifetime, DefaultLifetime)
	issuer := issuer(o.PublicURL)
	h := &handler{o: o, sources: map[string]bool{}, audience: []string{issuer, issuer + "/", TokenEndpoint(o.PublicURL)}}
	for _, name := range o.Sources {
		h.sources[name] = true
	}
	var err error
	if h.decoys, err = newDecoys(o.Rand); err != nil {
		return nil, err
	}
	metadata, err := describe(o.PublicURL)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc(TokenPath, h.token)
	mux.HandleFunc("GET "+MetadataPath, metadata)
	return mux, nil
}

// TokenEndpoint is the address at which clients get tokens.
func TokenEndpoint(publicURL string) string { return issuer(publicURL) + TokenPath }

// issuer is the name of the hub as an authorization server.
func issuer(publicURL string) string { return strings.TrimRight(publicURL, "/") }
