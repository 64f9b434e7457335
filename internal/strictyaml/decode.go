package strictyaml

import (
	"reflect"

	"go.yaml.in/yaml/v3"
)

// Bounds that no honest file meets.
const (
	// MaxSize is the most bytes a file may have.
	MaxSize = 16 << 20
	// MaxDepth is how deep lists and mappings may nest.
	MaxDepth = 100
	// MaxUnfolded is how many values aliases and merge keys may add up to.
	MaxUnfolded = 100_000
	// MaxFaults is how many faults are told; a file with more is not the file
	// that was meant.
	MaxFaults = 500
)

// Decode reads one YAML document strictly into the value that into points to.
// Values that the file does not mention are left as they are, so that defaults
// may be set before. The positions are never nil; what could be decoded is,
// even where there are faults. An empty document changes nothing.
func Decode(file string, data []byte, into any) (*Positions, Faults) {
	positions := NewPositions(file)
	node, faults := Parse(file, data)
	if node == nil {
		positions.values[""] = Position{1, 1}
		return positions, faults
	}
	return positions, positions.Decode("", node, into)
}

// DecodeNode reads a node that was kept raw, as Decode does.
func DecodeNode(file string, node *yaml.Node, into any) Faults {
	return NewPositions(file).Decode("", node, into)
}

// Decode reads a node that stands at path and remembers the positions of its
// values below that path. With several values to decode into, all pointers to
// structs, a mapping's keys are shared out among them: the first that knows a
// key takes it, and a key that none of them knows is unknown.
func (p *Positions) Decode(path string, node *yaml.Node, into ...any) Faults {
	d := &decoder{positions: p, open: map[*yaml.Node]bool{}}
	if node == nil || node.Kind == 0 {
		return nil
	}
	var outs []reflect.Value
	for _, v := range into {
		out := reflect.ValueOf(v)
		if out.Kind() != reflect.Pointer || out.IsNil() || (len(into) > 1 && out.Elem().Kind() != reflect.Struct) {
			d.fault(node, path, "cannot be read: the program offers %T to decode into", v)
			return d.faults
		}
		outs = append(outs, out.Elem())
	}
	if node.Kind == yaml.DocumentNode && len(node.Content) == 1 {
		node = node.Content[0]
	}
	if len(outs) == 1 {
		d.value(path, node, outs[0], 0)
	} else {
		d.entered(path, node, 0, func(node *yaml.Node) { d.structs(path, node, outs, 0) })
	}
	return d.faults.Sorted()
}

// decoder is one decoding under way.
type decoder struct {
	positions *Positions
	faults    Faults
	// open holds the aliased nodes being decoded, to see one inside itself.
	open map[*yaml.Node]bool
	// inAlias is above 0 inside an alias or merge; unfolded counts the values there.
	inAlias, unfolded int
}

// value decodes node into out, which is settable.
func (d *decoder) value(path string, node *yaml.Node, out reflect.Value, depth int) {
	d.entered(path, node, depth, func(node *yaml.Node) {
		if keepRaw(node, out) || isNull(node) || !d.knownTag(path, node) {
			return
		}
		if out.Kind() == reflect.Pointer {
			if out.IsNil() {
				out.Set(reflect.New(out.Type().Elem()))
			}
			out = out.Elem()
		}
		if d.custom(path, node, out) {
			return
		}
		switch out.Kind() {
		case reflect.Struct:
			d.structs(path, node, []reflect.Value{out}, depth)
		case reflect.Map:
			d.mapping(path, node, out, depth)
		case reflect.Slice:
			d.list(path, node, out, depth)
		case reflect.Interface:
			d.anything(path, node, out, depth)
		default:
			d.scalar(path, node, out)
		}
	})
}

