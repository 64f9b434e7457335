package rules

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// documentedPolicy loads the YAML examples of a page as the files of one policy.
func documentedPolicy(t *testing.T, page string, targets ...string) (*Engine, string) {
	t.Helper()
	text, err := os.ReadFile("../docs/" + page)
	if err != nil {
		t.Fatal(err)
	}
	var files []File
	for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatchIndex(string(text), -1) {
		line := 1 + strings.Count(string(text[:block[2]]), "\n")
		// Leading newlines make the lines of faults those of the page.
		example := strings.Repeat("\n", line-1) + string(text[block[2]:block[3]])
		files = append(files, File{Name: fmt.Sprintf("docs/%s#%02d", page, len(files)), Data: []byte(example)})
	}
	p, err := Load(files, targets)
	if err != nil {
		t.Fatal(err)
	}
	e, err := Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	return e, string(text)
}

// TestTheDocumentedPolicyIsRight loads the YAML examples of docs/policies.md and
// runs the tests in them.
func TestTheDocumentedPolicyIsRight(t *testing.T) {
	e, _ := documentedPolicy(t, "policies.md", "mail", "jira", "github", "prod", "prod-db", "slack")
	results := e.RunTests()
	if len(results) < 6 {
		t.Errorf("only %d tests found", len(results))
	}
	for _, r := range results {
		if !r.OK {
			t.Errorf("%s: missing %v, unwanted %v", r.Name, r.Missing, r.Unwanted)
		}
	}
}

// TestTheDocumentedRequestsAreRight loads the YAML examples of docs/requests.md,
// holds the page to name every key, and evaluates its table of conditions.
func TestTheDocumentedRequestsAreRight(t *testing.T) {
	e, page := documentedPolicy(t, "requests.md", "prod-db", "logs", "github", "aws")
	if len(e.Policy().Bundles) == 0 || len(e.Policy().Entitlements) == 0 {
		t.Error("the page shows no bundle, or no entitlement")
	}
	for _, entry := range []any{requestEntry{}, stageEntry{}, extendEntry{}, breakGlassEntry{}, durationEntry{}, bundleEntry{}, entitlementEntry{}} {
		for _, key := range keysOf(entry) {
			if !strings.Contains(page, "`"+key) && !strings.Contains(page, key+"`") {
				t.Errorf("the page does not mention %s", key)
			}
		}
	}
	asked := Inquiry{
		Request: map[string]any{
			"group": "prod-db-read", "reason": "look at order 17", "ticket": "OPS-17", "kind": "request", "seconds": int64(7200), "duration": 2 * time.Hour,
			"start": time.Date(2026, 11, 30, 22, 0, 0, 0, time.UTC), "forSelf": true, "approvedBefore": int64(3), "deniedBefore": int64(0),
		},
		Now: time.Date(2026, 11, 30, 17, 0, 0, 0, time.UTC),
	}
	for _, key := range append(slices.Sorted(maps.Keys(asked.Request)), "id", "known", "queue", "assigned") {
		if !strings.Contains(page, "request."+key+"`") && !strings.Contains(page, "ticket."+key+"`") {
			t.Errorf("the page does not mention %s", key)
		}
	}
	rows := regexp.MustCompile("(?m)^\\| `(.*)` \\| (true|false) \\|$").FindAllStringSubmatch(page, -1)
	if len(rows) < 6 {
		t.Errorf("only %d conditions found", len(rows))
	}
	for _, row := range rows {
		c, err := RequestCondition(row[1])
		if err != nil {
			t.Errorf("%s: %v", row[1], err)
			continue
		}
		// One that fails does not hold: the page has one of those, too.
		got, _ := e.HoldsOf(c, someone("department", "Engineering"), World{Facts: crowdFacts{tickets: map[string]string{"OPS-17": "incidents"}}}, asked)
		if fmt.Sprint(got) != row[2] {
			t.Errorf("%s is %v, the page says %s", row[1], got, row[2])
		}
	}
}

// keysOf lists the keys that an entry of a policy may have.
func keysOf(entry any) []string {
	var keys []string
	for i := range reflect.TypeOf(entry).NumField() {
		key, _, _ := strings.Cut(reflect.TypeOf(entry).Field(i).Tag.Get("yaml"), ",")
		keys = append(keys, key)
	}
	return keys
}

// TestTheDocumentedTablesAreRight evaluates the tables of the page.
func TestTheDocumentedTablesAreRight(t *testing.T) {
	page, err := os.ReadFile("../docs/policies.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| `(.*)` \\| (?:\\*\\*)?(true|false)(?:\\*\\*)? \\|$").FindAllStringSubmatch(string(page), -1)
	if len(rows) < 8 {
		t.Errorf("only %d conditions found", len(rows))
	}
	for _, row := range rows {
		got := len(engine(t, ruleFor(row[1])).Memberships(someone(), World{})) == 1
		if fmt.Sprint(got) != row[2] {
			t.Errorf("%s is %v, the page says %s", row[1], got, row[2])
		}
	}
	lang, err := newLanguage()
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range lang.fields {
		if !strings.Contains(string(page), "user."+field) {
			t.Errorf("the page does not mention user.%s", field)
		}
	}
}
