package resource

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"birthright/scim/fault"
)

// maxNesting bounds objects and arrays inside each other. SCIM needs four.
const maxNesting = 32

// ReadObject reads one JSON object and nothing after it. Unlike encoding/json
// it refuses a name given twice in one object, also with other letter case: which
// of the two counts would be a matter of luck. Numbers stay as they were written.
func ReadObject(data []byte) (map[string]any, error) {
	if !plainJSON(data) {
		return readSlowly(data)
	}
	p := parser{rest: data, strict: true}
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	return asObject(v)
}

func asObject(v any) (map[string]any, error) {
	object, ok := v.(map[string]any)
	if !ok {
		return nil, fault.InvalidSyntax("The body must be one JSON object.")
	}
	return object, nil
}

// readSlowly reads what is no plain JSON, to say what is wrong with it and where.
func readSlowly(data []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	v, err := readValue(d, 0)
	if err != nil {
		return nil, syntax(err)
	}
	object, err := asObject(v)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fault.InvalidSyntax("There is something after the JSON object, at byte %d.", d.InputOffset())
	}
	return object, nil
}

// syntax words an error of the decoder for the client.
func syntax(err error) error {
	var told fault.Error
	var wrong *json.SyntaxError
	switch {
	case errors.As(err, &told):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fault.InvalidSyntax("The body ends before the JSON object does.")
	case errors.As(err, &wrong):
		return fault.InvalidSyntax("The body is not JSON: %s, at byte %d.", wrong.Error(), wrong.Offset)
	}
	return fault.InvalidSyntax("The body is not JSON: %s.", err)
}

func readValue(d *json.Decoder, depth int) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	if depth > maxNesting {
		return nil, fault.InvalidSyntax("The body is nested more than %d deep.", maxNesting)
	}
	switch v := token.(type) {
	case json.Delim:
		if v == '{' {
			return readMembers(d, depth)
		}
		return readElements(d, depth)
	case string:
		return v, checkText(v)
	}
	return token, nil
}

func readMembers(d *json.Decoder, depth int) (any, error) {
	object := map[string]any{}
	folded := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, ok := token.(string)
		if !ok {
			return nil, fmt.Errorf("a name is missing at byte %d", d.InputOffset())
		}
		if err := checkText(name); err != nil {
			return nil, err
		}
		key := fold(name)
		if folded[key] {
			return nil, fault.InvalidSyntax("The attribute %q is given twice.", name)
		}
		folded[key] = true
		if object[name], err = readValue(d, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return object, err
}

func readElements(d *json.Decoder, depth int) (any, error) {
	array := []any{}
	for d.More() {
		v, err := readValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		array = append(array, v)
	}
	_, err := d.Token()
	return array, err
}

// fold returns the same text for names that differ in letter case only, also for
// letters with three cases, such as s.
func fold(name string) string { return strings.ToLower(strings.ToUpper(name)) }

// checkText refuses what not every database can hold.
func checkText(s string) error {
	if strings.IndexByte(s, 0) >= 0 {
		return fault.InvalidValue("A text holds the character U+0000, which cannot be kept.")
	}
	return nil
}