// entered calls body with node, or with what it is an alias of, after noting
// its position and checking the bounds.
func (d *decoder) entered(path string, node *yaml.Node, depth int, body func(*yaml.Node)) {
	d.positions.setValue(path, node)
	if len(d.faults) >= MaxFaults {
		return
	}
	if depth > MaxDepth {
		d.fault(node, path, "nested deeper than %d levels", MaxDepth)
		return
	}
	if d.inAlias > 0 {
		if d.unfolded++; d.unfolded > MaxUnfolded {
			if d.unfolded == MaxUnfolded+1 {
				d.fault(node, path, "aliases add up to more than %d values", MaxUnfolded)
			}
			return
		}
	}
	if node.Kind != yaml.AliasNode {
		body(node)
		return
	}
	d.aliased(path, node, node.Alias, body)
}

// aliased calls body with what stands behind an alias, once at a time.
func (d *decoder) aliased(path string, at, target *yaml.Node, body func(*yaml.Node)) {
	if target == nil || d.open[target] {
		d.fault(at, path, "an alias may not lead back to a value that holds it")
		return
	}
	d.open[target] = true
	d.inAlias++
	body(target)
	d.inAlias--
	delete(d.open, target)
}

// structs decodes a mapping into the fields of the structs that know its keys.
func (d *decoder) structs(path string, node *yaml.Node, outs []reflect.Value, depth int) {
	if node.Kind != yaml.MappingNode {
		d.wrong(path, node, "a mapping of keys to values")
		return
	}
	slots := map[string]reflect.Value{}
	var names []string
	for _, out := range outs {
		for _, f := range Fields(out.Type()) {
			if _, taken := slots[f.Name]; !taken {
				slots[f.Name] = out.FieldByIndex(f.Index)
				names = append(names, f.Name)
			}
		}
	}
	for _, e := range d.entries(path, node, depth) {
		slot, ok := slots[e.name]
		if !ok {
			d.unknown(path, e, names)
			continue
		}
		at := Join(path, e.name)
		d.positions.setKey(at, e.key)
		e.decode(d, func() { d.value(at, e.value, slot, depth+1) })
	}
}

func (d *decoder) mapping(path string, node *yaml.Node, out reflect.Value, depth int) {
	if node.Kind != yaml.MappingNode {
		d.wrong(path, node, "a mapping of keys to values")
		return
	}
	t := out.Type()
	if t.Key().Kind() != reflect.String {
		d.fault(node, path, "cannot be read: the program wants keys of type %s", t.Key())
		return
	}
	made := reflect.MakeMap(t)
	for _, e := range d.entries(path, node, depth) {
		value := reflect.New(t.Elem()).Elem()
		at := Join(path, e.name)
		d.positions.setKey(at, e.key)
		e.decode(d, func() { d.value(at, e.value, value, depth+1) })
		made.SetMapIndex(reflect.ValueOf(e.name).Convert(t.Key()), value)
	}
	out.Set(made)
}

func (d *decoder) list(path string, node *yaml.Node, out reflect.Value, depth int) {
	if node.Kind != yaml.SequenceNode {
		d.wrong(path, node, "a list")
		return
	}
	made := reflect.MakeSlice(out.Type(), len(node.Content), len(node.Content))
	for i, child := range node.Content {
		if isNull(child) {
			d.fault(child, Index(path, i), "an empty list entry: give it a value or take it out")
			continue
		}
		d.value(Index(path, i), child, made.Index(i), depth+1)
	}
	out.Set(made)
}

// anything decodes into an interface: map[string]any, []any, string, bool,
// int, float64.
func (d *decoder) anything(path string, node *yaml.Node, out reflect.Value, depth int) {
	if out.NumMethod() > 0 {
		d.fault(node, path, "cannot be read: the program offers %s to decode into", out.Type())
		return
	}
	made := reflect.New(looseType(node)).Elem()
	switch node.Kind {
	case yaml.MappingNode:
		d.mapping(path, node, made, depth)
	case yaml.SequenceNode:
		d.list(path, node, made, depth)
	default:
		d.scalar(path, node, made)
	}
	out.Set(made)
}
