package graph

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Sizes of the texts of boxes, as in style.
const (
	labelSize  = 13.0
	noteSize   = 11.0
	numberSize = 10.0
	textIndent = 14.0
	textEnd    = 10.0
	footHeight = 76.0
)

// Style is how the drawing looks, to be put around it where it stands in a page: within
// the class "drawing".
func Style() string { return ".drawing {" + style + "}" }

// SVG draws the picture.
func (g *Graph) SVG() []byte { return g.draw(nil) }

// Linked draws the picture to stand in a page that has Style: link is where a box leads,
// "" for nowhere.
func (g *Graph) Linked(link func(Node) string) []byte { return g.draw(link) }

func (g *Graph) draw(link func(Node) string) []byte {
	d := lay(g)
	s := &sheet{drawing: d, link: link}
	role := "img"
	if link != nil {
		role = "group" // a picture hides what is in it from those who listen, and so its links
	}
	s.printf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" width="%[1]s" height="%[2]s" role="%[3]s" aria-labelledby="title desc" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif">`,
		px(d.width), px(d.height), role)
	s.printf(`  <title id="title">%s</title>`, escaped(g.Title()))
	s.printf(`  <desc id="desc">%s</desc>`, escaped(g.description()))
	if link == nil {
		s.printf("  <style>%s</style>", style)
	}
	s.printf(`  <rect class="ground" width="%s" height="%s" rx="12"/>`, px(d.width), px(d.height))
	s.head()
	s.edges()
	s.boxes()
	s.legend()
	s.printf("</svg>")
	return s.Bytes()
}

// sheet is what is drawn so far.
type sheet struct {
	bytes.Buffer
	*drawing
	link func(Node) string // nil for a picture by itself
}

func (s *sheet) printf(format string, args ...any) { fmt.Fprintf(s, format+"\n", args...) }

// head writes the title and what the columns are.
func (s *sheet) head() {
	room := s.width - 2*margin
	s.printf(`  <text class="title" x="%s" y="42">%s</text>`, px(margin), isolated(cut(plain(s.g.Title()), 20, room)))
	for l, layer := range Layers() {
		x := margin + float64(l)*(boxWidth+columnGap)
		t := s.g.Total(layer)
		s.printf(`  <rect class="%s" x="%s" y="66" width="4" height="26" rx="2"/>`, layer, px(x))
		s.printf(`  <text class="head" x="%s" y="77">%s</text>`, px(x+10), heading(layer))
		text := grouped(t.Holds)
		if s.g.Counted {
			text += " · " + counted(t.People, "person", "people")
		}
		s.printf(`  <text class="note" x="%s" y="92">%s</text>`, px(x+10), text)
	}
}

// edges draws the widest first, so that none hides a narrower one.
func (s *sheet) edges() {
	wires := slices.Clone(s.wires)
	slices.SortStableFunc(wires, func(a, b *wire) int { return cmp.Compare(b.People, a.People) })
	s.printf(`  <g>`)
	for _, w := range wires {
		class := string(w.from.Layer)
		switch {
		case w.within():
			class += " inside"
		case s.g.Counted && w.People == 0:
			class += " none"
		}
		s.printf(`    <path class="wire %s" stroke-width="%s" d="%s"><title>%s</title></path>`,
			class, px(s.thickness(w.People)), w.path(), escaped(s.g.edgeTip(w.from.Node, w.to.Node, w.Edge)))
	}
	for _, w := range s.wires {
		if s.labels && w.People > 0 && !w.within() {
			s.number(w)
		}
	}
	s.printf(`  </g>`)
}

// number writes how many people an edge is about at its end, on a ground of its
// own, so that the edge does not run through it.
func (s *sheet) number(w *wire) {
	text := grouped(w.People)
	width := widthOf(text) * numberSize
	s.printf(`    <rect class="ground" x="%s" y="%s" width="%s" height="11"/>`, px(w.to.x-6-width), px(w.y2-5.5), px(width+4))
	s.printf(`    <text class="number" x="%s" y="%s">%s</text>`, px(w.to.x-4), px(w.y2+3.5), text)
}

// path is a curve from right to left sides; inside a column, a bow beside it.
func (w *wire) path() string {
	x1, x2 := w.from.x+w.from.w, w.to.x
	bend := columnGap * 0.5
	if w.within() {
		x2 = w.to.x + w.to.w
		bend = min(20+math.Abs(w.y2-w.y1)/5, columnGap*0.6)
		return fmt.Sprintf("M%s %s C%s %s %s %s %s %s", px(x1), px(w.y1), px(x1+bend), px(w.y1), px(x2+bend), px(w.y2), px(x2), px(w.y2))
	}
	return fmt.Sprintf("M%s %s C%s %s %s %s %s %s", px(x1), px(w.y1), px(x1+bend), px(w.y1), px(x2-bend), px(w.y2), px(x2), px(w.y2))
}

// thickness grows with the number of digits: what ten times as many people get is
// not ten times as wide.
func thickness(people int) float64 { return 1 + 1.6*math.Log10(float64(max(people, 1))) }

// thickness is that on the drawing: where there is no room for numbers, there is
// none for wide edges; and where nobody is counted, all are the same.
func (d *drawing) thickness(people int) float64 {
	switch {
	case !d.g.Counted:
		return 1.6
	case !d.labels:
		return 0.5 * thickness(people)
	default:
		return thickness(people)
	}
}

func (s *sheet) boxes() {
	for _, column := range s.columns {
		for _, b := range column {
			s.box(b)
		}
	}
}

func (s *sheet) box(b *box) {
	to := ""
	if s.link != nil {
		to = s.link(*b.Node)
	}
	if to != "" {
		s.printf(`  <a href="%s">`, escaped(to))
		defer s.printf(`  </a>`)
	}
	s.printf(`  <g><title>%s</title>`, escaped(s.g.tooltip(b.Node)))
	if b.Kind == Folded || b.Kind == Made && b.Holds > 1 {
		s.printf(`    <rect class="shade" x="%s" y="%s" width="%s" height="%s" rx="5"/>`, px(b.x+3), px(b.y+3), px(b.w), px(b.h))
	}
	s.printf(`    <rect class="box %s" x="%s" y="%s" width="%s" height="%s" rx="5"/>`, b.Kind, px(b.x), px(b.y), px(b.w), px(b.h))
	s.printf(`    <rect class="%s" x="%s" y="%s" width="4" height="%s" rx="2"/>`, b.Layer, px(b.x), px(b.y), px(b.h))
	second := note(b.Node)
	room, line := b.w-textIndent-textEnd, b.middle()+4.5
	if second != "" {
		line -= noteHeight/2 + 0.5
	}
	if s.g.Counted {
		number := grouped(b.People)
		s.printf(`    <text class="count" x="%s" y="%s">%s</text>`, px(b.x+b.w-textEnd), px(line), number)
		room -= widthOf(number)*labelSize + 8
	}
	s.printf(`    <text x="%s" y="%s">%s</text>`, px(b.x+textIndent), px(line), isolated(cut(plain(b.Label), labelSize, room)))
	if second != "" {
		s.printf(`    <text class="note" x="%s" y="%s">%s</text>`, px(b.x+textIndent), px(line+noteHeight), escaped(cut(second, noteSize, b.w-textIndent-textEnd)))
	}
	s.printf(`  </g>`)
}

// description is the picture for those who do not see it: what there is, and what
// each target gets from.
func (g *Graph) description() string {
	text := "From left to right: departments and teams, the rules that hold of their people, the groups that these give, and the targets that the groups give access to. " + g.Summary() + "."
	for _, n := range g.In(Targets) {
		text += " " + g.tooltip(&n) + "."
	}
	return text
}
