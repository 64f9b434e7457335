package inspect

import (
	"slices"
	"strconv"
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
	// In messages it may stand as Go quotes it.
	quoted := strconv.Quote(text)
	for _, form := range []string{text, quoted[1 : len(quoted)-1]} {
		if form != "" && form != mask && len(s.known) < mostSecrets && !slices.Contains(s.known, form) {
			s.known = append(s.known, form)
		}
	}
	// One that holds another is taken out first, or its rest would stay.
	slices.SortFunc(s.known, func(a, b string) int { return len(b) - len(a) })
}

// mask masks them in a text, and whatever else is secret in it: that first, as a
// secret may be the name of another.
func (s *secrets) mask(text string) string {
	if slices.Contains(s.known, text) {
		return mask
	}
	named := secretive(text)
	text = maskText(text, named)
	for _, secret := range s.known {
		// Short ones are in many words: they count where the text is about secrets.
		if named || len(secret) >= shortest {
			text = strings.ReplaceAll(text, secret, mask)
		}
	}
	return text
}
