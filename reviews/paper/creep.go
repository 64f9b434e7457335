package paper

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"birthright/reviews/creep"
	"birthright/reviews/document"
)

// mostBars is how many departments, targets or owners a chart shows.
const mostBars = 12

// Creep is the report of what people hold and nothing explains.
func Creep(r *creep.Report) *document.Document {
	d := about("Privilege creep", "What people hold on targets that no rule, grant, shift or ticket of theirs explains. "+
		"How much each of it matters is its score; the formula stands at the end.", r)
	d.Facts = append(d.Facts, summary(r.Summary)...)
	d.Sections = []document.Section{
		{Title: "Where it is", Charts: charts(r), Tables: []document.Table{
			sums("departments", "By department", "Department", r.Departments), sums("targets", "By target", "Target", r.Targets),
			sums("owners", "By owner", "Owner", r.Owners), sums("causes", "By how it came", "Cause", readable(r.Causes)),
		}},
		{Title: "Who holds it", Tables: []document.Table{users(r), surplus(r)}},
		{Title: "Standing access in disguise", Text: []string{
			"A live grant explains these, and they were granted so often that they stand: a rule, or a longer grant, would say so openly."}, Tables: []document.Table{repeated(r)}},
		{Title: "Since the last report", Text: []string{since(r)}, Tables: []document.Table{lines("new", "New", r.Trend.New), lines("gone", "Gone", r.Trend.Gone)}},
		{Title: "How it is scored", Text: []string{r.Formula}},
	}
	return d
}

// about is a document with what every reader must know first.
func about(title, text string, r *creep.Report) *document.Document {
	d := &document.Document{Title: title, About: text, Made: r.At}
	for _, i := range r.Incomplete {
		d.Warnings = append(d.Warnings, fmt.Sprintf("%s is not known well enough (%s): %s. What it holds is not counted as clean.", i.Target, strings.ReplaceAll(i.Reason, "-", " "), i.Detail))
	}
	return d
}

func summary(s creep.Summary) []document.Fact {
	return []document.Fact{
		{Name: "People looked at", Value: document.Count(s.People)},
		{Name: "Holdings on targets", Value: document.Count(s.Holdings)},
		{Name: "Explained", Value: document.Percent(share(s.Explained, s.Holdings))},
		{Name: "People with surplus", Value: document.Count(s.Users)},
		{Name: "Surplus", Value: document.Count(s.Surplus)},
		{Name: "Score", Value: document.Count(s.Score)},
		{Name: "Accounts that belong to nobody", Value: document.Count(s.Orphans)},
	}
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}

func charts(r *creep.Report) []document.Chart {
	out := []document.Chart{bars("Score by department", r.Departments), bars("Score by target", r.Targets)}
	if len(r.Trend.Points) > 1 {
		score, surplus := document.Series{Name: "Score"}, document.Series{Name: "Surplus"}
		c := document.Chart{Shape: document.Line, Title: "Trend", Kind: document.KindNumber}
		for _, p := range r.Trend.Points {
			c.Labels = append(c.Labels, p.At.Format("2006-01-02"))
			score.Values, surplus.Values = append(score.Values, float64(p.Score)), append(surplus.Values, float64(p.Surplus))
		}
		c.Series = []document.Series{score, surplus}
		out = append(out, c)
	}
	return slices.DeleteFunc(out, func(c document.Chart) bool { return len(c.Labels) == 0 })
}

func bars(title string, of []creep.Sum) document.Chart {
	c := document.Chart{Shape: document.Bars, Title: title, Kind: document.KindNumber, Series: []document.Series{{Name: "Score"}}}
	for _, s := range of[:min(mostBars, len(of))] {
		c.Labels = append(c.Labels, cmp.Or(s.Name, "none"))
		c.Series[0].Values = append(c.Series[0].Values, float64(s.Score))
	}
	return c
}

func sums(name, caption, of string, list []creep.Sum) document.Table {
	return document.Table{Name: name, Caption: caption, Columns: []document.Column{
		{Name: "name", Title: of, Kind: document.KindText}, {Name: "people", Title: "People", Kind: document.KindNumber},
		{Name: "surplus", Title: "Surplus", Kind: document.KindNumber}, {Name: "score", Title: "Score", Kind: document.KindNumber},
	}, Rows: rows(list, func(s *creep.Sum) []document.Cell {
		return []document.Cell{document.Text(cmp.Or(s.Name, "none")), document.Count(s.Users), document.Count(s.Surplus), document.Count(s.Score)}
	})}
}

// readable has causes as people read them.
func readable(list []creep.Sum) []creep.Sum {
	out := slices.Clone(list)
	for i := range out {
		out[i].Name = CauseText(out[i].Name)
	}
	return out
}

// rows hands out the cells of each of a list.
func rows[T any](list []T, cells func(*T) []document.Cell) iter.Seq[[]document.Cell] {
	return func(yield func([]document.Cell) bool) {
		for i := range list {
			if !yield(cells(&list[i])) {
				return
			}
		}
	}
}

