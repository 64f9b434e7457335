package ldapapp

import (
	"encoding/hex"
	"slices"
	"strings"
)

// ava is one attribute and value of a relative name.
type ava struct{ attr, value string }

// rdn is a relative name with its text as it was written.
type rdn struct {
	text  string
	parts []ava
}

// key is the form to compare by: attribute and value folded, parts in order.
func (r rdn) key() string {
	keys := make([]string, len(r.parts))
	for i, p := range r.parts {
		keys[i] = attrKey(p.attr) + "=" + escape(foldText(p.value))
	}
	slices.Sort(keys)
	return strings.Join(keys, "+")
}

// parseDN reads a distinguished name (RFC 4514), outermost part last.
func parseDN(in string) ([]rdn, bool) {
	if strings.TrimSpace(in) == "" {
		return nil, true
	}
	var out []rdn
	for _, piece := range split(in, ",;") {
		r := rdn{text: strings.TrimLeft(piece, " ")}
		for _, part := range split(piece, "+") {
			attr, raw, ok := strings.Cut(part, "=")
			value, valid := unescape(raw)
			attr = strings.TrimSpace(attr)
			if !ok || !valid || !isAttributeName(attr) || value == "" {
				return nil, false
			}
			r.parts = append(r.parts, ava{attr, value})
		}
		out = append(out, r)
	}
	return out, true
}

// isAttributeName reports whether s can be an attribute's name or number.
func isAttributeName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '-' && r != '.' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}

// split cuts in at separators that are neither escaped nor quoted.
func split(in, separators string) []string {
	var out []string
	start, quoted := 0, false
	for i := 0; i < len(in); i++ {
		switch {
		case in[i] == '\\':
			i++
		case in[i] == '"':
			quoted = !quoted
		case !quoted && strings.IndexByte(separators, in[i]) >= 0:
			out = append(out, in[start:i])
			start = i + 1
		}
	}
	return append(out, in[start:])
}

// unescape reads the value of an RDN.
func unescape(in string) (string, bool) {
	in = strings.TrimLeft(in, " ")
	if hexed, ok := strings.CutPrefix(in, "#"); ok {
		raw, err := hex.DecodeString(hexed)
		if err != nil || len(raw) < 2 {
			return "", false
		}
		return string(raw[2:]), true // the BER header of a short string
	}
	in = trimEnd(in)
	if len(in) > 1 && in[0] == '"' && in[len(in)-1] == '"' {
		in = in[1 : len(in)-1]
	}
	var out strings.Builder
	for i := 0; i < len(in); i++ {
		if in[i] == '"' {
			return "", false // a quote within, neither escaped nor around it all
		}
		if in[i] != '\\' {
			out.WriteByte(in[i])
			continue
		}
		if i+2 < len(in) {
			if b, err := hex.DecodeString(in[i+1 : i+3]); err == nil {
				out.WriteByte(b[0])
				i += 2
				continue
			}
		}
		if i++; i == len(in) {
			return "", false
		}
		out.WriteByte(in[i])
	}
	return out.String(), true
}

// trimEnd takes blanks off the end unless they are escaped.
func trimEnd(in string) string {
	for strings.HasSuffix(in, " ") && !strings.HasSuffix(in, `\ `) {
		in = in[:len(in)-1]
	}
	return in
}

// escape makes a value safe inside a key.
func escape(value string) string {
	return strings.NewReplacer(`\`, `\5c`, ",", `\2c`, "+", `\2b`, "=", `\3d`, `"`, `\22`, ";", `\3b`, "#", `\23`).Replace(value)
}

// dnKey is the form of a DN to compare by; false where in is no DN.
func dnKey(in string) (string, bool) {
	parts, ok := parseDN(in)
	if !ok {
		return "", false
	}
	return keyOf(parts), true
}

func keyOf(parts []rdn) string {
	keys := make([]string, len(parts))
	for i, p := range parts {
		keys[i] = p.key()
	}
	return strings.Join(keys, ",")
}

// textOf joins relative names into a DN.
func textOf(parts []rdn) string {
	texts := make([]string, len(parts))
	for i, p := range parts {
		texts[i] = p.text
	}
	return strings.Join(texts, ",")
}
