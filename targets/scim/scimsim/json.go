package scimsim

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// object is a JSON object.
type object = map[string]any

// maxDepth bounds how deep a request may nest; SCIM needs five levels.
const maxDepth = 16

// decodeObject reads exactly one JSON object. It refuses what encoding/json lets
// pass and a strict server does not: names that differ only in letter case,
// anything after the object, and endless nesting.
func decodeObject(body []byte) (object, *fault) {
	dec := json.NewDecoder(bytes.NewReader(body))
	value, err := decodeValue(dec, 0)
	if err != nil {
		return nil, bad(invalidSyntax, "the body is not JSON: %v", err)
	}
	obj, ok := value.(object)
	if !ok {
		return nil, bad(invalidSyntax, "the body is not a JSON object")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, bad(invalidSyntax, "something follows the JSON object")
	}
	return obj, nil
}

func decodeValue(dec *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, errors.New("nested too deep")
	}
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return decodeMembers(dec, depth)
	case json.Delim('['):
		return decodeItems(dec, depth)
	}
	return token, nil
}

func decodeMembers(dec *json.Decoder, depth int) (any, error) {
	out, seen := object{}, map[string]bool{}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, err
		}
		name, _ := token.(string) // the decoder lets nothing but a string stand here
		if folded := strings.ToLower(name); seen[folded] {
			return nil, errors.New("the name " + name + " is given twice")
		} else {
			seen[folded] = true
		}
		if out[name], err = decodeValue(dec, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := dec.Token()
	return out, err
}

func decodeItems(dec *json.Decoder, depth int) (any, error) {
	out := []any{}
	for dec.More() {
		value, err := decodeValue(dec, depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, value)
	}
	_, err := dec.Token()
	return out, err
}
