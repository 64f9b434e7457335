package api

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/fnv"

	"birthright/identity"
)

// A cursor says where the next page begins. It belongs to the question that it came
// with: its first four bytes are the question's fingerprint.

// cursorAt is the cursor behind the entry with a number, of a question.
func cursorAt(question string, n int64) string {
	b := binary.BigEndian.AppendUint32(nil, questionPrint(question))
	return base64.RawURLEncoding.EncodeToString(binary.AppendUvarint(b, uint64(n)))
}

// parseCursor returns the number of the entry that a cursor stands behind; 0 for "".
func parseCursor(question, cursor string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(b) < 5 {
		return 0, badCursor("it is none of this hub's")
	}
	if binary.BigEndian.Uint32(b) != questionPrint(question) {
		return 0, badCursor("it belongs to another question: repeat the filters that it came with")
	}
	n, size := binary.Uvarint(b[4:])
	if size != len(b)-4 || n == 0 || n > 1<<62 || cursorAt(question, int64(n)) != cursor {
		return 0, badCursor("it is none of this hub's")
	}
	return int64(n), nil
}

// cursorBehind is the cursor behind a position in the answer to a question.
func cursorBehind(question, position string) string {
	return base64.RawURLEncoding.EncodeToString(append(binary.BigEndian.AppendUint32(nil, questionPrint(question)), position...))
}

// parsePosition returns the position that a cursor stands behind; "" for "".
func parsePosition(question, cursor string) (string, error) {
	if cursor == "" {
		return "", nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(b) < 5 {
		return "", badCursor("it is none of this hub's")
	}
	if binary.BigEndian.Uint32(b) != questionPrint(question) {
		return "", badCursor("it belongs to another question: repeat the filters that it came with")
	}
	return string(b[4:]), nil
}

func questionPrint(question string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(question))
	return h.Sum32()
}

func badCursor(why string) error {
	return &identity.Error{Kind: identity.Invalid, Field: "cursor", Err: fmt.Errorf("cursor: %s", why)}
}
