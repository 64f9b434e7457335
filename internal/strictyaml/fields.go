package strictyaml

import (
	"reflect"
	"slices"
	"strings"
)

// Field is a key that a struct takes.
type Field struct {
	Name  string
	Type  reflect.Type
	Index []int // as reflect.Value.FieldByIndex takes it
}

// Fields returns the keys that struct type t takes, inlined ones included, in
// the order of declaration. A field without a tag is known by its name in lower
// case.
func Fields(t reflect.Type) []Field {
	var fields []Field
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		inline := strings.Contains(options, "inline") && f.Type.Kind() == reflect.Struct
		switch {
		case name == "-", !f.IsExported() && !(f.Anonymous && inline):
			continue
		case inline:
			for _, inner := range Fields(f.Type) {
				inner.Index = slices.Concat(f.Index, inner.Index)
				fields = append(fields, inner)
			}
			continue
		case name == "":
			name = strings.ToLower(f.Name)
		}
		fields = append(fields, Field{Name: name, Type: f.Type, Index: f.Index})
	}
	return fields
}
