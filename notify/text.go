package notify

import (
	"strings"
	"time"
	"unicode"

	"birthright/internal/duration"
)

// The most characters that a text of somebody's may have in a message.
const (
	mostName   = 120
	mostReason = 500
)

// Plain makes text that somebody wrote fit for one line of a message: without line
// breaks, other control characters and those that turn the direction of reading, and
// no longer than most characters.
func Plain(text string, most int) string {
	var b strings.Builder
	count, blank := 0, false
	for _, r := range strings.ToValidUTF8(text, "\uFFFD") {
		if unicode.IsSpace(r) || unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			blank = count > 0
			continue
		}
		if unicode.Is(unicode.Cf, r) && r != '\u200D' { // joins emoji
			continue
		}
		if blank && count < most {
			b.WriteByte(' ')
			count++
		}
		blank = false
		if count >= most {
			b.WriteRune('…')
			break
		}
		b.WriteRune(r)
		count++
	}
	return b.String()
}

func name(text string) string { return Plain(text, mostName) }

// who is an actor as people call it.
func who(actor string) string {
	kind, rest, found := strings.Cut(actor, ":")
	switch {
	case !found && actor == "":
		return "somebody"
	case !found, kind == "user":
		if actor == "hub" || actor == "policy" {
			return "the " + actor
		}
		if !found {
			return name(actor)
		}
		return name(rest)
	case kind == "operator":
		return "the operator " + name(rest)
	}
	return name(actor)
}

// clock writes an instant as the recipient's clock shows it.
func (r Recipient) clock(t time.Time) string {
	zone := r.Zone
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).Format("Mon 2 Jan 2006 15:04 MST")
}

func lasting(seconds int64) string { return duration.Format(time.Duration(seconds) * time.Second) }
