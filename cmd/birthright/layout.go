package main

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/mattn/go-runewidth"
)

// lineWidth is how wide a line of JSON may be before it is broken.
const lineWidth = 100

// node is a JSON value with what it is made of, in the order in which it was written.
type node struct {
	name     string // of a member, as JSON
	brackets string // "{}" or "[]"; "" for a plain value
	text     string // of a plain value, as JSON
	children []node
}

// layOut writes JSON for people: what fits stands in one line. What is no JSON
// stays as it is.
func layOut(body string) string {
	n, err := parseNode([]byte(body))
	if err != nil || !json.Valid([]byte(body)) {
		return body
	}
	return n.lines("")
}

func parseNode(value json.RawMessage) (node, error) {
	value = bytes.TrimSpace(value)
	if len(value) == 0 || value[0] != '{' && value[0] != '[' {
		return node{text: string(value)}, nil
	}
	n := node{brackets: map[byte]string{'{': "{}", '[': "[]"}[value[0]]}
	d := json.NewDecoder(bytes.NewReader(value))
	if _, err := d.Token(); err != nil {
		return n, err
	}
	for d.More() {
		var name, inner json.RawMessage
		if n.brackets == "{}" {
			key, err := d.Token()
			if err != nil {
				return n, err
			}
			if name, err = json.Marshal(key); err != nil {
				return n, err
			}
		}
		if err := d.Decode(&inner); err != nil {
			return n, err
		}
		child, err := parseNode(inner)
		if err != nil {
			return n, err
		}
		child.name = string(name)
		n.children = append(n.children, child)
	}
	return n, nil
}

// lines is n broken into lines where it does not fit into one.
func (n node) lines(indent string) string {
	line := n.line()
	if len(n.children) == 0 || runewidth.StringWidth(indent+line) <= lineWidth {
		return line
	}
	inner := indent + "  "
	parts := make([]string, len(n.children))
	for i, c := range n.children {
		parts[i] = inner + c.label() + c.lines(inner)
	}
	return n.brackets[:1] + "\n" + strings.Join(parts, ",\n") + "\n" + indent + n.brackets[1:]
}

// line is all of n in one line.
func (n node) line() string {
	if n.brackets == "" {
		return n.text
	}
	parts := make([]string, len(n.children))
	for i, c := range n.children {
		parts[i] = c.label() + c.line()
	}
	return n.brackets[:1] + strings.Join(parts, ", ") + n.brackets[1:]
}

func (n node) label() string {
	if n.name == "" {
		return ""
	}
	return n.name + ": "
}
