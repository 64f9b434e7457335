package ad

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"birthright/internal/ldapdn"

	goldap "github.com/go-ldap/ldap/v3"
	"github.com/google/uuid"
)

// nothing is a filter that no entry matches.
const nothing = "(!(objectClass=*))"

// guidText returns an objectGUID as people see it; its first three parts are kept
// in the byte order of Intel.
func guidText(raw []byte) string {
	if len(raw) != 16 {
		return ""
	}
	return uuid.UUID(swapped(raw)).String()
}

func swapped(raw []byte) []byte {
	return []byte{raw[3], raw[2], raw[1], raw[0], raw[5], raw[4], raw[7], raw[6],
		raw[8], raw[9], raw[10], raw[11], raw[12], raw[13], raw[14], raw[15]}
}

// guidFilter finds an entry by its objectGUID.
func guidFilter(text string) string {
	id, err := uuid.Parse(text)
	if err != nil {
		return nothing
	}
	return "(objectGUID=" + escaped(swapped(id[:])) + ")"
}

// escaped writes every byte as a filter does.
func escaped(raw []byte) string {
	var b strings.Builder
	for _, c := range raw {
		fmt.Fprintf(&b, `\%02x`, c)
	}
	return b.String()
}

// byGUID is what requests call an entry, whatever its name is by then.
func byGUID(guid string) string { return "<GUID=" + guid + ">" }

// searchControls ask for DNs with the entry's GUID in front ([MS-ADTS]
// 3.1.1.3.4.1.5) and for no pointers to the forest's other parts (3.1.1.3.4.1.4).
func searchControls() []goldap.Control {
	return []goldap.Control{
		goldap.NewControlString("1.2.840.113556.1.4.529", true, "\x30\x03\x02\x01\x01"),
		goldap.NewControlString("1.2.840.113556.1.4.1339", false, ""),
	}
}

// form returns what a DN with a GUID in front is compared by.
func form(value string) string {
	if end := strings.IndexByte(value, '>'); end > 0 && len(value) > 6 && strings.EqualFold(value[:6], "<GUID=") {
		return strings.ToLower(value[:end+1])
	}
	return ldapdn.Canonical(value)
}

// reference is what requests call the entry of which an answer says that it is dn.
func reference(dn string) string {
	if f := form(dn); strings.HasPrefix(f, "<guid=") {
		return f
	}
	return dn
}

// plain returns a DN without what an extended one has in front.
func plain(dn string) string {
	if at := strings.LastIndex(dn, ">;"); at >= 0 {
		return dn[at+len(">;"):]
	}
	return dn
}

// sid is a security identifier in binary form ([MS-DTYP] 2.4.2.2).
type sid []byte

// String returns S-1-5-21-…, "" for what is no SID.
func (s sid) String() string {
	if len(s) < 8 || len(s) != 8+4*int(s[1]) {
		return ""
	}
	var authority uint64
	for _, b := range s[2:8] {
		authority = authority<<8 | uint64(b)
	}
	out := "S-" + strconv.Itoa(int(s[0])) + "-" + strconv.FormatUint(authority, 10)
	for at := 8; at < len(s); at += 4 {
		out += "-" + strconv.FormatUint(uint64(binary.LittleEndian.Uint32(s[at:])), 10)
	}
	return out
}

// sibling returns the SID of another number in the same domain.
func (s sid) sibling(rid string) sid {
	n, err := strconv.ParseUint(rid, 10, 32)
	if err != nil || len(s) < 12 {
		return nil
	}
	out := append(sid{}, s...)
	binary.LittleEndian.PutUint32(out[len(out)-4:], uint32(n))
	return out
}
