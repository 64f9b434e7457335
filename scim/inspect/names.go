package inspect

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// secretWords are what names of secrets have in them, as plainName writes names.
// An attribute that has one of them in its name and is no secret is masked too:
// that costs less than the opposite.
var secretWords = []string{
	"password", "passwd", "passphrase", "passcode", "pwd", "secret", "token", "credential", "apikey", "privatekey",
}

// secretive reports whether a name, path or text has a secret's name in it.
// changePassword, of the service provider's configuration, says whether something
// is offered.
func secretive(name string) bool {
	plain := plainName(name)
	switch plain {
	case "pass", "pin", "otp":
		return true
	case "changepassword":
		return false
	}
	for _, word := range secretWords {
		if strings.Contains(plain, word) {
			return true
		}
	}
	return false
}

// plainName is a name without letter case and separators: api_key, "Api-Key" and
// APIKEY are the same. Letter case is that of strings.EqualFold, by which names
// are compared elsewhere, so that no other letter passes for an s or a k.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '_', '-', ' ':
			return -1
		}
		return plainRune(r)
	}, name)
}

func plainRune(r rune) rune {
	if r < utf8.RuneSelf {
		return unicode.ToLower(r)
	}
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		if next < utf8.RuneSelf {
			return unicode.ToLower(next)
		}
	}
	return r
}

// tellsPath reports whether a member of that name says what the value beside it
// is the value of, as path does in a PATCH operation.
func tellsPath(name string) bool {
	switch plainName(name) {
	case "path", "name", "attribute", "attributename", "key", "type", "field", "property":
		return true
	}
	return false
}
