package api

import (
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

const schemasPath = "#/components/schemas/"

// schemas names the schemas of the description: by their type, and where two packages
// have one of that name, the later one by its package too.
func schemas() huma.Registry {
	taken := map[string]reflect.Type{}
	return huma.NewMapRegistry(schemasPath, func(t reflect.Type, hint string) string {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		name := huma.DefaultSchemaNamer(t, hint)
		if of, known := taken[name]; known && of != t {
			name = packageWords(t.PkgPath()) + name
		}
		taken[name] = t
		return name
	})
}

// packageWords writes the path of a package in one word: reviews/desk is ReviewsDesk.
func packageWords(path string) string {
	var b strings.Builder
	for _, part := range strings.Split(strings.TrimPrefix(path, "birthright/"), "/") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}
