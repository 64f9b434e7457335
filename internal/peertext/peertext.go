// Package peertext makes what a peer says fit for messages and logs: one line,
// of a length that somebody reads. What it means is left to whoever asked.
package peertext

import "strings"

// Clip returns text with blanks for control characters, cut down to limit
// characters with an ellipsis behind them. Take secrets out before: one that is
// cut in the middle is no longer found.
func Clip(text string, limit int) string {
	var b strings.Builder
	n := 0
	for _, r := range text {
		if n == limit {
			b.WriteRune('…')
			break
		}
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			r = ' '
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}
