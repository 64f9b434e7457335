package graph

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"birthright/identity"
)

// hostile are names that could break out of a picture.
var hostile = []string{
	`"><script>alert(1)</script>`, `]]> <!-- --`, `R&D &amp; &lt;`, `back\slash\`, `quote " ' quote`, `\N\G {a|b} <b>bold</b>`,
	"line\nbreak\ttab\x00\x1b[31m", "שלום עולם", "\u202Eturned around", "مرحبا", "👩‍👩‍👧‍👦 family", "e\u0301\u0302\u0303", strings.Repeat("long ", 400), strings.Repeat("長", 300),
	"\xff\xfe broken", " ", "*rest", "*anywhere", "a/b", "a%2Fb", "\uFFFE\uFFFF",
}

func hostileGraph(t *testing.T, o Options) Graph {
	t.Helper()
	var people []identity.User
	for i, name := range hostile {
		people = append(people, person(int64(2*i), identity.AttrDepartment, name, identity.AttrTeam, name),
			person(int64(2*i+1), identity.AttrDepartment, "plain", identity.AttrTeam, name))
	}
	e := engineOf(t, `
groups: [{name: all, access: ['x:role/"<&>\']}]
rules:
  - {name: "<rule> & \"so\" \\ on", when: "true", groups: [all]}
  - {name: by-team, when: 'user.team in ["a/b", "*rest", "שלום עולם"]', groups: ["g-{team}"]}
`)
	return draw(t, e, crowdOfUsers(e, people), o)
}

func TestHostileNamesStayText(t *testing.T) {
	for _, fold := range []string{FoldNone, FoldAuto, FoldDepartment} {
		g := hostileGraph(t, Options{Fold: fold})
		seen := map[string]bool{}
		for _, n := range g.Nodes {
			if seen[n.ID] {
				t.Errorf("two nodes are called %q", n.ID)
			}
			seen[n.ID] = true
		}
		if got := len(g.In(People)); got < len(hostile) {
			t.Errorf("fold %s: %d places for %d names", fold, got, len(hostile))
		}
		checkSVG(t, g.SVG())
		if _, err := parseDOT(string(g.DOT())); err != nil {
			t.Errorf("fold %s: %v", fold, err)
		}
	}
}

// checkSVG reads a picture as strictly as XML asks, and finds elements and
// attributes that the program does not write.
func checkSVG(t *testing.T, svg []byte) {
	t.Helper()
	known := map[string]bool{"svg": true, "title": true, "desc": true, "style": true, "rect": true, "text": true, "g": true, "path": true}
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			if !known[x.Name.Local] {
				t.Errorf("there is a <%s>", x.Name.Local)
			}
			for _, a := range x.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" {
					t.Errorf("there is an attribute %s", a.Name.Local)
				}
			}
		case xml.Comment, xml.Directive, xml.ProcInst:
			t.Errorf("there is a %T", x)
		}
	}
}

func TestTextsAreCut(t *testing.T) {
	for _, text := range append(hostile, "short", "") {
		got := cut(plain(text), labelSize, 150)
		if w := widthOf(got) * labelSize; w > 150 {
			t.Errorf("%q is %.0f wide", got, w)
		}
		if got != plain(text) && !strings.HasSuffix(got, "…") {
			t.Errorf("%q was cut to %q without a sign of it", text, got)
		}
	}
}

// No box, and no number at an edge, lies over another.
func TestNothingOverlaps(t *testing.T) {
	few, crowded := engineOf(t, small), engineOf(t, manyRules(300))
	for name, g := range map[string]Graph{
		"small": draw(t, few, crowdOfUsers(few, smallPeople()), Options{}), "bare": draw(t, few, nil, Options{}),
		"folded": draw(t, crowded, crowdOfUsers(crowded, workers(200)), Options{}), "hostile": hostileGraph(t, Options{}),
		"whole": draw(t, crowded, crowdOfUsers(crowded, workers(200)), Options{Fold: FoldNone}),
	} {
		d := lay(&g)
		for _, column := range d.columns {
			for i := 1; i < len(column); i++ {
				if above := column[i-1]; above.y+above.h+teamGap > column[i].y+0.01 {
					t.Errorf("%s: %s lies over %s", name, above.ID, column[i].ID)
				}
			}
		}
		ports := map[*box][]float64{}
		for _, w := range d.wires {
			if w.y2 < w.to.y || w.y2 > w.to.y+w.to.h || w.y1 < w.from.y || w.y1 > w.from.y+w.from.h {
				t.Errorf("%s: the edge from %s to %s ends beside its box", name, w.From, w.To)
			}
			for _, y := range ports[w.to] {
				if apart := y - w.y2; d.labels && !w.within() && apart < 10 && apart > -10 {
					t.Errorf("%s: two numbers at %s are %.1f apart", name, w.To, apart)
				}
			}
			if !w.within() {
				ports[w.to] = append(ports[w.to], w.y2)
			}
		}
	}
}
