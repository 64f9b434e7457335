package ldaptest

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// The tags of LDAP requests and answers (RFC 4511 section 4.2 and following).
const (
	tagUnbind     = 0x42
	tagSearch     = 0x63
	tagEntry      = 0x64
	tagSearchDone = 0x65
	tagModify     = 0x66
	tagAdd        = 0x68
	tagDelete     = 0x4a
	tagRename     = 0x6c
	tagAbandon    = 0x50
	tagReference  = 0x73
	tagPartial    = 0x79
)

// answers are the tags of the answers that end an operation.
var answers = map[byte]byte{tagSearch: tagSearchDone, tagModify: 0x67, tagAdd: 0x69, tagDelete: 0x6b, tagRename: 0x6d, 0x60: 0x61, 0x6e: 0x6f, 0x77: 0x78}

// writes reports whether a request changes something.
func writes(tag byte) bool {
	return tag == tagModify || tag == tagAdd || tag == tagDelete || tag == tagRename
}

// readMessage reads one LDAPMessage as it is.
func readMessage(r *bufio.Reader) ([]byte, error) {
	head, err := r.Peek(2)
	if err != nil {
		return nil, err
	}
	size, length := 2, int(head[1])
	if head[1] >= 0x80 {
		n := int(head[1] & 0x7f)
		if head, err = r.Peek(2 + n); err != nil {
			return nil, err
		}
		if n > 4 {
			return nil, errors.New("a message of more than 4 GiB")
		}
		var wide [4]byte
		copy(wide[4-n:], head[2:])
		size, length = 2+n, int(binary.BigEndian.Uint32(wide[:]))
	}
	message := make([]byte, size+length)
	_, err = io.ReadFull(r, message)
	return message, err
}

// parts returns the id of a message, with its header, and what follows.
func parts(message []byte) (id, rest []byte) {
	inside := message[2:]
	if message[1] >= 0x80 {
		inside = message[2+int(message[1]&0x7f):]
	}
	end := 2 + int(inside[1])
	return inside[:end], inside[end:]
}

// operation returns the tag of what a message asks or answers.
func operation(message []byte) byte {
	_, rest := parts(message)
	return rest[0]
}

// asked returns what a message asks, without the controls behind it.
func asked(message []byte) string {
	_, rest := parts(message)
	size, length := 2, int(rest[1])
	if rest[1] >= 0x80 {
		size += int(rest[1] & 0x7f)
		length = 0
		for _, b := range rest[2:size] {
			length = length<<8 | int(b)
		}
	}
	return string(rest[:size+length])
}

// wrap makes a message.
func wrap(id, rest []byte) []byte {
	n := len(id) + len(rest)
	out := binary.BigEndian.AppendUint32([]byte{0x30, 0x84}, uint32(n))
	return append(append(out, id...), rest...)
}

// refusal answers a request with a result code.
func refusal(request []byte, code byte) []byte {
	id, _ := parts(request)
	return wrap(id, []byte{answers[operation(request)], 7, 0x0a, 1, code, 0x04, 0, 0x04, 0})
}

// again answers a request with what answered another one.
func again(request []byte, before [][]byte) [][]byte {
	id, _ := parts(request)
	var out [][]byte
	for _, m := range before {
		_, rest := parts(m)
		out = append(out, wrap(id, rest))
	}
	return out
}
