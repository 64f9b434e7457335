package httpkit

import (
	"context"
	"encoding/base64"
	"net/http"
	"time"

	"birthright/internal/secret"
)

// Auth is how requests are authorised.
type Auth interface {
	// Authorise returns the Authorization header and how long it is good, the zero
	// time where that is until it is refused. It asks via, which sends without
	// credentials of its own.
	Authorise(ctx context.Context, via Exchange) (Authorisation, error)
	// Fingerprint tells one credential from another without telling it: requests
	// with the same one share the system's limits.
	Fingerprint() string
}

// Authorisation is what Auth comes to.
type Authorisation struct {
	Header string
	// Until is when it ends; zero where that is not known.
	Until time.Time
	// Secrets are never to be seen in a message.
	Secrets []string
}

// Exchange is what an Auth asks with.
type Exchange struct {
	HTTP *http.Client
	// Base is the system's base URL.
	Base string
	// Dir is where relative secret files start.
	Dir string
	Now time.Time
}

// Bearer sends a token as it is; nothing where there is none.
func Bearer(token secret.Ref) Auth { return Scheme("Bearer ", token) }

// Scheme sends a token after another word than Bearer.
func Scheme(scheme string, token secret.Ref) Auth {
	if token.IsZero() {
		return nil
	}
	return static{scheme: scheme, secret: token}
}

// Basic sends a user name and a password (RFC 7617).
func Basic(user string, password secret.Ref) Auth {
	return static{scheme: "Basic ", user: user, secret: password}
}

// static is a credential that is sent as it is.
type static struct {
	scheme, user string
	secret       secret.Ref
}

func (s static) Fingerprint() string { return s.scheme + s.user + "\x00" + s.secret.Reference() }

func (s static) Authorise(ctx context.Context, via Exchange) (Authorisation, error) {
	value, err := headerSecret(ctx, s.secret, via.Dir)
	if err != nil {
		return Authorisation{}, err
	}
	if s.user == "" {
		return Authorisation{Header: s.scheme + value, Secrets: []string{value}}, nil
	}
	pair := base64.StdEncoding.EncodeToString([]byte(s.user + ":" + value))
	return Authorisation{Header: s.scheme + pair, Secrets: []string{value, pair}}, nil
}
