package audit

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
)

// Format names the export: one JSON object a line, first opening, then the
// records, then closing.
const Format = "birthright-audit/1"

// maxLine bounds a line of an export that is read back, in bytes.
const maxLine = 16 << 20

type opening struct {
	Format string `json:"format"`
	After  Head   `json:"after"` // the place that the first record follows
}

type closing struct {
	Head Head `json:"head"`
}

// Export writes the records that follow after, and then head, in a form that
// VerifyExport can check with nothing else at hand.
func Export(w io.Writer, records iter.Seq2[Record, error], after, head Head) error {
	out := bufio.NewWriter(w)
	line := func(v any) error {
		text, err := encode(v)
		if err == nil {
			_, err = out.Write(append(text, '\n'))
		}
		return err
	}
	if err := line(opening{Format: Format, After: after}); err != nil {
		return err
	}
	for r, err := range records {
		if err != nil {
			return err
		}
		if err := line(r); err != nil {
			return fmt.Errorf("export audit record %d: %w", r.Seq, err)
		}
	}
	if err := line(closing{Head: head}); err != nil {
		return err
	}
	return out.Flush()
}

// VerifyExport checks an export offline. Every byte counts: a line that is not
// exactly what Export writes is a bad record. An error means that the text
// could not be read or is no export at all.
//
// An export proves that nothing was changed after it was made, and only as far
// as its own last line can be trusted: keep that line, or the file, elsewhere.
func VerifyExport(r io.Reader) (Verdict, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), maxLine)
	lines.Split(wholeLines)
	var open opening
	if !lines.Scan() || exactly(lines.Bytes(), &open) != nil || open.Format != Format {
		return Verdict{}, errors.Join(fmt.Errorf("this is no audit export: its first line does not say %s", Format), lines.Err())
	}
	v := verifier{at: open.After}
	var end *closing
	for lines.Scan() {
		if end != nil {
			v.verdict.Records++
			v.badLine("there is more after the closing line")
			continue
		}
		end = v.line(lines.Bytes())
	}
	if err := lines.Err(); err != nil {
		return v.verdict, fmt.Errorf("read audit export after record %d: %w", v.at.Seq, err)
	}
	if end != nil {
		v.end(end.Head)
	} else {
		v.badLine("the export is cut off: its closing line is not there")
	}
	v.verdict.OK = v.verdict.FirstBad == 0
	return v.verdict, nil
}

// line takes a record, or returns the closing line if it is that.
func (v *verifier) line(text []byte) *closing {
	var end closing
	if bytes.HasPrefix(text, []byte(`{"head":`)) && exactly(text, &end) == nil {
		return &end
	}
	v.verdict.Records++
	var r Record
	if err := exactly(text, &r); err != nil {
		v.badLine("the line is no record: " + err.Error())
		return nil
	}
	v.take(r)
	return nil
}

func (v *verifier) badLine(reason string) {
	if v.verdict.FirstBad == 0 {
		v.bad(v.at.Seq+1, "where record %d should stand: %s", v.at.Seq+1, reason)
	}
}

// exactly decodes text and sees that encoding gives the same bytes again.
func exactly(text []byte, into any) error {
	if err := decode(text, into); err != nil {
		return err
	}
	if again, err := encode(into); err != nil || !bytes.Equal(again, text) {
		return errNotCanonical
	}
	return nil
}

// wholeLines splits at newlines only and keeps everything else, a final line
// without newline included with a mark that makes it bad.
func wholeLines(data []byte, atEOF bool) (int, []byte, error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), append(data[:len(data):len(data)], '\n'), nil
	}
	return 0, nil, nil
}
