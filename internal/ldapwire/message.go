package ldapwire

import (
	"fmt"
	"strings"

	"birthright/internal/peertext"
)

// message is one LDAPMessage, split but not decoded; it points into the buffer
// that it was read from.
type message struct {
	id       int64
	op       byte   // tag of the operation
	content  []byte // of the operation
	controls []byte // content of the controls, nil where there are none
}

// readMessage splits the content of a message.
func readMessage(b []byte) (message, error) {
	content, rest, err := expect(b, tagInteger, "message id")
	if err != nil {
		return message{}, err
	}
	id, err := integer(content)
	if err != nil {
		return message{}, fmt.Errorf("message id: %w", err)
	}
	m := message{id: id}
	if m.op, m.content, rest, err = element(rest); err != nil {
		return message{}, fmt.Errorf("operation: %w", err)
	}
	if len(rest) > 0 {
		if m.controls, rest, err = expect(rest, tagControls, "controls"); err != nil {
			return message{}, err
		}
	}
	if len(rest) > 0 {
		return message{}, fmt.Errorf("%d bytes follow the message", len(rest))
	}
	return m, nil
}

// Result codes of RFC 4511 section 4.1.9 that callers tell apart.
const (
	Success                = 0
	TimeLimitExceeded      = 3
	SizeLimitExceeded      = 4
	AdminLimitExceeded     = 11
	Referral               = 10
	UnavailableCriticalExt = 12
	ConfidentialityNeeded  = 13
	NoSuchObject           = 32
	InvalidDNSyntax        = 34
	InappropriateAuth      = 48
	InvalidCredentials     = 49
	InsufficientAccess     = 50
	Busy                   = 51
	Unavailable            = 52
	UnwillingToPerform     = 53
)

var resultNames = map[int]string{
	1: "operations error", 2: "protocol error", TimeLimitExceeded: "time limit exceeded",
	SizeLimitExceeded: "size limit exceeded", 7: "authentication method not supported",
	8: "stronger authentication required", Referral: "referral to another server",
	AdminLimitExceeded: "administrative limit exceeded", UnavailableCriticalExt: "a critical control is not supported",
	ConfidentialityNeeded: "confidentiality required", NoSuchObject: "no such object",
	InvalidDNSyntax: "invalid DN syntax", InappropriateAuth: "inappropriate authentication",
	InvalidCredentials: "invalid credentials", InsufficientAccess: "insufficient access rights",
	Busy: "server busy", Unavailable: "server unavailable", UnwillingToPerform: "server unwilling to perform", 80: "other error",
}

// ResultError is a server's answer other than success.
type ResultError struct {
	Code      int      // resultCode
	Matched   string   // matchedDN: the nearest entry that exists
	Message   string   // diagnosticMessage, the server's own words
	Referrals []string // where to ask instead
}

// shown is how many characters of anything that the server says are repeated.
const shown = 500

// Error returns the meaning of the code, the code and the server's words.
func (e *ResultError) Error() string {
	name, ok := resultNames[e.Code]
	if !ok {
		name = "the server refused"
	}
	text := fmt.Sprintf("%s (LDAP result %d)", name, e.Code)
	if e.Message != "" {
		text += ": " + strings.TrimSpace(peertext.Clip(e.Message, shown))
	}
	if e.Matched != "" {
		text += fmt.Sprintf("; the nearest entry is %q", peertext.Clip(e.Matched, shown))
	}
	if len(e.Referrals) > 0 {
		text += "; it points to " + peertext.Clip(strings.Join(e.Referrals, ", "), shown)
	}
	return text
}

// decodeResult reads the LDAPResult that begins b and returns nil for success.
func decodeResult(b []byte) (*ResultError, error) {
	code, rest, err := expect(b, tagEnumerated, "result code")
	if err != nil {
		return nil, err
	}
	n, err := integer(code)
	if err != nil {
		return nil, fmt.Errorf("result code: %w", err)
	}
	matched, rest, err := expect(rest, tagOctetString, "matched DN")
	if err != nil {
		return nil, err
	}
	text, rest, err := expect(rest, tagOctetString, "diagnostic message")
	if err != nil {
		return nil, err
	}
	if n == Success {
		return nil, nil
	}
	e := &ResultError{Code: int(n), Matched: string(matched), Message: string(text)}
	if len(rest) > 0 && rest[0] == tagReferral {
		urls, _, err := expect(rest, tagReferral, "referral")
		if err != nil {
			return nil, err
		}
		if e.Referrals, err = decodeStrings(urls); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// decodeStrings reads octet strings up to the end of b.
func decodeStrings(b []byte) ([]string, error) {
	var out []string
	for len(b) > 0 {
		s, rest, err := expect(b, tagOctetString, "string")
		if err != nil {
			return nil, err
		}
		out, b = append(out, string(s)), rest
	}
	return out, nil
}
