package searchdoc

import "unicode/utf8"

// Mentioned returns a text that stands somewhere in what Encode writes of every
// match of c; not ok where there is none.
func Mentioned(c Condition) (text string, ok bool) {
	switch c := c.(type) {
	case Has:
		if c.Attribute == Groups || c.Attribute == Members || c.Where == nil {
			return "", false
		}
		return mentionedWithin(c.Where)
	case And:
		return longest(c, Mentioned)
	}
	return "", false
}

func mentionedWithin(c Condition) (text string, ok bool) {
	switch c := c.(type) {
	case Sub:
		if c.Test == nil || c.Test.Fails || c.Before != "" {
			return "", false
		}
		text, ok = c.Test.Value.(string)
		switch c.Test.Op {
		case Equal, Contains, Begins, Ends:
			return text, ok && text != "" && len(text) <= longestTerm && utf8.ValidString(text) && !escaped(text)
		}
	case And:
		return longest(c, mentionedWithin)
	}
	return "", false
}

// longest returns the longest of what the parts mention: it is the rarest.
func longest(parts And, of func(Condition) (string, bool)) (text string, ok bool) {
	for _, part := range parts {
		if one, found := of(part); found && len(one) > len(text) {
			text, ok = one, true
		}
	}
	return text, ok
}
