package ldap

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"birthright/identity"
)

// conversion turns a raw value into the hub's text.
type conversion func(value []byte) (string, error)

// conversionOf returns how values of an attribute are read; nil means as text.
func conversionOf(from, to string) conversion {
	name := strings.ToLower(from)
	switch {
	case name == "objectguid":
		return guidText
	case binary[name] || strings.HasSuffix(name, ";binary"):
		return base64Text
	case to != identity.AttrActive:
		return nil
	}
	switch name {
	case "useraccountcontrol":
		return enabledByControl
	case "nsaccountlock":
		return enabledByLock
	}
	return nil
}

// binary are the well-known attributes whose values are no text.
var binary = map[string]bool{
	"objectsid": true, "jpegphoto": true, "thumbnailphoto": true, "photo": true, "audio": true,
	"usercertificate": true, "usersmimecertificate": true, "userpkcs12": true, "msexchmailboxguid": true, "ms-ds-consistencyguid": true,
}

func base64Text(value []byte) (string, error) { return base64.StdEncoding.EncodeToString(value), nil }

// guidText writes Active Directory's GUID the way its own tools do: the first
// three groups are stored little end first.
func guidText(v []byte) (string, error) {
	if len(v) != 16 {
		return "", fmt.Errorf("%d bytes, where a GUID has 16", len(v))
	}
	swapped := []byte{v[3], v[2], v[1], v[0], v[5], v[4], v[7], v[6]}
	first, last := hex.EncodeToString(swapped), hex.EncodeToString(v[8:])
	return first[:8] + "-" + first[8:12] + "-" + first[12:] + "-" + last[:4] + "-" + last[4:], nil
}

// accountDisable is the bit of userAccountControl that switches an account off.
const accountDisable = 2

func enabledByControl(value []byte) (string, error) {
	bits, err := strconv.ParseInt(string(value), 10, 64)
	if err != nil {
		return "", fmt.Errorf("%q is no number", value)
	}
	return strconv.FormatBool(bits&accountDisable == 0), nil
}

// enabledByLock reads 389's nsAccountLock: true means locked.
func enabledByLock(value []byte) (string, error) {
	return strconv.FormatBool(!strings.EqualFold(string(value), "true")), nil
}

// textFault says why value cannot be text, "" if it can.
func textFault(value []byte) string {
	if !utf8.Valid(value) {
		return "is not UTF-8"
	}
	if bytes.IndexByte(value, 0) >= 0 {
		return "holds a zero byte"
	}
	return ""
}
