package inspect

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mask stands where a secret was.
const mask = "***"

// hubTokens finds tokens of this hub, whole or cut off; their id is public.
var hubTokens = regexp.MustCompile(`(?i)(br[a-z]{0,3}_[0-9a-f]{16}_)[A-Za-z0-9_-]+`)

// Text masks what may be secret in a text for people or in a filter: tokens of
// this hub; and where the text names a secret, whatever it compares, assigns or
// quotes. The name of a secret itself stays.
func Text(text string) string { return maskText(text, secretive(text)) }

func maskText(text string, secretive bool) string {
	if strings.Contains(text, "_") {
		text = hubTokens.ReplaceAllString(text, "${1}"+mask)
	}
	if !secretive {
		return text
	}
	return maskQuoted(maskOperands(text))
}

// maskOperands masks what stands behind an operator of a filter, and behind the
// colon or equals sign of a secret's name.
func maskOperands(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); {
		word := firstWord(text[i:])
		if word == "" {
			length := blanks(text[i:])
			out.WriteString(text[i : i+length])
			i += length
			continue
		}
		operator := isOperator(word)
		if end := nameEnd(word); !operator && end > 0 {
			word, operator = word[:end], true
		}
		out.WriteString(word)
		i += len(word)
		if !operator {
			continue
		}
		gap := blanks(text[i:])
		masked, length := maskOperand(text[i+gap:])
		out.WriteString(text[i:i+gap] + masked)
		i += gap + length
	}
	return out.String()
}

// blanks is how many bytes of blanks text begins with.
func blanks(text string) int { return len(text) - len(strings.TrimLeftFunc(text, unicode.IsSpace)) }

func firstWord(text string) string {
	if end := strings.IndexFunc(text, unicode.IsSpace); end >= 0 {
		return text[:end]
	}
	return text
}

// isOperator reports whether a word compares the one before it with the one after.
func isOperator(word string) bool {
	switch plainName(word) {
	case "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "=", "==", ":":
		return true
	}
	return false
}

// nameEnd returns where in a word such as password=x or urn:…:password:x the
// name of a secret ends, its sign included; 0 where there is no such thing. A name
// at the end of the word, as urn:…:password, has nothing behind it to mask.
func nameEnd(word string) int {
	start := 0
	for i := range len(word) {
		if word[i] != ':' && word[i] != '=' {
			continue
		}
		if secretive(word[start:i]) {
			return i + 1
		}
		start = i + 1
	}
	return 0
}

// maskOperand returns the mask of what text begins with, and how much of text that
// is: all that is quoted, and the whole of the word.
func maskOperand(text string) (masked string, length int) {
	if text == "" {
		return "", 0
	}
	if quote := text[0]; quote == '"' || quote == '\'' {
		length = quotedLength(text)
	}
	length += len(firstWord(text[length:]))
	closing := len(strings.TrimRight(text[:length], ")]}"))
	return `"` + mask + `"` + text[closing:length], length
}

// quotedLength is how long the quoted text is that text begins with; all of it if
// the quote is never closed.
func quotedLength(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case text[0]:
			return i + 1
		}
	}
	return len(text)
}

// maskQuoted masks all that is quoted, but for names of secrets. With a quote
// left over nobody can tell inside from outside: then all from the first one on.
func maskQuoted(text string) string {
	var out strings.Builder
	first := strings.IndexByte(text, '"')
	for i := 0; i < len(text); {
		if text[i] != '"' {
			out.WriteByte(text[i])
			i++
			continue
		}
		length := quotedLength(text[i:])
		if length < 2 || text[i+length-1] != '"' || i+length == len(text) && strings.HasSuffix(text, `\"`) {
			return text[:first] + mask
		}
		if namesSecret(text[i+1 : i+length-1]) {
			out.WriteString(text[i : i+length])
		} else {
			out.WriteString(`"` + mask + `"`)
		}
		i += length
	}
	return out.String()
}

// namesSecret reports whether text is the name of a secret and nothing else:
// "password" or "urn:…:User:password", but not "Password123".
func namesSecret(text string) bool {
	name := plainName(text[strings.LastIndexAny(text, ":.")+1:])
	return isBareName(text) && slices.Contains(secretWords, name)
}

// isBareName reports whether text can be the name or path of an attribute.
func isBareName(text string) bool {
	return text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:_-$") == ""
}

// shorten cuts a text to about most bytes and says what is missing.
func shorten(text string, most int) string {
	if len(text) <= most {
		return text
	}
	end := most
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "… " + grouped(len(text)-end) + " more"
}
