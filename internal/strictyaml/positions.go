package strictyaml

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Position is a place in a file; both count from 1.
type Position struct{ Line, Column int }

// Positions tells where the values of a decoded file stand, by path: keys
// joined with dots, list entries as [0], keys with other characters quoted in
// brackets: `sources[1].users.base_dn`, `labels["a b"]`.
type Positions struct {
	file   string
	values map[string]Position
	keys   map[string]Position
	nulls  map[string]bool
}

// NewPositions returns an empty set of positions in the named file.
func NewPositions(file string) *Positions {
	return &Positions{file: file, values: map[string]Position{}, keys: map[string]Position{}, nulls: map[string]bool{}}
}

// File returns the name of the file.
func (p *Positions) File() string { return p.file }

// At returns where the value at path begins, and whether the file has one.
func (p *Positions) At(path string) (Position, bool) {
	pos, ok := p.values[path]
	return pos, ok
}

// KeyAt returns where the key that path ends with stands.
func (p *Positions) KeyAt(path string) (Position, bool) {
	pos, ok := p.keys[path]
	return pos, ok
}

// Fault makes a fault of the value at path. Where the file does not have it (a
// missing key), the fault points to the nearest enclosing value.
func (p *Positions) Fault(path, format string, args ...any) Fault {
	f := Fault{File: p.file, Path: path, Message: fmt.Sprintf(format, args...)}
	for at := path; ; at = Parent(at) {
		if pos, ok := p.values[at]; ok {
			f.Line, f.Column = pos.Line, pos.Column
			return f
		}
		if at == "" {
			return f
		}
	}
}

// Written reports whether the file gives path a value other than null.
func (p *Positions) Written(path string) bool {
	_, ok := p.values[path]
	return ok && !p.nulls[path]
}

func (p *Positions) setValue(path string, n *yaml.Node) {
	p.values[path] = Position{n.Line, n.Column}
	p.nulls[path] = isNull(n)
}

func (p *Positions) setKey(path string, n *yaml.Node) { p.keys[path] = Position{n.Line, n.Column} }

// Join returns the path of key inside path.
func Join(path, key string) string {
	switch {
	case !plainKey(key):
		return path + "[" + strconv.Quote(key) + "]"
	case path == "":
		return key
	}
	return path + "." + key
}

// Index returns the path of the i-th entry of the list at path.
func Index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// Parent returns path without its last key or index, "" at the top.
func Parent(path string) string {
	if strings.HasSuffix(path, `"]`) {
		// A quoted key may hold anything but an unescaped quote.
		if i := strings.LastIndex(path, `["`); i >= 0 {
			return path[:i]
		}
		return ""
	}
	if i := strings.LastIndexAny(path, ".["); i >= 0 {
		return path[:i]
	}
	return ""
}

func plainKey(key string) bool {
	if key == "" {
		return false
	}
	for _, r := range key {
		if !(r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') {
			return false
		}
	}
	return true
}
