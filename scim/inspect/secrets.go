package inspect

import (
	"slices"
	"strings"
)

// mostSecrets bounds how many secrets of one conversation are looked for in the
// rest of it.
const mostSecrets = 32

// secrets are those that were masked in a conversation. An answer that repeats
// what it refuses must not tell them either.
type secrets struct{ known []string }

// learn takes the JSON of a secret that is a text or a number.
func (s *secrets) learn(raw []byte) {
	in := scanner{in: raw}
	text, ok := in.text()
	if !ok {
		text = in.word()
	}
	if text == "" || text == mask || len(s.known) == mostSecrets || slices.Contains(s.known, text) {
		return
	}
	s.known = append(s.known, text)
	// One that holds another is taken out first, or its rest would stay.
	slices.SortFunc(s.known, func(a, b string) int { return len(b) - len(a) })
}

// mask masks them in a text, and whatever else is secret in it.
func (s *secrets) mask(text string) string {
	named := secretive(text) // before a secret that is the name of one is replaced
	return maskText(s.replace(text, named), named)
}

// replace masks the secrets in text. Short ones are in many words: they count as
// a whole only, unless the text is about secrets.
func (s *secrets) replace(text string, named bool) string {
	for _, secret := range s.known {
		switch {
		case text == secret:
			return mask
		case named || len(secret) >= shortest:
			text = strings.ReplaceAll(text, secret, mask)
		}
	}
	return text
}
