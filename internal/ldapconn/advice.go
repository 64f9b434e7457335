package ldapconn

import (
	"birthright/identity"
	"birthright/internal/trust"
)

// NoAnswer stands for the result code (RFC 4511 section 4.1.9) of a server that
// gave none: the connection broke, or never came about.
const NoAnswer = -1

// The result codes that advice looks at.
const (
	strongerAuthRequired    = 8
	confidentialityRequired = 13
	busy                    = 51
	unavailable             = 52
)

// DialAdvice says what a connection that did not come about means and what to
// do. Code is the result code of a server that answered StartTLS with no, else
// NoAnswer.
func DialAdvice(err error, code int) (identity.Kind, string) {
	if remedy := trust.Remedy(err); remedy != "" {
		return identity.Denied, remedy
	}
	if code != NoAnswer {
		return identity.Unavailable, "the server refuses StartTLS: set it up there, or use ldaps:// and drop start_tls"
	}
	return identity.Unavailable, "check url, and that the server runs and can be reached from here"
}

// BindAdvice says what a bind that was answered with code, or NoAnswer, means
// and what to do.
func BindAdvice(code int) (identity.Kind, string) {
	switch code {
	case NoAnswer, busy, unavailable:
		return identity.Unavailable, "try again later"
	case strongerAuthRequired, confidentialityRequired:
		return identity.Denied, "the server wants an encrypted connection: use ldaps://, or start_tls: true"
	}
	return identity.Denied, "check bind_dn and bind_password"
}
