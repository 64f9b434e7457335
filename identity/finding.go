package identity

import "errors"

// Finding is one observation of a probe of a source or target, for people.
type Finding struct {
	OK             bool
	Check          string // what was looked at: "bind", "read users"
	Detail, Remedy string
}

// Found makes a finding of how a check went: detail where err is nil, else the
// error's own words, without the operation, which check tells; its hint becomes
// the remedy.
func Found(check, detail string, err error) Finding {
	if err == nil {
		return Finding{OK: true, Check: check, Detail: detail}
	}
	f := Finding{Check: check, Detail: err.Error()}
	var told *Error
	if errors.As(err, &told) {
		bare := *told
		bare.Op, bare.Hint = "", ""
		f.Detail, f.Remedy = bare.Error(), told.Hint
	}
	return f
}
