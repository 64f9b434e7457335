package document_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"birthright/reviews/document"

	"golang.org/x/net/html"
)

func parsed(t testing.TB, d *document.Document) *html.Node {
	t.Helper()
	page, err := html.Parse(bytes.NewReader(written(t, d, document.FormHTML)))
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// elements are all of a name.
func elements(n *html.Node, name string) []*html.Node {
	var out []*html.Node
	for c := range n.Descendants() {
		if c.Type == html.ElementNode && c.Data == name {
			out = append(out, c)
		}
	}
	return out
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// The policy names exactly the style and the script that are in the page, and the
// page has nothing else that a policy would have to allow.
func TestPolicyOfThePage(t *testing.T) {
	page := parsed(t, sample())
	policy := ""
	for _, m := range elements(page, "meta") {
		if strings.EqualFold(attribute(m, "http-equiv"), "Content-Security-Policy") {
			policy = attribute(m, "content")
		}
	}
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy: %s", policy)
	}
	for name, directive := range map[string]string{"style": "style-src", "script": "script-src"} {
		all := elements(page, name)
		if len(all) != 1 {
			t.Fatalf("%d elements %s", len(all), name)
		}
		sum := sha256.Sum256([]byte(textOf(all[0])))
		if want := directive + " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, want) {
			t.Errorf("%s does not allow the page's %s", policy, name)
		}
	}
	for n := range page.Descendants() {
		for _, a := range n.Attr {
			outside := (a.Key == "href" || a.Key == "src") && !strings.HasPrefix(a.Val, "#")
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") || outside {
				t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
			}
		}
	}
}

// Whoever does not see the page finds their way: landmarks, names, headings of
// columns and rows, and no reference to what is not there.
func TestAccessible(t *testing.T) {
	page := parsed(t, sample())
	ids := map[string]int{}
	for n := range page.Descendants() {
		if id := attribute(n, "id"); id != "" {
			ids[id]++
		}
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("id %s is there %d times", id, n)
		}
	}
	for n := range page.Descendants() {
		for _, id := range strings.Fields(attribute(n, "aria-labelledby") + " " + strings.TrimPrefix(attribute(n, "href"), "#")) {
			if ids[id] == 0 {
				t.Errorf("<%s> points to %q, which is nowhere", n.Data, id)
			}
		}
	}
	for _, name := range []string{"header", "main", "nav", "footer", "h1"} {
		if n := len(elements(page, name)); n != 1 {
			t.Errorf("%d elements %s", n, name)
		}
	}
	if got := attribute(elements(page, "html")[0], "lang"); got != "en" {
		t.Errorf("lang %q", got)
	}
	for _, table := range elements(page, "table") {
		if len(elements(table, "caption")) != 1 {
			t.Error("a table without a caption")
		}
		for _, th := range elements(table, "th") {
			if s := attribute(th, "scope"); s != "col" && s != "row" {
				t.Errorf("a heading %q without a scope", textOf(th))
			}
		}
	}
	pictures := 0
	for _, svg := range elements(page, "svg") {
		if attribute(svg, "aria-hidden") == "true" {
			continue
		}
		pictures++
		if attribute(svg, "role") != "img" || textOf(elements(svg, "title")[0]) == "" || textOf(elements(svg, "desc")[0]) == "" {
			t.Error("a picture without name or text")
		}
		if len(elements(svg.Parent, "table")) != 1 {
			t.Error("a picture without its figures as text")
		}
	}
	if pictures != 3 {
		t.Errorf("%d pictures of 3", pictures)
	}
}

// Colours that carry meaning stand out from what is behind them: texts by 4.5 to 1,
// marks and edges by 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11).
func TestContrast(t *testing.T) {
	style := textOf(elements(parsed(t, sample()), "style")[0])
	blocks := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllStringSubmatch(style, -1)
	if len(blocks) != 2 {
		t.Fatalf("%d sets of colours, want light and dark", len(blocks))
	}
	for i, theme := range []string{"light", "dark"} {
		colour := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z0-9-]+): (#[0-9a-f]{6})`).FindAllStringSubmatch(blocks[i][1], -1) {
			colour[m[1]] = m[2]
		}
		for _, c := range []struct {
			front, back string
			least       float64
		}{
			{"ink", "ground", 4.5}, {"ink", "card", 4.5}, {"ink", "warn", 4.5}, {"soft", "ground", 4.5}, {"soft", "card", 4.5}, {"link", "ground", 4.5},
			{"edge", "ground", 3}, {"warn-edge", "ground", 3},
			{"c1", "ground", 3}, {"c2", "ground", 3}, {"c3", "ground", 3}, {"c4", "ground", 3}, {"c5", "ground", 3}, {"c6", "ground", 3},
			{"c1", "card", 3}, {"c2", "card", 3}, {"c3", "card", 3}, {"c4", "card", 3}, {"c5", "card", 3}, {"c6", "card", 3},
		} {
			if got := contrast(t, colour[c.front], colour[c.back]); got < c.least {
				t.Errorf("%s: %s on %s is %.2f to 1, want %.1f", theme, c.front, c.back, got, c.least)
			}
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	la, lb := luminance(t, a), luminance(t, b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// luminance is as WCAG defines it.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	if len(colour) != 7 {
		t.Fatalf("no colour: %q", colour)
	}
	total := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		total += weight * c
	}
	return total
}

