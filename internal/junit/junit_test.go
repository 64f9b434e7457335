package junit_test

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"birthright/internal/junit"
)

func TestWrite(t *testing.T) {
	var b strings.Builder
	err := junit.Write(&b, []junit.Suite{{Name: "policies/a.yaml", Cases: []junit.Case{
		{Name: "engineers get <code>", Class: "test", File: "policies/a.yaml", Line: 7},
		{Name: "no \x1b[31mcontractor", Class: "never", File: "policies/a.yaml", Line: 9, Failure: "it lacks a & b\nmore\x00"},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	want := `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="2" failures="1" errors="0">
  <testsuite name="policies/a.yaml" tests="2" failures="1" errors="0" skipped="0">
    <testcase name="engineers get &lt;code&gt;" classname="test" file="policies/a.yaml" line="7"></testcase>
    <testcase name="no ` + "\uFFFD" + `[31mcontractor" classname="never" file="policies/a.yaml" line="9">
      <failure message="it lacks a &amp; b">it lacks a &amp; b` + "&#xA;" + `more` + "\uFFFD" + `</failure>
    </testcase>
  </testsuite>
</testsuites>
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
}

// Whatever is in the names, the document is XML.
func TestItIsAlwaysXML(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
		var b strings.Builder
		err := junit.Write(&b, []junit.Suite{{Name: text.Draw(t, "suite"), Cases: []junit.Case{
			{Name: text.Draw(t, "name"), Class: text.Draw(t, "class"), File: text.Draw(t, "file"), Failure: text.Draw(t, "failure")},
		}}})
		if err != nil {
			t.Fatal(err)
		}
		for d := xml.NewDecoder(strings.NewReader(b.String())); ; {
			if _, err := d.Token(); err == io.EOF {
				return
			} else if err != nil {
				t.Fatalf("%v in %q", err, b.String())
			}
		}
	})
}
