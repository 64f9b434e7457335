package audit

import (
	"fmt"
	"iter"
)

// Verdict is the outcome of a verification.
type Verdict struct {
	OK bool `json:"ok"`
	// Records is how many records were read.
	Records int64 `json:"records"`
	// FirstBad is the number of the first place in the log where it is not what
	// it was; 0 when OK.
	FirstBad int64 `json:"first_bad,omitempty"`
	// Reason says in a sentence what is wrong there.
	Reason string `json:"reason,omitempty"`
}

// Verify walks the records that should follow from, in order, up to head. The
// zero from means the beginning of the log. An error means that the records
// could not be read; what is wrong with them is in the verdict.
func Verify(records iter.Seq2[Record, error], from, head Head) (Verdict, error) {
	v := verifier{at: from}
	for r, err := range records {
		if err != nil {
			return v.verdict, fmt.Errorf("read audit record after %d: %w", v.at.Seq, err)
		}
		v.verdict.Records++
		v.take(r)
	}
	v.end(head)
	v.verdict.OK = v.verdict.FirstBad == 0
	return v.verdict, nil
}

// verifier holds the last good place, and what is known of the first bad one.
type verifier struct {
	at      Head
	missing int64 // FirstBad while it is only known not to be in its place
	verdict Verdict
}

func (v *verifier) take(r Record) {
	if v.missing != 0 && r.Seq == v.missing {
		v.verdict.Reason = fmt.Sprintf("the records are out of order: record %d comes later", r.Seq)
		v.missing = 0
	}
	if v.verdict.FirstBad != 0 {
		return
	}
	want := v.at.Seq + 1
	switch sum, err := r.sum(); {
	case r.Seq > want:
		v.missing = want
		v.bad(want, "record %d is missing: record %d follows record %d", want, r.Seq, v.at.Seq)
	case r.Seq < want:
		v.bad(want, "record %d stands where record %d should: it is there twice, or the records are out of order", r.Seq, want)
	case r.Prev != v.at.Hash:
		v.bad(want, "record %d does not continue record %d: one of them was changed or replaced", want, v.at.Seq)
	case err != nil || sum != r.Hash:
		v.bad(want, "record %d was changed: its content does not give its hash", want)
	default:
		v.at = r.Head()
	}
}

func (v *verifier) end(head Head) {
	switch {
	case v.verdict.FirstBad != 0:
	case v.at.Seq < head.Seq:
		v.bad(v.at.Seq+1, "the log is cut off: it ends with record %d, and %d were written", v.at.Seq, head.Seq)
	case v.at.Seq > head.Seq:
		v.bad(head.Seq+1, "the log is longer than what was written: %d records were", head.Seq)
	case v.at.Hash != head.Hash:
		v.bad(head.Seq, "record %d is not the one that was written last: the log was rewritten", head.Seq)
	}
}

func (v *verifier) bad(seq int64, reason string, args ...any) {
	v.verdict.FirstBad, v.verdict.Reason = seq, fmt.Sprintf(reason, args...)
}
