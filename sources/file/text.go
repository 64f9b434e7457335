package file

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

// byteOrderMark may begin a UTF-8 file; spreadsheets like to write it.
const byteOrderMark = "\xef\xbb\xbf"

// badText tells where a file stops being text.
type badText struct {
	offset int64
	why    string
}

func (e *badText) Error() string { return e.why }

// text passes a stream on as long as it is UTF-8 without zero bytes, because
// decoders behind it would replace what is not, without a word.
type text struct {
	r      io.Reader
	read   int64  // bytes checked
	carry  []byte // the beginning of a character that the last read cut
	failed error
}

func newText(r io.Reader) *text { return &text{r: r} }

func (t *text) Read(b []byte) (int, error) {
	if t.failed != nil {
		return 0, t.failed
	}
	n, err := t.r.Read(b)
	if fault := t.check(b[:n]); fault != nil {
		t.failed = fault
		return 0, fault
	}
	if errors.Is(err, io.EOF) && len(t.carry) > 0 {
		t.failed = &badText{t.read - int64(len(t.carry)), "the file ends within a character"}
		return n, t.failed
	}
	return n, err
}

func (t *text) check(b []byte) error {
	start := t.read - int64(len(t.carry))
	all := b
	if len(t.carry) > 0 {
		all = append(t.carry, b...)
	}
	t.read += int64(len(b))
	if i := bytes.IndexByte(all, 0); i >= 0 {
		return &badText{start + int64(i), "a zero byte: this is no text in UTF-8 (a spreadsheet can save as \"CSV UTF-8\")"}
	}
	whole := len(all)
	for i := 1; i <= min(utf8.UTFMax-1, len(all)); i++ {
		if tail := all[len(all)-i:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				whole = len(all) - i
			}
			break
		}
	}
	if !utf8.Valid(all[:whole]) {
		return &badText{start + int64(firstInvalid(all[:whole])), "not UTF-8: save the file in that encoding"}
	}
	t.carry = append([]byte(nil), all[whole:]...)
	return nil
}

func firstInvalid(b []byte) int {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(b)
}

// skipMark returns r behind a byte order mark, and whether there was one.
func skipMark(r *bufio.Reader) (bool, error) {
	first, err := r.Peek(len(byteOrderMark))
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	if string(first) != byteOrderMark {
		return false, nil
	}
	_, err = r.Discard(len(byteOrderMark))
	return true, err
}

// locate finds the line and column of an offset by reading up to it. A loose one
// goes on to the next character that is no JSON punctuation between values.
func locate(r io.Reader, offset int64, loose bool) place {
	in := bufio.NewReader(r)
	at := place{line: 1, column: 1}
	for n := int64(0); ; n++ {
		c, err := in.ReadByte()
		if err != nil || n >= offset && !(loose && bytes.IndexByte([]byte(" \t\r\n,:"), c) >= 0) {
			return at
		}
		if c == '\n' {
			at.line++
			at.column = 1
		} else {
			at.column++
		}
	}
}
