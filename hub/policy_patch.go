package hub

import (
	"bytes"
	"context"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"birthright/grants/approval"
)

// PolicyPatch writes a draft as a patch for `git apply`, from the folder that the names of
// the files begin at; "" where the draft changes nothing.
func (h *Hub) PolicyPatch(ctx context.Context, a approval.Actor, d PolicyDraft) (string, error) {
	files, err := h.PolicySources(ctx, a)
	if err != nil {
		return "", err
	}
	for _, f := range files {
		if f.Name == d.File {
			return patch(d.File, f.Text, d.Text), nil
		}
	}
	return "", noPolicyFile(d.File)
}

// patch is a unified diff of one file, as git writes it.
func patch(name, before, after string) string {
	name = strings.TrimPrefix(filepath.ToSlash(name), "/")
	_, body, changed := bytes.Cut(diff.Diff("a", []byte(before), "b", []byte(after)), []byte("\n@@"))
	if !changed {
		return ""
	}
	a, b := gitName("a/"+name), gitName("b/"+name)
	return "diff --git " + a + " " + b + "\n--- " + a + "\n+++ " + b + "\n@@" + string(body)
}

// gitName writes a path as git does: in quotes where it has more than plain letters.
func gitName(path string) string {
	quoted := strconv.QuoteToASCII(path)
	if quoted == `"`+path+`"` && !strings.ContainsAny(path, " ") {
		return path
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range []byte(path) {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c > '~':
			b.WriteString(`\` + strconv.FormatInt(int64(c)+01000, 8)[1:])
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// KeptLines writes a text with the ends of lines that another one has: forms end lines
// in their own way.
func KeptLines(text, like string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if strings.Contains(like, "\r\n") {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return text
}