func users(r *creep.Report) document.Table {
	return document.Table{Name: "users", Caption: "People with surplus, the highest score first", Columns: []document.Column{
		{Name: "user", Title: "User", Kind: document.KindText}, {Name: "name", Title: "Name", Kind: document.KindText}, {Name: "state", Title: "State", Kind: document.KindText},
		{Name: "department", Title: "Department", Kind: document.KindText}, {Name: "team", Title: "Team", Kind: document.KindText}, {Name: "title", Title: "Title", Kind: document.KindText},
		{Name: "manager", Title: "Manager", Kind: document.KindText}, {Name: "surplus", Title: "Surplus", Kind: document.KindNumber}, {Name: "score", Title: "Score", Kind: document.KindNumber},
	}, Rows: rows(r.Users, func(u *creep.User) []document.Cell {
		return []document.Cell{
			document.Text(u.User), document.Text(u.Display), document.Text(u.State), document.Text(u.Department), document.Text(u.Team), document.Text(u.Title),
			document.Text(u.Manager), document.Count(len(u.Surplus)), document.Count(u.Score),
		}
	})}
}

// entryColumns are what is said of one entitlement that somebody holds.
var entryColumns = []document.Column{
	{Name: "target", Title: "Target", Kind: document.KindText}, {Name: "entitlement", Title: "Entitlement", Kind: document.KindText},
	{Name: "account", Title: "Account", Kind: document.KindText}, {Name: "first_seen", Title: "First seen", Kind: document.KindDate},
	{Name: "cause", Title: "How it came", Kind: document.KindText}, {Name: "how", Title: "Because", Kind: document.KindText}, {Name: "risk", Title: "Risk", Kind: document.KindText},
	{Name: "last_used", Title: "Last used", Kind: document.KindDate}, {Name: "peers", Title: "Peers who hold it", Kind: document.KindPercent},
	{Name: "owners", Title: "Owners", Kind: document.KindText}, {Name: "score", Title: "Score", Kind: document.KindNumber},
}

func entryCells(e *creep.Entry) []document.Cell {
	return []document.Cell{
		document.Text(e.Target), document.Text(e.Entitlement), document.Text(e.Account), document.Date(e.FirstSeen), document.Text(CauseText(e.Cause)), document.Text(e.How),
		document.Text(cmp.Or(e.Risk, "not said")), use(e), peers(e), document.Text(strings.Join(e.Owners, ", ")), document.Count(e.Score),
	}
}

func use(e *creep.Entry) document.Cell {
	if e.Use == creep.Used {
		return document.Date(e.LastUsed)
	}
	return document.Text(e.Use)
}

func peers(e *creep.Entry) document.Cell {
	if e.Peers.People == 0 {
		return document.Text("unknown")
	}
	return document.Percent(share(e.Peers.Holding, e.Peers.People))
}

// CauseText is a cause as people read it.
func CauseText(cause string) string { return strings.ReplaceAll(cause, "-", " ") }

func surplus(r *creep.Report) document.Table {
	return document.Table{
		Name: "surplus", Caption: "What nothing explains",
		Columns: append([]document.Column{{Name: "user", Title: "User", Kind: document.KindText}}, entryColumns...),
		Rows: func(yield func([]document.Cell) bool) {
			for i := range r.Users {
				for k := range r.Users[i].Surplus {
					if !yield(append([]document.Cell{document.Text(r.Users[i].User)}, entryCells(&r.Users[i].Surplus[k])...)) {
						return
					}
				}
			}
		},
		Note: "First seen is when the hub looked: what was there at its first look may be older.",
	}
}

func repeated(r *creep.Report) document.Table {
	return document.Table{Name: "repeated", Caption: "Granted again and again", Columns: []document.Column{
		{Name: "user", Title: "User", Kind: document.KindText}, {Name: "group", Title: "Group", Kind: document.KindText}, {Name: "risk", Title: "Risk", Kind: document.KindText},
		{Name: "grants", Title: "Grants", Kind: document.KindNumber}, {Name: "renewed", Title: "Extensions", Kind: document.KindNumber},
		{Name: "last", Title: "Last granted", Kind: document.KindDate}, {Name: "owners", Title: "Owners", Kind: document.KindText},
	}, Rows: rows(r.RepeatedJIT, func(x *creep.RepeatedJIT) []document.Cell {
		return []document.Cell{
			document.Text(x.User), document.Text(x.Group), document.Text(cmp.Or(x.Risk, "not said")), document.Count(x.Grants), document.Count(x.Renewed), document.Date(x.Last),
			document.Text(strings.Join(x.Owners, ", ")),
		}
	})}
}

func since(r *creep.Report) string {
	if !r.Trend.Compared {
		return "There is no report before this one that was kept."
	}
	before := r.Trend.Points[len(r.Trend.Points)-2]
	return fmt.Sprintf("Since %s: %d new, %d gone; the score was %s and is %s.", before.At.Format("2006-01-02 15:04 MST"), len(r.Trend.New), len(r.Trend.Gone),
		strconv.Itoa(before.Score), strconv.Itoa(r.Summary.Score))
}

func lines(name, caption string, list []creep.Line) document.Table {
	return document.Table{Name: name, Caption: caption, Columns: []document.Column{
		{Name: "user", Title: "User", Kind: document.KindText}, {Name: "entitlement", Title: "Entitlement", Kind: document.KindText},
	}, Rows: rows(list, func(l *creep.Line) []document.Cell {
		return []document.Cell{document.Text(l.User), document.Text(l.Entitlement)}
	})}
}
