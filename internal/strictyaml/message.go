package strictyaml

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

func (d *decoder) fault(at *yaml.Node, path, format string, args ...any) {
	if len(d.faults) >= MaxFaults {
		return
	}
	message := fmt.Sprintf(format, args...)
	if len(d.faults) == MaxFaults-1 {
		message = "more faults follow; correct these first"
	}
	d.faults = append(d.faults, Fault{File: d.positions.file, Line: at.Line, Column: at.Column, Path: path, Message: message})
}

// wrong says that node is not what was wanted.
func (d *decoder) wrong(path string, node *yaml.Node, wanted string) {
	d.fault(node, path, "%sexpected %s, found %s", label(path), wanted, found(node))
}

// label begins a message with the path it speaks of.
func label(path string) string {
	if path == "" {
		return ""
	}
	return path + ": "
}

// found describes a node as a person would.
func found(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	switch node.ShortTag() {
	case "!!null":
		return "nothing"
	case "!!int", "!!float":
		return "the number " + short(node.Value)
	case "!!bool":
		return short(node.Value)
	}
	return fmt.Sprintf("the text %q", short(node.Value))
}

// short cuts what is quoted in a message down to a glance.
func short(text string) string {
	const limit = 40
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit]) + "…"
	}
	return text
}

// unknown says that a key is not known, and names the nearest one or all. The
// fault's path leads to the key that was probably meant, so that nobody is told
// that this one is missing too.
func (d *decoder) unknown(path string, e entry, known []string) {
	if near := Nearest(e.name, known); near != "" {
		d.fault(e.key, Join(path, near), "unknown key %q; did you mean %q?", short(e.name), near)
		return
	}
	text := "the keys here are " + strings.Join(known, ", ")
	switch len(known) {
	case 0:
		text = "no key is known here"
	case 1:
		text = "the only key here is " + known[0]
	}
	d.fault(e.key, Join(path, e.name), "unknown key %q; %s", short(e.name), text)
}
