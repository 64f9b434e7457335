package strictyaml

import (
	"go.yaml.in/yaml/v3"
)

// entry is one key of a mapping with its value.
type entry struct {
	name       string
	key, value *yaml.Node
	merged     bool // it came through a merge key
}

// decode runs body, counting what it visits if the entry was merged.
func (e entry) decode(d *decoder, body func()) {
	if e.merged {
		d.inAlias++
		defer func() { d.inAlias-- }()
	}
	body()
}

// entries returns a mapping's keys in the order of the file: its own, then
// those of its merge keys that it does not set itself. Duplicates and keys that
// are no plain words are faults.
func (d *decoder) entries(path string, node *yaml.Node, depth int) []entry {
	var own []entry
	var merges []*yaml.Node
	first := map[string]*yaml.Node{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if key.Kind == yaml.AliasNode && key.Alias != nil && key.Alias.Kind == yaml.ScalarNode {
			resolved := *key.Alias
			resolved.Line, resolved.Column = key.Line, key.Column
			key = &resolved
		}
		switch {
		case key.Kind != yaml.ScalarNode:
			d.fault(key, path, "a key must be a plain word, found %s", found(key))
		case key.ShortTag() == "!!merge":
			merges = append(merges, value)
		case first[key.Value] != nil:
			d.fault(key, Join(path, key.Value), "the key %q is set twice; it was set on line %d", key.Value, first[key.Value].Line)
		default:
			first[key.Value] = key
			own = append(own, entry{name: key.Value, key: key, value: value})
		}
	}
	for _, m := range merges {
		for _, e := range d.merged(path, m, depth+1) {
			if first[e.name] == nil {
				first[e.name] = e.key
				own = append(own, e)
			}
		}
	}
	return own
}

// merged returns the keys that the value of a merge key brings in: a mapping or
// a list of mappings, the first of which wins.
func (d *decoder) merged(path string, node *yaml.Node, depth int) []entry {
	if depth > MaxDepth || d.unfolded > MaxUnfolded {
		d.fault(node, path, "merge keys are nested too deep or add up to too much")
		return nil
	}
	var all []entry
	switch node.Kind {
	case yaml.AliasNode:
		d.aliased(path, node, node.Alias, func(target *yaml.Node) { all = d.merged(path, target, depth+1) })
	case yaml.MappingNode:
		all = d.entries(path, node, depth+1)
		d.unfolded += len(all)
		for i := range all {
			all[i].merged = true
		}
	case yaml.SequenceNode:
		for _, child := range node.Content {
			all = append(all, d.merged(path, child, depth+1)...)
		}
	default:
		d.fault(node, path, "a merge key needs a mapping or a list of mappings, found %s", found(node))
	}
	return all
}
