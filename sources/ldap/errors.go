package ldap

import (
	"errors"
	"fmt"
	"slices"

	"birthright/identity"
	"birthright/internal/ldapconn"
	"birthright/internal/ldapwire"
)

func (s *Source) op() string { return "read source " + s.env.Name }

// dialFailed explains a connection that did not come about.
func (s *Source) dialFailed(err error) error {
	kind, hint := ldapconn.DialAdvice(err, answer(err))
	return &identity.Error{Kind: kind, Op: s.op(), Object: "connect to " + s.endpoint.Address, Err: err, Hint: hint}
}

// bindFailed explains a refused or broken bind.
func (s *Source) bindFailed(err error) error {
	kind, hint := ldapconn.BindAdvice(answer(err))
	return &identity.Error{Kind: kind, Op: s.op(), Object: "bind as " + s.config.Who(), Err: err, Hint: hint}
}

// answer is the result code that the server gave.
func answer(err error) int {
	var refused *ldapwire.ResultError
	if errors.As(err, &refused) {
		return int(refused.Code)
	}
	return ldapconn.NoAnswer
}

// badEntry is a fault in one entry, which no second try will mend.
func (s *Source) badEntry(dn []byte, hint, format string, args ...any) error {
	return &identity.Error{Kind: identity.Invalid, Op: s.op(), Object: fmt.Sprintf("entry %q", dn), Err: fmt.Errorf(format, args...), Hint: hint}
}

// cutShort explains a search that did not end well: what is a number of what
// was seen by then, so that nobody takes it for everything.
func (s *Source) cutShort(what string, seen ldapwire.Outcome, err error) error {
	var told *identity.Error
	if errors.As(err, &told) {
		return err
	}
	e := &identity.Error{Kind: identity.Incomplete, Op: s.op(),
		Object: fmt.Sprintf("%s: ended after %d pages and %d entries", what, seen.Pages, seen.Entries), Err: err,
		Hint: "nothing is taken for gone; try again, and if it happens again look into the server's log and at what lies between"}
	var refused *ldapwire.ResultError
	if !errors.As(err, &refused) {
		return e
	}
	switch refused.Code {
	case ldapwire.SizeLimitExceeded, ldapwire.AdminLimitExceeded:
		e.Hint = fmt.Sprintf("the server gives %s no more than that: raise its limit (OpenLDAP: size.prtotal=unlimited in limits; Active Directory: MaxPageSize not below page_size %d)", s.config.Who(), s.config.PageSize)
	case ldapwire.TimeLimitExceeded:
		e.Hint = fmt.Sprintf("the server gave up: raise its time limit for %s, or index the attributes in the filter", s.config.Who())
	case ldapwire.Busy, ldapwire.Unavailable:
		e.Hint = "the server is overloaded or going down: try again later"
	case ldapwire.Referral:
		e.Hint = "this tree lies on another server: put that one into url"
	case ldapwire.UnavailableCriticalExt:
		e.Hint = "the server cannot page, so an answer could be cut without a word: allow the simple paged results control there"
	case ldapwire.InsufficientAccess:
		e.Kind, e.Hint = identity.Denied, fmt.Sprintf("let %s read there", s.config.Who())
	case ldapwire.NoSuchObject:
		e.Kind, e.Hint = identity.NotFound, fmt.Sprintf("check base_dn of %s, and that %s may see it", what, s.config.Who())
	case ldapwire.InvalidDNSyntax:
		e.Kind, e.Hint = identity.Invalid, "check base_dn of "+what
	}
	return e
}

// referred reports the parts of the tree that lie elsewhere, which make an
// answer less than whole.
func (s *Source) referred(what string, seen ldapwire.Outcome) error {
	if len(seen.References) == 0 || s.config.IgnoreReferrals {
		return nil
	}
	places := slices.Compact(slices.Sorted(slices.Values(seen.References)))
	if len(places) > 5 {
		places = places[:5]
	}
	return &identity.Error{Kind: identity.Incomplete, Op: s.op(),
		Object: fmt.Sprintf("%s: %d entries read", what, seen.Entries), Err: fmt.Errorf("parts of the tree lie on other servers: %q", places),
		Hint: "narrow base_dn, or set ignore_referrals: true if nobody who matters is there"}
}
