package ldapwire

import "fmt"

// PagingOID names the simple paged results control of RFC 2696.
const PagingOID = "1.2.840.113556.1.4.319"

// newPaging returns the controls of a request for a page. It is critical: a
// server that cannot page must refuse, not send the first so many entries.
func newPaging(size int, cookie []byte) []byte {
	value := newElement(tagSequence, newInt(tagInteger, int64(size)), newElement(tagOctetString, cookie))
	control := newElement(tagSequence, newString(tagOctetString, PagingOID), newBool(true), newElement(tagOctetString, value))
	return newElement(tagControls, control)
}

// pagingCookie finds the paging control in the controls of an answer.
func pagingCookie(controls []byte) (cookie []byte, found bool, err error) {
	for len(controls) > 0 {
		var control []byte
		if control, controls, err = expect(controls, tagSequence, "control"); err != nil {
			return nil, false, err
		}
		oid, rest, err := expect(control, tagOctetString, "control type")
		if err != nil {
			return nil, false, err
		}
		if string(oid) != PagingOID {
			continue
		}
		if len(rest) > 0 && rest[0] == tagBoolean {
			if _, rest, err = expect(rest, tagBoolean, "criticality"); err != nil {
				return nil, false, err
			}
		}
		value, _, err := expect(rest, tagOctetString, "paging control")
		if err != nil {
			return nil, false, err
		}
		cookie, err := decodePaging(value)
		return cookie, err == nil, err
	}
	return nil, false, nil
}

// decodePaging reads realSearchControlValue; the size is an estimate that
// servers fill with anything.
func decodePaging(b []byte) (cookie []byte, err error) {
	pair, _, err := expect(b, tagSequence, "paging value")
	if err != nil {
		return nil, err
	}
	_, rest, err := expect(pair, tagInteger, "paging size")
	if err != nil {
		return nil, err
	}
	cookie, rest, err = expect(rest, tagOctetString, "paging cookie")
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%d bytes follow the paging cookie", len(rest))
	}
	return cookie, err
}
