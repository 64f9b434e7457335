package suggest

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"birthright/identity"
	"birthright/internal/strictyaml"
	"birthright/rules"
)

// document is a policy that is being changed.
type document struct{ root *yaml.Node }

// merged joins the lists of all files, in the order of the files. What people wrote
// once and used in several places is written out in each, so that a change in one
// place is a change of that place alone.
func merged(files []rules.File) (*document, error) {
	m := &document{root: &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}}
	for _, f := range files {
		_, faults := strictyaml.Parse(f.Name, f.Data)
		var whole yaml.Node // Parse leaves out the comment at the top of a file
		err := faults.Err()
		if err == nil {
			err = yaml.Unmarshal(f.Data, &whole)
		}
		if err != nil {
			return nil, &identity.Error{Kind: identity.Invalid, Op: "read policy", Object: f.Name, Err: err}
		}
		if len(whole.Content) == 0 || whole.Content[0].Kind != yaml.MappingNode {
			continue // an empty file
		}
		m.root.HeadComment = strings.Trim(m.root.HeadComment+"\n\n"+whole.HeadComment, "\n")
		node := whole.Content[0]
		node = plain(node)
		for k := 0; k+1 < len(node.Content); k += 2 {
			m.join(node.Content[k], node.Content[k+1])
		}
	}
	return m, nil
}

// plain is a copy of a node in which no part stands for another one.
func plain(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	out := *n
	out.Anchor, out.Content = "", make([]*yaml.Node, 0, len(n.Content))
	var others []*yaml.Node
	for i := 0; i < len(n.Content); i++ {
		if n.Kind == yaml.MappingNode && n.Content[i].Tag == "!!merge" {
			i++
			others = append(others, plain(n.Content[i]))
			continue
		}
		out.Content = append(out.Content, plain(n.Content[i]))
	}
	for _, o := range others { // what is written here counts
		takeOver(&out, o)
	}
	return &out
}

// takeOver adds what a mapping lacks from another one, or from several in order.
func takeOver(n, from *yaml.Node) {
	if from.Kind == yaml.SequenceNode {
		for _, one := range from.Content {
			takeOver(n, one)
		}
		return
	}
	for i := 0; i+1 < len(from.Content); i += 2 {
		if valueOf(n, from.Content[i].Value) == nil {
			n.Content = append(n.Content, from.Content[i], from.Content[i+1])
		}
	}
}

// join appends one list of a file.
func (m *document) join(key, value *yaml.Node) {
	if value.Kind != yaml.SequenceNode {
		return // nothing is in it
	}
	list := valueOf(m.root, key.Value)
	if list == nil {
		m.root.Content = append(m.root.Content, key, value)
		return
	}
	list.Style = 0
	if len(value.Content) > 0 && value.Content[0].HeadComment == "" {
		value.Content[0].HeadComment = key.HeadComment
	}
	list.Content = append(list.Content, value.Content...)
}

// list returns the list under a key, a new one where there is none.
func (m *document) list(key string) *yaml.Node {
	list := valueOf(m.root, key)
	if list == nil {
		list = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		m.root.Content = append(m.root.Content, word(key), list)
	}
	list.Style = 0
	return list
}

// entry returns the place of an entry in a list by its name, -1 where there is none.
func entry(list *yaml.Node, name string) int {
	return slices.IndexFunc(list.Content, func(n *yaml.Node) bool {
		v := valueOf(n, "name")
		return v != nil && v.Value == name
	})
}

// valueOf returns the value of a key, nil where there is none.
func valueOf(n *yaml.Node, key string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// put gives a key of a mapping a value, and says why above it.
func put(n *yaml.Node, key string, value any, why string) error {
	var node yaml.Node
	if err := node.Encode(value); err != nil {
		return err
	}
	n.Style = 0
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			if why != "" {
				n.Content[i].HeadComment = why
			}
			n.Content[i+1] = &node
			return nil
		}
	}
	k := word(key)
	k.HeadComment = why
	n.Content = append(n.Content, k, &node)
	return nil
}

func word(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
}
