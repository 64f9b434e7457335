package rules

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestTheDocumentedPolicyIsRight loads the YAML examples of docs/policies.md as
// the files of one policy and runs the tests in them.
func TestTheDocumentedPolicyIsRight(t *testing.T) {
	page, err := os.ReadFile("../docs/policies.md")
	if err != nil {
		t.Fatal(err)
	}
	var files []File
	for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatchIndex(string(page), -1) {
		line := 1 + strings.Count(string(page[:block[2]]), "\n")
		// Leading newlines make the lines of faults those of the page.
		text := strings.Repeat("\n", line-1) + string(page[block[2]:block[3]])
		files = append(files, File{Name: fmt.Sprintf("docs/policies.md#%02d", len(files)), Data: []byte(text)})
	}
	p, err := Load(files, []string{"mail", "jira", "github", "prod", "prod-db", "slack"})
	if err != nil {
		t.Fatal(err)
	}
	e, err := Compile(p)
	if err != nil {
		t.Fatal(err)
	}
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
