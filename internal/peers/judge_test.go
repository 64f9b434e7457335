package main

import (
	"io"
	"strings"
	"testing"
)

// A complaint that is not known fails the peer, one that is known does not, and
// a tester that could not begin does not count as content.
func TestJudge(t *testing.T) {
	good := check{Status: "SUCCESS", Resource: "User", Title: "object_creation"}
	date := check{Status: "ERROR", Resource: "User", Title: "object_replacement",
		Reason: `startDate cannot be used: startDate is "5aa2e496-b62e-469d-9c86-f956ebb25c06": write a date like 2026-03-31`}
	other := check{Status: "ERROR", Resource: "User", Title: "object_replacement", Reason: "500 Internal Server Error"}
	for name, tt := range map[string]struct {
		checks []check
		fault  string
	}{
		"all pass":                         {[]check{good, good}, ""},
		"a known complaint":                {[]check{good, date}, ""},
		"a new complaint":                  {[]check{good, date, other}, "500 Internal Server Error"},
		"a known text of another resource": {[]check{good, {Status: "ERROR", Resource: "Group", Title: date.Title, Reason: date.Reason}}, "startDate"},
		"nothing passes":                   {[]check{{Status: "SKIPPED"}}, "could not even begin"},
	} {
		_, err := judge(tt.checks, io.Discard)
		if (err == nil) != (tt.fault == "") || err != nil && !strings.Contains(err.Error(), tt.fault) {
			t.Errorf("%s: got %v, want an error with %q", name, err, tt.fault)
		}
	}
}

// Too much on the peer is as wrong as too little.
func TestSame(t *testing.T) {
	if err := same("it", holding{"a x", "b x"}, holding{"a x", "b x"}); err != nil {
		t.Error(err)
	}
	err := same("it", holding{"a x", "c x"}, holding{"a x", "b x"})
	if err == nil || !strings.Contains(err.Error(), "lacks b x") || !strings.Contains(err.Error(), "has c x") {
		t.Errorf("got %v", err)
	}
}
