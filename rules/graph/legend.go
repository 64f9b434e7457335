package graph

// legend explains, below the drawing, what is not written at it.
func (s *sheet) legend() {
	x, y := margin, s.height-30
	put := func(text string, width float64) {
		s.printf(`  <text class="note" x="%s" y="%s">%s</text>`, px(x+width+6), px(y+4), text)
		x += width + 6 + widthOf(text)*noteSize + 22
	}
	wire := func(people int, class, text string) {
		s.printf(`  <path class="wire %s" stroke-width="%s" d="M%s %s h28"/>`, class, px(s.thickness(people)), px(x), px(y))
		put(text, 28)
	}
	box := func(class, text string) {
		s.printf(`  <rect class="box %s" x="%s" y="%s" width="22" height="12" rx="3"/>`, class, px(x), px(y-6))
		put(text, 22)
	}
	if s.g.Counted {
		wire(1, "people", "1 person")
		for _, people := range []int{10, 100, 1000, 10000} {
			if people <= s.g.Total(Rules).People {
				wire(people, "people", grouped(people))
			}
		}
	}
	for _, k := range []struct {
		class, text string
		has         bool
	}{
		{"folded", "several together", s.has(func(n *Node) bool { return n.Kind == Folded || n.Kind == Made && n.Holds > 1 })},
		{"made", "made as needed", s.has(func(n *Node) bool { return n.Kind == Made && n.Holds == 1 })},
		{"rest", "all the others", s.has(func(n *Node) bool { return n.Kind == Rest })},
		{"idle", "nobody gets anything by it", s.has(func(n *Node) bool { return n.Kind == Idle })},
	} {
		if k.has {
			box(k.class, k.text)
		}
	}
	for _, w := range s.wires {
		if w.within() {
			wire(10, "groups inside", "a group inside another")
			return
		}
	}
}

func (s *sheet) has(is func(*Node) bool) bool {
	for i := range s.g.Nodes {
		if is(&s.g.Nodes[i]) {
			return true
		}
	}
	return false
}