// Bars end where their values say, and parts of a bar stand side by side.
func TestBarsAreAsLongAsTheirValues(t *testing.T) {
	d := &document.Document{Sections: []document.Section{{Charts: []document.Chart{{
		Shape: document.Stacked, Labels: []string{"a", "b"},
		Series: []document.Series{{Name: "x", Values: []float64{30, 5}}, {Name: "y", Values: []float64{10, 0}}, {Name: "z", Values: []float64{0, math.NaN()}}},
	}}}}}
	var got []string
	for _, r := range elements(parsed(t, d), "rect") {
		if class := attribute(r, "class"); strings.HasPrefix(class, "b") && attribute(r, "y") != "" {
			got = append(got, class+" "+attribute(r, "x")+" "+attribute(r, "width"))
		}
	}
	if want := []string{"b1 0% 75%", "b2 75% 25%", "b1 0% 12.5%"}; !slices.Equal(got, want) {
		t.Errorf("want %q, got %q", want, got)
	}
}

// A line has a gap where a value is missing, instead of one that was not measured.
func TestTrendHasGaps(t *testing.T) {
	d := &document.Document{Sections: []document.Section{{Charts: []document.Chart{{
		Shape: document.Line, Labels: []string{"1", "2", "3", "4", "5"},
		Series: []document.Series{{Name: "x", Values: []float64{8, 4, math.NaN(), 0, 2}}},
	}}}}}
	page := parsed(t, d)
	var lines, points []string
	for _, l := range elements(page, "line") {
		if attribute(l, "class") == "l1" {
			lines = append(lines, attribute(l, "y1")+"-"+attribute(l, "y2"))
		}
	}
	for _, c := range elements(page, "circle") {
		points = append(points, attribute(c, "cx")+" "+attribute(c, "cy"))
	}
	if want := []string{"18-98", "178-138"}; !slices.Equal(lines, want) {
		t.Errorf("lines: want %q, got %q", want, lines)
	}
	if want := []string{"12% 18", "33.5% 98", "76.5% 178", "98% 138"}; !slices.Equal(points, want) {
		t.Errorf("points: want %q, got %q", want, points)
	}
}

// Charts of nothing, of one value and of very many are drawn without a fault.
func TestChartsAtTheEdges(t *testing.T) {
	labels := slices.Repeat([]string{"x"}, 100)
	for _, shape := range []document.Shape{document.Bars, document.Stacked, document.Line} {
		for _, c := range []document.Chart{
			{Series: []document.Series{{}}},
			{Labels: labels[:1], Series: []document.Series{{Values: []float64{0}}}},
			{Labels: labels[:1], Series: []document.Series{{Values: []float64{math.NaN()}}}},
			{Labels: labels[:2], Series: []document.Series{{Values: []float64{1e300, 1e-300}}}},
			{Labels: labels, Series: []document.Series{{Values: make([]float64, 100)}}},
		} {
			c.Shape = shape
			text := string(written(t, &document.Document{Sections: []document.Section{{Charts: []document.Chart{c}}}}, document.FormHTML))
			for _, bad := range []string{"NaN", "Inf", "%!"} {
				if strings.Contains(text, bad) {
					t.Errorf("%s of %d labels: %s in the page", shape, len(c.Labels), bad)
				}
			}
			if drawn := strings.Contains(text, "The first 30 of 100 are drawn."); drawn != (shape != document.Line && len(c.Labels) == 100) {
				t.Errorf("%s of %d labels: what is not drawn is told: %v", shape, len(c.Labels), drawn)
			}
		}
	}
}
