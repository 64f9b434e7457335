package ldapwire

import (
	"errors"
	"fmt"
)

// Tags of the BER elements that LDAP uses (RFC 4511 appendix B).
const (
	tagBoolean     = 0x01
	tagInteger     = 0x02
	tagOctetString = 0x04
	tagEnumerated  = 0x0a
	tagSequence    = 0x30
	tagSet         = 0x31

	tagBindRequest      = 0x60
	tagBindResponse     = 0x61
	tagUnbindRequest    = 0x42
	tagSearchRequest    = 0x63
	tagSearchEntry      = 0x64
	tagSearchDone       = 0x65
	tagSearchReference  = 0x73
	tagExtendedRequest  = 0x77
	tagExtendedResponse = 0x78

	tagSimplePassword = 0x80 // AuthenticationChoice.simple
	tagExtendedName   = 0x80 // ExtendedRequest.requestName
	tagReferral       = 0xa3 // LDAPResult.referral
	tagControls       = 0xa0 // LDAPMessage.controls
)

// errShort is returned for an element that promises more bytes than there are.
var errShort = errors.New("element is cut short")

// header reads the tag and length that begin b. It returns the number of bytes
// they take and of the content that follows; complete is false while b is too
// short to tell.
func header(b []byte) (tag byte, head, content int, complete bool, err error) {
	if len(b) < 2 {
		return 0, 0, 0, false, nil
	}
	tag = b[0]
	if tag&0x1f == 0x1f {
		return 0, 0, 0, false, fmt.Errorf("tag 0x%02x: LDAP has no long tags", tag)
	}
	if b[1] < 0x80 {
		return tag, 2, int(b[1]), true, nil
	}
	// Some servers write every length in four bytes, so superfluous zeros are
	// fine; five bytes would be more than any message may hold.
	n := int(b[1] & 0x7f)
	if n == 0 || n > 4 {
		return 0, 0, 0, false, fmt.Errorf("length byte 0x%02x: LDAP lengths are definite and at most four bytes", b[1])
	}
	if len(b) < 2+n {
		return 0, 0, 0, false, nil
	}
	var length int64
	for _, c := range b[2 : 2+n] {
		length = length<<8 | int64(c)
	}
	if length > maxLength {
		return 0, 0, 0, false, fmt.Errorf("length %d is more than any message may have", length)
	}
	return tag, 2 + n, int(length), true, nil
}

// maxLength bounds a single element, so that sums of lengths cannot overflow an
// int of 32 bits.
const maxLength = 1 << 30

// element splits the first element off b.
func element(b []byte) (tag byte, content, rest []byte, err error) {
	tag, head, n, complete, err := header(b)
	if err != nil {
		return 0, nil, nil, err
	}
	if !complete || len(b)-head < n {
		return 0, nil, nil, errShort
	}
	return tag, b[head : head+n : head+n], b[head+n:], nil
}

// expect splits the first element off b and insists on its tag.
func expect(b []byte, want byte, what string) (content, rest []byte, err error) {
	tag, content, rest, err := element(b)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", what, err)
	}
	if tag != want {
		return nil, nil, fmt.Errorf("%s: tag 0x%02x, want 0x%02x", what, tag, want)
	}
	return content, rest, nil
}

// integer reads the content of an INTEGER or ENUMERATED.
func integer(content []byte) (int64, error) {
	if len(content) == 0 || len(content) > 8 {
		return 0, fmt.Errorf("integer of %d bytes", len(content))
	}
	v := int64(int8(content[0]))
	for _, c := range content[1:] {
		v = v<<8 | int64(c)
	}
	return v, nil
}

// The writers below build requests, which are few and small: clarity before speed.

// appendElement appends an element that holds the parts one after the other.
func appendElement(dst []byte, tag byte, parts ...[]byte) []byte {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	dst = append(dst, tag)
	dst = appendLength(dst, n)
	for _, p := range parts {
		dst = append(dst, p...)
	}
	return dst
}

func appendLength(dst []byte, n int) []byte {
	switch {
	case n < 0x80:
		return append(dst, byte(n))
	case n < 1<<8:
		return append(dst, 0x81, byte(n))
	case n < 1<<16:
		return append(dst, 0x82, byte(n>>8), byte(n))
	default:
		return append(dst, 0x84, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
}

func newElement(tag byte, parts ...[]byte) []byte { return appendElement(nil, tag, parts...) }

func newString(tag byte, s string) []byte { return newElement(tag, []byte(s)) }

func newBool(v bool) []byte {
	if v {
		return []byte{tagBoolean, 1, 0xff}
	}
	return []byte{tagBoolean, 1, 0}
}

// newInt writes v in as few bytes as its two's complement needs.
func newInt(tag byte, v int64) []byte {
	n := 1
	for x := v; x > 127 || x < -128; x >>= 8 {
		n++
	}
	content := make([]byte, n)
	for i := range content {
		content[n-1-i] = byte(v >> (8 * i))
	}
	return newElement(tag, content)
}
