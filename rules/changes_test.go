package rules

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
)

const before = `
groups:
  - {name: engineering, owners: ["user:ada", "group:leads"], access: ["jira:group/eng", "git:team/eng"]}
  - {name: leads, risk: low}
  - name: prod
    standing: never
    request: {allow: 'user.title == "Lead"', durations: {default: 1h, max: 8h}, approve: [{by: owners}]}
rules:
  - {name: engineers, when: 'user.department == "Engineering"', except: 'user.employeeType == "Contractor"', groups: [engineering]}
  - {name: leads, when: 'user.title == "Lead"', groups: [leads]}
templates:
  - {match: "team-a-*", title: A}
  - {match: "team-*", title: B}
constraints:
  - {name: sod, conflict: [engineering, leads], mode: report}
`

// policyOf loads a policy that must be right.
func policyOf(t *testing.T, text string) *Policy {
	t.Helper()
	p, err := Load([]File{{Name: "policy.yaml", Data: []byte(text)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// told renders changes as "rule NAME changed; when: OLD -> NEW".
func told(changes []Change) []string {
	out := []string{}
	for _, c := range changes {
		line := fmt.Sprintf("%s %s %s", c.Kind, c.Name, c.Action)
		for _, f := range c.Fields {
			line += fmt.Sprintf("; %s: %s -> %s", f.Field, f.Old, f.New)
		}
		out = append(out, line)
	}
	return out
}

func TestChangesTellWhatDiffers(t *testing.T) {
	leadRule := `  - {name: leads, when: 'user.title == "Lead"', groups: [leads]}` + "\n"
	for name, c := range map[string]struct {
		edits []string // old, new, old, new …
		want  []string
	}{
		"nothing":                 {nil, []string{}},
		"comments and layout":     {[]string{"rules:\n", "# more\n\nrules:\n", `["jira`, `[  "jira`}, []string{}},
		"a test":                  {[]string{"\nrules:", "\ntests: [{name: t, user: {title: Lead}, gets: [leads]}]\nrules:"}, []string{}},
		"a condition":             {[]string{`"Engineering"`, `"R&D"`}, []string{`rule engineers changed; when: user.department == "Engineering" -> user.department == "R&D"`}},
		"an exception goes":       {[]string{`except: 'user.employeeType == "Contractor"', `, ""}, []string{`rule engineers changed; except: user.employeeType == "Contractor" -> `}},
		"what a rule gives":       {[]string{"groups: [engineering]", "groups: [engineering, leads]"}, []string{"rule engineers changed; groups: engineering -> engineering, leads"}},
		"access":                  {[]string{`, "git:team/eng"`, ""}, []string{"group engineering changed; access: jira:group/eng, git:team/eng -> jira:group/eng"}},
		"owners":                  {[]string{`"user:ada", `, ""}, []string{"group engineering changed; owners: user:ada, group:leads -> group:leads"}},
		"several of one":          {[]string{"risk: low", "risk: high, title: Leads"}, []string{"group leads changed; title:  -> Leads; risk: low -> high"}},
		"standing":                {[]string{"standing: never", "standing: allowed"}, []string{"group prod changed; standing: never -> "}},
		"how it can be asked for": {[]string{"default: 1h", "default: 90m", "{by: owners}", "{by: manager, count: 2}"}, []string{"group prod changed; request.durations.default: 1h -> 1h30m; request.approve: {by: owners, count: 1} -> {by: manager, count: 2}"}},
		"asked for by anybody": {[]string{`request: {allow: 'user.title == "Lead"', durations: {default: 1h, max: 8h}, approve: [{by: owners}]}`, "request: {}"},
			[]string{`group prod changed; request:  -> {}; request.allow: user.title == "Lead" -> ; request.durations.default: 1h -> ; request.durations.max: 8h -> ; request.approve: {by: owners, count: 1} -> `}},
		"a rule goes":             {[]string{leadRule, ""}, []string{`rule leads removed; when: user.title == "Lead" -> ; groups: leads -> `}},
		"a rule comes":            {[]string{leadRule, leadRule + "  - {name: all, when: true, groups: [leads]}\n"}, []string{"rule all added; when:  -> true; groups:  -> leads"}},
		"a rule has another name": {[]string{"{name: leads, when", "{name: chiefs, when"}, []string{`rule chiefs added; when:  -> user.title == "Lead"; groups:  -> leads`, `rule leads removed; when: user.title == "Lead" -> ; groups: leads -> `}},
		"a constraint":            {[]string{"mode: report", "mode: enforce"}, []string{"constraint sod changed; mode: report -> enforce"}},
		"templates in another order": {[]string{`"team-a-*", title: A`, "XX", `"team-*", title: B`, `"team-a-*", title: A`, "XX", `"team-*", title: B`},
			[]string{"template  reordered; order: team-a-*, team-* -> team-*, team-a-*"}},
		"a rule with an end":              {[]string{"groups: [leads]}", "groups: [leads], valid_until: 2027-01-31}"}, []string{"rule leads changed; valid_until:  -> 2027-02-01T00:00:00Z"}},
		"somebody is kept out":            {[]string{"constraints:", "exclusions: [{user: bob, groups: [leads], reason: audit, until: never}]\nconstraints:"}, []string{"exclusion bob added; groups:  -> leads; reason:  -> audit"}},
		"what must never be":              {[]string{"constraints:", "never: [{name: guests, when: true, groups: [prod]}]\nconstraints:"}, []string{"property guests added; when:  -> true; groups:  -> prod"}},
		"a group in a group":              {[]string{"{name: leads, risk: low}", "{name: leads, risk: low, contains: [engineering]}"}, []string{"group leads changed; contains:  -> engineering"}},
		"a template that nothing reaches": {[]string{"constraints:", "  - {match: \"team-*\", title: C}\nconstraints:"}, []string{"template team-* (2) added; title:  -> C"}},
	} {
		t.Run(name, func(t *testing.T) {
			text := before
			for i := 0; i+1 < len(c.edits); i += 2 {
				if !strings.Contains(text, c.edits[i]) {
					t.Fatalf("there is no %q", c.edits[i])
				}
				text = strings.Replace(text, c.edits[i], c.edits[i+1], 1)
			}
			old, edited := policyOf(t, before), policyOf(t, text)
			changes := Changes(old, edited)
			if diff := cmp.Diff(c.want, told(changes)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if same := old.Hash == edited.Hash; same != (len(changes) == 0) {
				t.Errorf("the hash is the same: %v; there are %d changes", same, len(changes))
			}
		})
	}
}

// The first policy has everything new, and what is undone is told the other way round.
func TestChangesFromAndToNothing(t *testing.T) {
	p := policyOf(t, before)
	all := Changes(nil, p)
	if len(all) != 8 {
		t.Errorf("%d changes, want one for each definition: %v", len(all), told(all))
	}
	for i, c := range Changes(p, nil) {
		if c.Kind != all[i].Kind || c.Name != all[i].Name || c.Action != Removed || all[i].Action != Added || len(c.Fields) != len(all[i].Fields) {
			t.Errorf("%+v is not %+v undone", c, all[i])
		}
	}
}

// Lists that only look alike are different.
func TestElementsWithCommas(t *testing.T) {
	text := func(owners ...string) string {
		return textAt(fieldsOf(&Template{Owners: owners}), "owners")
	}
	if a, b := text("user:a, user:b"), text("user:a", "user:b"); a == b {
		t.Errorf("both are %s", a)
	}
}

// What the hash goes by is compared, fields that come later too.
func TestEveryFieldIsCompared(t *testing.T) {
	for _, blank := range []any{
		&Group{}, &identity.Group{}, &Rule{}, &Template{}, &Constraint{}, &Exclusion{}, &Property{}, &Request{},
		&Bundle{}, &Requestable{}, &Stage{}, &Extend{}, &BreakGlass{},
	} {
		v := reflect.ValueOf(blank).Elem()
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.Tag.Get("json") == "-" || !f.IsExported() || f.Anonymous {
				continue
			}
			was := v.Field(i).Interface()
			set(t, v.Field(i))
			if len(fieldsOf(blank)) != 1 {
				t.Errorf("%T.%s is not compared: %v", blank, f.Name, fieldsOf(blank))
			}
			v.Field(i).Set(reflect.ValueOf(was))
		}
	}
}

// So is every kind of definition.
func TestEveryKindIsCompared(t *testing.T) {
	kinds := 0
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Policy]()) {
		if f.IsExported() && f.Type.Kind() == reflect.Slice && f.Name != "Tests" && f.Name != "Warnings" {
			kinds++
		}
	}
	if n := len(definitions(nil)); n != kinds {
		t.Errorf("%d kinds are compared, a policy has %d", n, kinds)
	}
}

// set gives a field some value that is not its zero.
func set(t *testing.T, v reflect.Value) {
	t.Helper()
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.Unix(1, 0)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		set(t, v.Index(0))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	case reflect.Struct:
		set(t, v.Field(0))
	default:
		t.Fatalf("no value of kind %s is known here", v.Kind())
	}
}
