package metrics

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"go.yaml.in/yaml/v3"
)

var metricName = regexp.MustCompile(`\bbirthright_[a-z_]+`)

// names are the metrics that /metrics can show.
func names(t *testing.T) map[string]bool {
	t.Helper()
	all := append(newEvents().collectors(), &stored{}, &ofProcess{})
	out := map[string]bool{}
	for _, c := range all {
		ch := make(chan *prometheus.Desc)
		go func() { c.Describe(ch); close(ch) }()
		for d := range ch {
			out[metricName.FindString(d.String())] = true
		}
	}
	if len(out) < 40 {
		t.Fatalf("%d metrics", len(out))
	}
	return out
}

func file(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// known fails where an expression names a metric that there is not, or is no expression
// by its brackets.
func known(t *testing.T, all map[string]bool, where, expr string) {
	t.Helper()
	found := metricName.FindAllString(expr, -1)
	for _, name := range found {
		if name = strings.TrimSuffix(strings.TrimSuffix(name, "_bucket"), "_count"); !all[name] {
			t.Errorf("%s: there is no metric %s", where, name)
		}
	}
	if len(found) == 0 {
		t.Errorf("%s: %q names no metric", where, expr)
	}
	for _, pair := range []string{"()", "{}", "[]"} {
		if strings.Count(expr, pair[:1]) != strings.Count(expr, pair[1:]) {
			t.Errorf("%s: %q has an odd number of %s", where, expr, pair)
		}
	}
}

// The manual has every metric, and no other.
func TestTheManualHasEveryMetric(t *testing.T) {
	all, page := names(t), file(t, "docs/operations.md")
	for name := range all {
		if !strings.Contains(page, "| `"+name+"`") && !strings.Contains(page, "| `"+name+"{") {
			t.Errorf("docs/operations.md does not explain %s", name)
		}
	}
	for _, name := range metricName.FindAllString(page, -1) {
		if !all[name] {
			t.Errorf("docs/operations.md tells of %s, which there is not", name)
		}
	}
}

func TestAlertsNameWhatThereIs(t *testing.T) {
	var rules struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	decoder := yaml.NewDecoder(strings.NewReader(file(t, "deploy/prometheus/alerts.yaml")))
	decoder.KnownFields(true)
	if err := decoder.Decode(&rules); err != nil {
		t.Fatal(err)
	}
	all, page := names(t), file(t, "docs/operations.md")
	var seen []string
	for _, rule := range rules.Groups[0].Rules {
		known(t, all, rule.Alert, rule.Expr)
		if !strings.Contains(page, "\n### "+rule.Alert+"\n") || rule.Annotations["runbook"] != "docs/operations.md#"+strings.ToLower(rule.Alert) {
			t.Errorf("%s: no runbook in docs/operations.md", rule.Alert)
		}
		if rule.For == "" || rule.Annotations["summary"] == "" || !slices.Contains([]string{"critical", "warning"}, rule.Labels["severity"]) {
			t.Errorf("%s is not whole: %+v", rule.Alert, rule)
		}
		if slices.Contains(seen, rule.Alert) {
			t.Errorf("%s comes twice", rule.Alert)
		}
		seen = append(seen, rule.Alert)
	}
	if len(seen) == 0 || seen[0] != "BirthrightRemovalOverdue" {
		t.Errorf("overdue removals come first: %v", seen)
	}
}

func TestTheDashboardShowsWhatThereIs(t *testing.T) {
	var board struct {
		UID    string
		Panels []struct {
			ID          int
			Title, Type string
			GridPos     struct{ X, Y, W, H int }
			Targets     []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(file(t, "deploy/grafana/birthright.json")), &board); err != nil {
		t.Fatal(err)
	}
	all := names(t)
	taken := map[[2]int]string{}
	for _, p := range board.Panels {
		for _, target := range p.Targets {
			known(t, all, p.Title, target.Expr)
		}
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := taken[[2]int{x, y}]; other != "" || x >= 24 {
					t.Fatalf("%s lies over %q", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
	}
	if len(board.Panels) < 15 || board.UID != "birthright" {
		t.Errorf("%d panels", len(board.Panels))
	}
}
