package oauth

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/go-jose/go-jose/v4/jwt"
)

// The ways to show who one is, as RFC 8414 calls them.
const (
	methodBasic = "client_secret_basic"
	methodPost  = "client_secret_post"
	methodKey   = "private_key_jwt"
)

// assertionType is the kind of assertion that is understood (RFC 7523).
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// credentials are what a request shows of who it comes from. Nothing of it is
// checked yet.
type credentials struct {
	method, client string
	secret         string            // methodBasic, methodPost
	assertion      *jwt.JSONWebToken // methodKey
}

// credentials returns the one set of credentials of a request: two of them could
// be two clients'.
func (f form) credentials(r *http.Request) (credentials, error) {
	header := r.Header.Values("Authorization")
	assertion := f["client_assertion"] != "" || f["client_assertion_type"] != ""
	shown := len(header)
	for _, there := range []bool{f["client_secret"] != "", assertion} {
		if there {
			shown++
		}
	}
	switch {
	case shown > 1:
		return credentials{}, badRequest("The client must show who it is in one way only.")
	case shown == 0:
		return credentials{}, unknownClient(credentials{client: f["client_id"]}, errors.New("no credentials were sent"))
	case len(header) > 0:
		return f.basic(r)
	case assertion:
		return f.key()
	case f["client_id"] == "":
		return credentials{}, badRequest("The parameter client_id is missing.")
	}
	return credentials{method: methodPost, client: f["client_id"], secret: f["client_secret"]}, nil
}

// basic reads the Authorization header, whose two parts are escaped as in a form
// (RFC 6749 section 2.3.1).
func (f form) basic(r *http.Request) (credentials, error) {
	shown := credentials{method: methodBasic}
	id, secret, ok := r.BasicAuth()
	if !ok {
		return shown, unknownClient(shown, errors.New("the Authorization header is not of the scheme Basic"))
	}
	var idErr, secretErr error
	shown.client, idErr = url.QueryUnescape(id)
	shown.secret, secretErr = url.QueryUnescape(secret)
	if idErr != nil || secretErr != nil {
		return shown, unknownClient(shown, errors.New("the Authorization header is not escaped as a form is"))
	}
	return shown, f.sameClient(shown.client)
}

// key reads an assertion as far as it says who it comes from.
func (f form) key() (credentials, error) {
	shown := credentials{method: methodKey}
	if f["client_assertion_type"] != assertionType || f["client_assertion"] == "" {
		return shown, badRequest("An assertion needs client_assertion, and as client_assertion_type " + assertionType + ".")
	}
	var err error
	if shown.assertion, shown.client, err = readAssertion(f["client_assertion"]); err != nil {
		return shown, unknownClient(shown, err)
	}
	return shown, f.sameClient(shown.client)
}

// sameClient refuses a client_id that contradicts the credentials.
func (f form) sameClient(id string) error {
	if named := f["client_id"]; named != "" && named != id {
		return badRequest("The parameter client_id names another client than the credentials do.")
	}
	return nil
}
