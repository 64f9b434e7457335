// Package strictyaml decodes YAML that people write, and argues once: every
// fault of a file is told in one go, each with file, line and column, in words
// that name what was found and what was expected.
//
//	data ─Parse→ node ─Decode→ struct ─your checks→ Faults
//	               │              │                   ▲
//	               └── Faults ────┴─ Positions.Fault ─┘ (sorted, one a line)
//
// It owns syntax, keys and types. What values mean is the caller's: after
// decoding, Positions tells where each path such as "sources[1].name" stands,
// so that faults of meaning name line and column too.
//
// Struct fields are matched by their `yaml:"name"` tags; `yaml:"-"` hides one
// and `yaml:",inline"` takes in the fields of a struct. A field may be of any
// plain kind, a pointer, slice or string-keyed map of those, time.Duration
// (with days and weeks), any, yaml.Node (kept raw), or implement
// encoding.TextUnmarshaler or yaml.Unmarshaler. A null is the same as a key that
// is not there. Anchors, aliases and merge keys work, within bounds.
package strictyaml
