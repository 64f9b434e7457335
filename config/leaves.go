package config

import (
	"encoding"
	"reflect"
	"slices"
	"time"

	"birthright/internal/strictyaml"
)

// leaf is one key that holds a plain value or a list of plain values: what an
// environment variable can set.
type leaf struct {
	path  string
	index []int
	kind  reflect.Type
}

// maxLeafDepth ends the walk through a type that holds itself.
const maxLeafDepth = 8

// leaves returns the leaves of struct type t, at paths below path.
func leaves(path string, t reflect.Type) []leaf { return leavesBelow(path, t, nil, 0) }

func leavesBelow(path string, t reflect.Type, index []int, depth int) []leaf {
	var all []leaf
	for _, f := range strictyaml.Fields(t) {
		at, where := strictyaml.Join(path, f.Name), slices.Concat(index, f.Index)
		kind := f.Type
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		switch {
		case plain(kind) || kind.Kind() == reflect.Slice && plain(kind.Elem()):
			all = append(all, leaf{path: at, index: where, kind: f.Type})
		case kind.Kind() == reflect.Struct && depth < maxLeafDepth:
			all = append(all, leavesBelow(at, kind, where, depth+1)...)
		}
	}
	return all
}

// plain reports whether a value of type t is written as one scalar.
func plain(t reflect.Type) bool {
	switch {
	case reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()), t == reflect.TypeFor[time.Duration]():
		return true
	}
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Float32, reflect.Float64,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return true
	}
	return false
}

// in returns the leaf's place in the struct that root points to. Structs on the
// way that are not there yet are made if grow is set; otherwise the result is
// invalid.
func (l leaf) in(root reflect.Value, grow bool) reflect.Value {
	v := root.Elem()
	for _, i := range l.index {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() && !grow {
				return reflect.Value{}
			}
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v
}
