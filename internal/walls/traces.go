package walls

import (
	"bytes"
	"io/fs"
	"regexp"
	"unicode/utf8"
)

// traceName and traceWhy are what a Breach says of a trace.
const (
	traceName = "nothing of one machine"
	traceWhy  = "it is there on nobody else's machine; write it relative to the module, or as a setting"
)

// trace finds absolute paths that belong to one machine: home folders, the
// folders of a build server, temporary folders of a session. The letters are
// apart so that this file does not find itself.
var trace = regexp.MustCompile(`(?:^|[\s"'=(\x60:])(/(?:w` + `ork|r` + `oot|h` + `ome/[a-z][a-z0-9_-]*|U` + `sers/[a-z][a-z0-9_-]*/|opt/w` + `heels)(?:/[\w.-]+)+|[A-Z]:\\U` + `sers\\)`)

// Trace returns the first trace in a line, "" for none.
func Trace(line string) string {
	if found := trace.FindStringSubmatch(line); found != nil {
		return found[1]
	}
	return ""
}

// CheckTraces looks for traces in every text of the tree.
func CheckTraces(tree Tree) ([]Breach, error) {
	var out []Breach
	for _, name := range tree.Texts {
		text, err := fs.ReadFile(tree.root, name)
		if err != nil {
			return out, err
		}
		if !utf8.Valid(text) {
			continue
		}
		for i, line := range bytes.Split(text, []byte("\n")) {
			if found := Trace(string(line)); found != "" {
				out = append(out, Breach{Wall: traceName, Path: name, Line: i + 1, What: "names " + found, Why: traceWhy})
			}
		}
	}
	return out, nil
}
