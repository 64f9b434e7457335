package strictyaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// Parse reads one YAML document and returns its top value, nil for an empty one
// and where there are faults of syntax.
func Parse(file string, data []byte) (*yaml.Node, Faults) {
	if len(data) > MaxSize {
		return nil, Faults{{File: file, Message: fmt.Sprintf("the file is larger than %d MiB", MaxSize>>20)}}
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var document, second yaml.Node
	if err := decoder.Decode(&document); err != nil {
		return nil, syntaxFault(file, data, err)
	}
	switch err := decoder.Decode(&second); {
	case errors.Is(err, io.EOF):
	case err != nil:
		return nil, syntaxFault(file, data, err)
	default:
		return nil, Faults{{File: file, Line: second.Line, Column: second.Column, Message: "a second document begins here; a file may hold only one"}}
	}
	if len(document.Content) != 1 {
		return nil, nil
	}
	return document.Content[0], nil
}

var lineInMessage = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntaxFault turns the YAML library's error into a fault with a place: it
// tells a line at best, and often the one where something larger began.
func syntaxFault(file string, data []byte, err error) Faults {
	if errors.Is(err, io.EOF) {
		return nil
	}
	text := err.Error()
	match := lineInMessage.FindStringSubmatch(text)
	fault := Fault{File: file, Line: 1, Column: 1, Message: plainWords(text[len(match[0]):])}
	if n, err := strconv.Atoi(match[1]); err == nil {
		fault.Line = n
	}
	if line, column, ok := locate(data); ok {
		fault.Line, fault.Column = line, column
	}
	return Faults{fault}
}

// valid reports whether data is one or more documents without faults of syntax.
func valid(data []byte) bool {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var n yaml.Node
		if err := decoder.Decode(&n); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}
