package ldapapp

import "fmt"

// The result codes that are used (RFC 4511 appendix A).
const (
	protocolError          = 2
	sizeLimitExceeded      = 4
	compareFalse           = 5
	compareTrue            = 6
	authMethodNotSupported = 7
	unavailableCritical    = 12
	noSuchAttribute        = 16
	constraintViolation    = 19
	attributeOrValueExists = 20
	noSuchObject           = 32
	invalidDNSyntax        = 34
	invalidCredentials     = 49
	insufficientAccess     = 50
	unwillingToPerform     = 53
	namingViolation        = 64
	objectClassViolation   = 65
	notAllowedOnNonLeaf    = 66
	notAllowedOnRDN        = 67
	entryAlreadyExists     = 68
	assertionFailed        = 122
)

// refusal is a result that is not success.
type refusal struct {
	code    int
	matched string // DN of the nearest entry that is there, for noSuchObject
	text    string
}

// Error returns the diagnostic message.
func (r *refusal) Error() string { return fmt.Sprintf("LDAP result %d: %s", r.code, r.text) }

func refuse(code int, format string, args ...any) *refusal {
	return &refusal{code: code, text: fmt.Sprintf(format, args...)}
}
