// Package junit writes the outcome of tests in the XML that CI systems read. It
// owns the format alone: what a test is, its users say.
package junit

import (
	"encoding/xml"
	"io"
	"strings"
	"unicode"
)

// Suite is the tests of one file.
type Suite struct {
	Name  string
	Cases []Case
}

// Case is one test; it failed if Failure is set.
type Case struct {
	Name, Class, File string
	Line              int
	Failure           string // what is wrong, on several lines
}

type document struct {
	XMLName  xml.Name `xml:"testsuites"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Errors   int      `xml:"errors,attr"`
	Suites   []suite  `xml:"testsuite"`
}

type suite struct {
	Name     string     `xml:"name,attr"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Errors   int        `xml:"errors,attr"`
	Skipped  int        `xml:"skipped,attr"`
	Cases    []testcase `xml:"testcase"`
}

type testcase struct {
	Name    string   `xml:"name,attr"`
	Class   string   `xml:"classname,attr"`
	File    string   `xml:"file,attr,omitempty"`
	Line    int      `xml:"line,attr,omitempty"`
	Failure *failure `xml:"failure"`
}

type failure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// Write writes suites. Characters that XML cannot hold become U+FFFD.
func Write(w io.Writer, suites []Suite) error {
	doc := document{}
	for _, s := range suites {
		out := suite{Name: clean(s.Name), Tests: len(s.Cases)}
		for _, c := range s.Cases {
			out.Cases = append(out.Cases, written(c))
			if c.Failure != "" {
				out.Failures++
			}
		}
		doc.Tests += out.Tests
		doc.Failures += out.Failures
		doc.Suites = append(doc.Suites, out)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(doc); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func written(c Case) testcase {
	out := testcase{Name: clean(c.Name), Class: clean(c.Class), File: clean(c.File), Line: c.Line}
	if c.Failure != "" {
		first, _, _ := strings.Cut(c.Failure, "\n")
		out.Failure = &failure{Message: clean(first), Text: clean(c.Failure)}
	}
	return out
}

// clean replaces control characters, which no XML may have and some readers
// choke on even where it may.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
