package strictyaml

import (
	"encoding"
	"errors"
	"math"
	"reflect"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"

	"birthright/internal/duration"
)

var (
	nodeType     = reflect.TypeFor[yaml.Node]()
	durationType = reflect.TypeFor[time.Duration]()
)

// keepRaw hands node over as it is where the program wants a yaml.Node.
func keepRaw(node *yaml.Node, out reflect.Value) bool {
	switch {
	case out.Type() == nodeType && !isNull(node):
		out.Set(reflect.ValueOf(node).Elem())
		return true
	case out.Kind() == reflect.Pointer && out.Type().Elem() == nodeType && !isNull(node):
		out.Set(reflect.ValueOf(node))
		return true
	}
	return false
}

func isNull(node *yaml.Node) bool {
	return node.Kind == yaml.ScalarNode && node.ShortTag() == "!!null"
}

// knownTag refuses tags of the writer's own, without repeating them: an
// unquoted password may begin with an exclamation mark.
func (d *decoder) knownTag(path string, node *yaml.Node) bool {
	switch node.ShortTag() {
	case "!!str", "!!int", "!!bool", "!!float", "!!timestamp", "!!map", "!!seq", "!!merge", "":
		return true
	}
	d.fault(node, path, "%sa YAML tag is not understood here; quote a value that begins with !", label(path))
	return false
}

// custom decodes into a type that brings its own way, and says whether it did.
func (d *decoder) custom(path string, node *yaml.Node, out reflect.Value) bool {
	if out.Type() == durationType {
		if d.isScalar(path, node, "a duration such as 30m or 2d") {
			v, err := duration.Parse(node.Value)
			d.check(path, node, err)
			out.SetInt(int64(v))
		}
		return true
	}
	if !out.CanAddr() {
		return false
	}
	switch v := out.Addr().Interface().(type) {
	case yaml.Unmarshaler:
		d.check(path, node, v.UnmarshalYAML(node))
		return true
	case encoding.TextUnmarshaler:
		if d.isScalar(path, node, "a text") {
			d.check(path, node, v.UnmarshalText([]byte(node.Value)))
		}
		return true
	}
	return false
}

// check turns a custom decoder's error into faults.
func (d *decoder) check(path string, node *yaml.Node, err error) {
	var many Faults
	switch {
	case err == nil:
	case errors.As(err, &many):
		d.faults = append(d.faults, many...)
	default:
		d.fault(node, path, "%s%s", label(path), err)
	}
}

func (d *decoder) isScalar(path string, node *yaml.Node, wanted string) bool {
	if node.Kind != yaml.ScalarNode {
		d.wrong(path, node, wanted)
		return false
	}
	return true
}

// scalar decodes the plain kinds. A number or a date where a text is wanted is
// taken as it was written: 00123 stays 00123.
func (d *decoder) scalar(path string, node *yaml.Node, out reflect.Value) {
	switch kind := out.Kind(); {
	case kind == reflect.String:
		if d.isScalar(path, node, "a text") {
			out.SetString(node.Value)
		}
	case kind == reflect.Bool:
		d.boolean(path, node, out)
	case out.CanInt():
		whole(d, path, node, "a whole number", out.OverflowInt, out.SetInt)
	case out.CanUint():
		whole(d, path, node, "a whole number, not below 0", out.OverflowUint, out.SetUint)
	case out.CanFloat():
		d.float(path, node, out)
	default:
		d.fault(node, path, "cannot be read: the program offers %s to decode into", out.Type())
	}
}

func (d *decoder) boolean(path string, node *yaml.Node, out reflect.Value) {
	v, err := strconv.ParseBool(node.Value)
	if node.Kind != yaml.ScalarNode || node.ShortTag() != "!!bool" || err != nil {
		d.wrong(path, node, "true or false")
		return
	}
	out.SetBool(v)
}

// whole decodes a whole number of the widest type, T, into one that may be
// narrower.
func whole[T int64 | uint64](d *decoder, path string, node *yaml.Node, wanted string, overflows func(T) bool, set func(T)) {
	var v T
	if node.ShortTag() != "!!int" || node.Decode(&v) != nil {
		d.wrong(path, node, wanted)
		return
	}
	if overflows(v) {
		d.fault(node, path, "%s%d is too large", label(path), v)
		return
	}
	set(v)
}

func (d *decoder) float(path string, node *yaml.Node, out reflect.Value) {
	var v float64
	tag := node.ShortTag()
	if (tag != "!!int" && tag != "!!float") || node.Decode(&v) != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		d.wrong(path, node, "a number")
		return
	}
	out.SetFloat(v)
}

// looseType is the Go type that node becomes where the program takes anything.
func looseType(node *yaml.Node) reflect.Type {
	switch node.Kind {
	case yaml.MappingNode:
		return reflect.TypeFor[map[string]any]()
	case yaml.SequenceNode:
		return reflect.TypeFor[[]any]()
	}
	switch node.ShortTag() {
	case "!!bool":
		return reflect.TypeFor[bool]()
	case "!!int":
		return reflect.TypeFor[int]()
	case "!!float":
		return reflect.TypeFor[float64]()
	}
	return reflect.TypeFor[string]()
}
