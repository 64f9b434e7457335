package scim

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"

	"birthright/internal/searchdoc"
	"birthright/scim/fault"
)

// cursor is where the next page of a list begins (RFC 9865). It carries all there
// is to know, so that the hub keeps nothing, and is valid for as long as anybody
// may ask.
type cursor struct {
	Place searchdoc.Place `json:"p"`
	// Start is the index to begin at where lists of several types are joined: their
	// order has no places.
	Start int `json:"i,omitempty"`
	Total int `json:"t"`
}

// sealBytes is how much of the seal is kept: 128 bits.
const sealBytes = 16

// seal writes a cursor for one question of one source, so that it fits no other.
func (h *handler) seal(at cursor, question string) string {
	text, err := json.Marshal(at)
	if err != nil {
		panic(err) // numbers and a text: cannot be
	}
	return base64.RawURLEncoding.EncodeToString(append(h.mac(question, text), text...))
}

// open reads what seal wrote for the same question.
func (h *handler) open(text, question string) (at cursor, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) < sealBytes || !hmac.Equal(raw[:sealBytes], h.mac(question, raw[sealBytes:])) {
		return at, fault.InvalidCursor("The cursor is not one of this question: begin again with cursor= and nothing after it.")
	}
	d := json.NewDecoder(bytes.NewReader(raw[sealBytes:]))
	d.UseNumber()
	return at, d.Decode(&at)
}

func (h *handler) mac(question string, text []byte) []byte {
	m := hmac.New(sha256.New, h.o.Key)
	m.Write([]byte(question))
	m.Write([]byte{0})
	m.Write(text)
	return m.Sum(nil)[:sealBytes]
}
