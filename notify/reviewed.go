package notify

import (
	"fmt"
	"strings"
	"time"

	"birthright/reviews"
)

// Data is what a notice says that is about no request: a campaign, a report.
type Data map[string]any

// text is a value as people read it.
func (d Data) text(key string) string {
	switch v := d[key].(type) {
	case nil:
		return ""
	case string:
		return Plain(v, mostReason)
	case float64:
		return fmt.Sprintf("%.0f", v)
	default:
		return Plain(fmt.Sprint(v), mostReason)
	}
}

// at is an instant, the zero time where there is none.
func (d Data) at(key string) time.Time {
	switch v := d[key].(type) {
	case time.Time:
		return v
	case string:
		t, _ := time.Parse(time.RFC3339Nano, v)
		return t
	}
	return time.Time{}
}

// list is some of a list of texts, and how many more there are.
func (d Data) list(key string) string {
	const most = 5
	values, _ := d[key].([]any)
	var names []string
	for _, v := range values[:min(most, len(values))] {
		names = append(names, Plain(fmt.Sprint(v), mostName))
	}
	text := strings.Join(names, ", ")
	if rest := len(values) - most; rest > 0 {
		text += fmt.Sprintf(" and %d more", rest)
	}
	return text
}

// things is a number with its noun.
func (d Data) things(key, one, many string) string {
	n := d.text(key)
	if n == "1" {
		return "1 " + one
	}
	return n + " " + many
}

// aboutReview reports whether a kind of notice is about a campaign or a report.
func aboutReview(kind string) bool {
	return strings.HasPrefix(kind, "campaign.") || kind == reviews.NoticeReport
}

// reviewed tells of campaigns and reports.
func (t *teller) reviewed() (string, []string) {
	d := t.Data
	campaign, items := "“"+d.text("name")+"”", d.things("items", "item waits", "items wait")
	until := "Please decide by " + t.to.clock(d.at("due")) + "."
	switch t.Kind {
	case reviews.NoticeStarted:
		return items + " for your decision: " + d.text("name"), []string{"The access review " + campaign + " asks you whether access that others hold is to stay.", until}
	case reviews.NoticeReminder:
		if late, _ := d["late"].(bool); late {
			return "Late: " + items + " for your decision: " + d.text("name"), []string{"The access review " + campaign + " was due on " + t.to.clock(d.at("due")) + ".", t.atClose()}
		}
		return "Still waiting: " + items + " for your decision: " + d.text("name"), []string{"The access review " + campaign + " goes on.", until}
	case reviews.NoticeEscalated:
		return "You are asked too: " + d.text("name"), []string{items + " in the access review " + campaign + " that those who were asked first have not decided on.", t.atClose()}
	case reviews.NoticeAssigned:
		return "Passed on to you: " + d.text("name"), []string{who(d.text("from")) + " asks you to decide on " + d.things("items", "item", "items") + " of the access review " + campaign + ".", note(d.text("reason")), until}
	case reviews.NoticeOverruled:
		return "A review takes away what rule " + d.text("rule") + " gives", []string{
			"In the access review " + campaign + " " + who(d.text("by")) + " revoked " + d.text("group") + " of " + d.list("users") + ".",
			"The rule " + d.text("rule") + " gives it to them. Rule and review disagree: please see whether the rule is right.", note(d.text("reason")),
		}
	case reviews.NoticeReport:
		return "Access that nobody explains, of what " + strings.TrimPrefix(d.text("owner"), "group:") + " answers for", []string{
			d.things("people", "person holds", "people hold") + " " + d.things("surplus", "entitlement", "entitlements") + " that no rule or grant gives, score " + d.text("score") + ".",
			"The report " + d.text("report") + " is in " + d.text("folder") + ".",
		}
	}
	return "Closed: " + d.text("name"), []string{
		"The access review " + campaign + " is closed: " + d.text("kept") + " kept, " + d.text("revoked") + " revoked, " + d.text("frozen") + " frozen, " + d.text("void") + " void, " +
			d.text("undecided") + " decided by nobody.",
	}
}

// atClose says what becomes of what nobody decides on.
func (t *teller) atClose() string {
	what := map[string]string{reviews.EndKeep: "stays, and the record says that nobody looked", reviews.EndFreeze: "stays frozen, and is asked about again", reviews.EndRevoke: "is taken away"}[t.Data.text("end")]
	if what == "" {
		return ""
	}
	return "What nobody decides on by " + t.to.clock(t.Data.at("close_at")) + " " + what + "."
}

// reviewFacts lists what there is to know.
func (t *teller) reviewFacts() []Fact {
	var out []Fact
	for _, f := range [][2]string{{"Campaign", "campaign"}, {"Report", "report"}} {
		if value := t.Data.text(f[1]); value != "" {
			out = append(out, Fact{f[0], value})
		}
	}
	return out
}
