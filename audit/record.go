package audit

import (
	"encoding/hex"
	"fmt"
)

// Hash is a SHA-256 sum; it is written as hexadecimal text.
type Hash [32]byte

// String returns the hash in lower-case hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText writes the hash as hexadecimal.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (h *Hash) UnmarshalText(text []byte) error {
	if len(text) != 2*len(h) {
		return fmt.Errorf("a hash has %d hexadecimal digits, this has %d", 2*len(h), len(text))
	}
	_, err := hex.Decode(h[:], text)
	return err
}

// Record is an event as it stands in the log: bound to the record before it.
type Record struct {
	Event
	// Prev is the Hash of the record before; all zero for the first.
	Prev Hash `json:"prev"`
	// Hash is sha256(Prev ‖ canonical JSON of the event).
	Hash Hash `json:"hash"`
}

// Head is a place in the chain: the number and hash of its last record. The
// zero Head is the empty log.
type Head struct {
	Seq  int64 `json:"seq"`
	Hash Hash  `json:"hash"`
}
