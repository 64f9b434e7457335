package console

import (
	"fmt"
	"html/template"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/duration"
)

// words are what templates write with.
func (c *Console) words() template.FuncMap {
	return template.FuncMap{
		"when":     func(t any) template.HTML { return when(t, c.Now()) },
		"moment":   func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") },
		"about":    about,
		"length":   func(seconds int64) string { return duration.Format(time.Duration(seconds) * time.Second) },
		"person":   person,
		"segment":  url.PathEscape,
		"number":   thousands,
		"plural":   plural,
		"list":     func(values ...any) []any { return values },
		"map":      mapOf,
		"join":     func(values []string, between string) string { return strings.Join(values, between) },
		"sentence": sentence,
		"cause":    causeText,
		"why":      whyText,
		"decides":  whoDecides,
		"asset":    c.assets.path,
		"wayText":  wayText,
		"happened": happened,
	}
}

// about is a length of time as people say it who do not count seconds.
func about(seconds int64) string {
	d := time.Duration(seconds) * time.Second
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < time.Hour:
		return plural(int(d.Minutes()), "minute", "minutes")
	case d < 48*time.Hour:
		return plural(int(d.Hours()), "hour", "hours")
	}
	return plural(int(d.Hours()/24), "day", "days")
}

// person is somebody's name as the audit log has it, without what kind of actor it is.
func person(actor string) string { return strings.TrimPrefix(actor, "user:") }

// when is an instant as people say it, with the exact one for whoever points at it. It
// takes a time.Time or a *time.Time; "" for never.
func when(t any, now time.Time) template.HTML {
	var at time.Time
	switch t := t.(type) {
	case time.Time:
		at = t
	case *time.Time:
		if t != nil {
			at = *t
		}
	}
	if at.IsZero() {
		return ""
	}
	at = at.UTC()
	return template.HTML(fmt.Sprintf(`<time datetime="%s" title="%s">%s</time>`, //nolint:gosec // made of digits and words of ours
		at.Format(time.RFC3339), at.Format("Monday, 2 January 2006, 15:04:05 UTC"), relative(at, now)))
}

// relative says how far away an instant is.
func relative(at, now time.Time) string {
	d := now.Sub(at)
	ahead := d < 0
	if ahead {
		d = -d
	}
	text := ""
	switch {
	case d < 10*time.Second && !ahead:
		return "just now"
	case d < time.Minute:
		text = fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		text = fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		text = fmt.Sprintf("%d h", int(d.Hours()))
	case d < 60*24*time.Hour:
		text = fmt.Sprintf("%d days", int(d.Hours()/24))
	default:
		return at.Format("2 Jan 2006")
	}
	if ahead {
		return "in " + text
	}
	return text + " ago"
}

// thousands writes a number in groups of three digits.
func thousands(n any) string {
	text := fmt.Sprint(n)
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	if _, err := strconv.ParseUint(text, 10, 64); err != nil {
		return sign + text
	}
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "\u202f" + text[i:]
	}
	return sign + text
}

// plural is a number with its noun: "1 member", "2 members".
func plural(n any, one, many string) string {
	if fmt.Sprint(n) == "1" {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

// mapOf makes the argument of a template: name, value, name, value.
func mapOf(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("map: %d values make no pairs", len(pairs))
	}
	out := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		out[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return out, nil
}

// sentence makes a sentence of a text: a full stop at its end, where there is none.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".?!") {
		return text
	}
	return text + "."
}

// causeText says why access is held, in a word or two.
func causeText(c identity.Cause) string { return c.String() }

// whyText says why somebody is in a group, as people say it.
func whyText(c identity.Cause) string {
	words := map[string]string{
		identity.CauseRule: "because of who you are", identity.CauseGrant: "given for a time", identity.CauseShift: "while you are on call",
		identity.CauseTicket: "while the ticket is open", identity.CauseGroup: "comes with another group",
	}
	said, known := words[c.Kind]
	switch {
	case !known:
		return c.String()
	case c.Name == "":
		return said
	}
	return said + ": " + c.String()
}

// Token is the hidden field that a form must bring that is sent to a path.
func (f frame) Token(path string) template.HTML {
	if u, err := url.Parse(path); err == nil {
		path = u.Path
	}
	return template.HTML(`<input type="hidden" name="form" value="` + formToken(f.key, path) + `">`) //nolint:gosec // base64
}

// segmentOf writes a name as a part of a path.
func segmentOf(name string) string { return url.PathEscape(name) }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
