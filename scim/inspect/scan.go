package inspect

import (
	"encoding/json"
	"unicode/utf8"
)

// scanner reads JSON from a text that may end anywhere or be none.
type scanner struct {
	in  []byte
	pos int
}

// space passes over blanks and returns the next byte, 0 at the end.
func (s *scanner) space() byte {
	for ; s.pos < len(s.in); s.pos++ {
		switch c := s.in[s.pos]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

func (s *scanner) ended() bool { return s.pos >= len(s.in) }

// take passes over c if it is next, blanks before it aside.
func (s *scanner) take(c byte) bool {
	if s.space() != c || s.ended() {
		return false
	}
	s.pos++
	return true
}

// text reads a string; not ok if it has no end or is none, and then nothing is
// passed over.
func (s *scanner) text() (text string, ok bool) {
	if s.space() != '"' || s.ended() {
		return "", false
	}
	end, plain := s.textEnd()
	if end < 0 {
		return "", false
	}
	raw := s.in[s.pos:end]
	if plain && utf8.Valid(raw) {
		text = string(raw[1 : len(raw)-1])
	} else if json.Unmarshal(raw, &text) != nil {
		return "", false
	}
	s.pos = end
	return text, true
}

// textEnd returns where the string that begins here ends, -1 for nowhere, and
// whether it reads as it is written.
func (s *scanner) textEnd() (end int, plain bool) {
	plain = true
	for i := s.pos + 1; i < len(s.in); i++ {
		switch c := s.in[i]; {
		case c == '\\':
			plain = false
			i++
		case c == '"':
			return i + 1, plain
		case c < ' ':
			plain = false // which JSON does not allow: Unmarshal says so
		}
	}
	return -1, plain
}

// unfinished reports whether a string begins here that has no end.
func (s *scanner) unfinished() bool {
	if s.ended() || s.in[s.pos] != '"' {
		return false
	}
	end, _ := s.textEnd()
	return end < 0
}

// word reads a number, true, false or null; "" for what is none of them.
func (s *scanner) word() string {
	s.space()
	end := s.pos
	for end < len(s.in) && isWordByte(s.in[end]) {
		end++
	}
	word := string(s.in[s.pos:end])
	if !json.Valid([]byte(word)) {
		return ""
	}
	s.pos = end
	return word
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'E'
}

// skip passes over a whole value, not ok if it has no end. What is within lists
// and objects is not looked at closely: it is shown to nobody.
func (s *scanner) skip() (ok bool) {
	switch s.space() {
	case '"':
		end, _ := s.textEnd()
		if end < 0 {
			return false
		}
		s.pos = end
		return true
	case '{', '[':
		return s.skipNested()
	}
	return s.word() != ""
}

func (s *scanner) skipNested() (ok bool) {
	for depth := 0; s.pos < len(s.in); s.pos++ {
		switch s.in[s.pos] {
		case '"':
			end, _ := s.textEnd()
			if end < 0 {
				return false
			}
			s.pos = end - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				s.pos++
				return true
			}
		}
	}
	return false
}
