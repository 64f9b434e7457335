package main

import (
	"io"
	"strings"
	"testing"
)

// A complaint fails the peer, what the tester skips does not, and a tester that
// could not begin does not count as content.
func TestJudge(t *testing.T) {
	good, skipped := check{Status: "SUCCESS", Resource: "User", Title: "object_creation"}, check{Status: "SKIPPED", Title: "x"}
	bad := check{Status: "ERROR", Resource: "User", Title: "object_replacement", Reason: "500 Internal Server Error"}
	for name, tt := range map[string]struct {
		checks []check
		fault  string
	}{
		"all pass":       {[]check{good, good, skipped}, ""},
		"a complaint":    {[]check{good, bad}, "500 Internal Server Error"},
		"nothing passes": {[]check{skipped}, "could not even begin"},
	} {
		_, err := judge(tt.checks, io.Discard)
		if (err == nil) != (tt.fault == "") || err != nil && !strings.Contains(err.Error(), tt.fault) {
			t.Errorf("%s: got %v, want an error with %q", name, err, tt.fault)
		}
	}
}

// A member twice is told.
func TestOnce(t *testing.T) {
	if err := once(holding{"a x", "b x"}); err != nil {
		t.Error(err)
	}
	if err := once(holding{"b x", "a x", "b x"}); err == nil {
		t.Error("a member twice passes")
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
