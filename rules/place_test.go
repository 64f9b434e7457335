package rules

import (
	"strings"
	"testing"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// TestPlaceFindsEveryCharacter puts conditions into YAML in every style, and
// looks up each character where place says it is.
func TestPlaceFindsEveryCharacter(t *testing.T) {
	for _, text := range []string{
		"when: user.team == 1",
		"when:   user.team == 1 &&\n    user.title   ==  2   # comment",
		"when: 'it''s \"a\" && b'",
		"when: 'a &&\n\n   b'",
		`when: "a == \"b\" && c\n&& d\te"`,
		"when: \"a &&\\\n   b\"",
		`when: "é\u00e9\x41 && b"`,
		"when: |\n  a &&\n    b\n\n  || c\n",
		"when: >-\n   a &&\n   b\n\n   || c\n",
		"# before\n- {x: ü, when: a && 漢 }",
		"when: |2-\n    a\n  b",
		"when: !!str   a && b",
		"when: &anchor a && b",
		"when: &anchor !!str >-\n  a && b",
	} {
		var document yaml.Node
		if err := yaml.Unmarshal([]byte(text), &document); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		node := whenNode(&document)
		file := newTextFile([]byte(text))
		lines := strings.Split(text, "\n")
		for offset, want := range []rune(node.Value) {
			if unicode.IsSpace(want) {
				continue
			}
			at := file.place(node, offset)
			got := []rune(lines[at.Line-1])[at.Column-1]
			if got != want && got != '\\' {
				t.Errorf("%q: character %d is %q, at %d:%d is %q", text, offset, want, at.Line, at.Column, got)
			}
		}
	}
}

func whenNode(n *yaml.Node) *yaml.Node {
	for i, child := range n.Content {
		if child.Value == "when" && n.Kind == yaml.MappingNode && i%2 == 0 {
			return n.Content[i+1]
		}
		if found := whenNode(child); found != nil {
			return found
		}
	}
	return nil
}
