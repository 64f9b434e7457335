package paper

import (
	"cmp"
	"strings"
	"time"

	"birthright/reviews/document"
	"birthright/reviews/jit"
)

// JIT is the report of just-in-time access.
func JIT(r *jit.Report) *document.Document {
	d := &document.Document{
		Title: "Just-in-time access", Made: r.At,
		About: "Who asks for what, how long decisions take, and whether those who decide look before they do.",
	}
	s := &r.Summary
	d.Facts = []document.Fact{
		{Name: "Since", Value: document.Date(r.Since)}, {Name: "Requests", Value: document.Count(s.Requests)}, {Name: "Approved by people", Value: document.Count(s.Approved)},
		{Name: "Denied", Value: document.Count(s.Denied)}, {Name: "Approval rate", Value: document.Percent(s.ApprovalRate())}, {Name: "Approved by the policy", Value: document.Count(s.Auto)},
		{Name: "Expired", Value: document.Count(s.Expired)}, {Name: "Waiting", Value: document.Count(s.Waiting)}, {Name: "Median decision", Value: seconds(s.Times.Median, s.Times.Decisions)},
		{Name: "Nine in ten decided within", Value: seconds(s.Times.P90, s.Times.Decisions)}, {Name: "Broken glass", Value: document.Count(s.Glass)},
	}
	d.Sections = []document.Section{
		{Title: "To look at", Tables: []document.Table{findings(r), repeatedJIT(r), again(r), glass(r)}},
		{Title: "What is asked for", Charts: []document.Chart{asked(r)}, Tables: []document.Table{jitGroups(r), askers(r)}},
		{Title: "Who decides", Tables: []document.Table{deciders(r), waiting(r)}},
	}
	return d
}

func seconds(n int64, of int) document.Cell {
	if of == 0 {
		return document.Cell{}
	}
	return document.Duration(time.Duration(n) * time.Second)
}

func text(name, title string) document.Column {
	return document.Column{Name: name, Title: title, Kind: document.KindText}
}

func figure(name, title string) document.Column {
	return document.Column{Name: name, Title: title, Kind: document.KindNumber}
}

func length(name, title string) document.Column {
	return document.Column{Name: name, Title: title, Kind: document.KindDuration}
}

func findings(r *jit.Report) document.Table {
	return document.Table{Name: "rubber_stamping", Caption: "Approvals that may not be worth much", Columns: []document.Column{text("who", "Who"), text("kind", "What"), text("because", "Because")},
		Rows: rows(r.Findings, func(f *jit.Finding) []document.Cell {
			return []document.Cell{document.Text(strings.Join(f.Users, ", ")), document.Text(f.Kind), document.Text(f.Because)}
		})}
}

func repeatedJIT(r *jit.Report) document.Table {
	return document.Table{Name: "repeated", Caption: "The same access again and again", Columns: []document.Column{
		text("user", "User"), text("group", "Group"), figure("grants", "Grants"), length("held", "Held for"), {Name: "share", Title: "Of the time", Kind: document.KindPercent},
	}, Rows: rows(r.Repeated, func(x *jit.Repeated) []document.Cell {
		return []document.Cell{document.Text(x.User), document.Text(x.Group), document.Count(x.Grants), document.Duration(time.Duration(x.Seconds) * time.Second), document.Percent(x.Share)}
	})}
}

func again(r *jit.Report) document.Table {
	return document.Table{Name: "denied_then_approved", Caption: "Denied, and approved when it was asked for again", Columns: []document.Column{
		text("user", "User"), text("group", "Group"), text("denied", "Denied"), text("approved", "Approved"), {Name: "at", Title: "At", Kind: document.KindDate},
	}, Rows: rows(r.Again, func(x *jit.Again) []document.Cell {
		return []document.Cell{document.Text(x.User), document.Text(x.Group), document.Text(x.Denied), document.Text(x.Approved), document.Date(x.At)}
	})}
}

func glass(r *jit.Report) document.Table {
	return document.Table{Name: "break_glass", Caption: "Broken glass", Columns: []document.Column{
		text("id", "Request"), text("user", "User"), text("group", "Group"), {Name: "at", Title: "At", Kind: document.KindDate}, text("reason", "Reason"), text("verdict", "Verdict"), text("by", "By"),
	}, Rows: rows(r.Glass, func(x *jit.Glass) []document.Cell {
		return []document.Cell{
			document.Text(x.ID), document.Text(x.User), document.Text(x.Group), document.Date(x.At), document.Text(x.Reason), document.Text(cmp.Or(x.Verdict, "nobody has looked")), document.Text(x.By),
		}
	})}
}

func asked(r *jit.Report) document.Chart {
	c := document.Chart{Shape: document.Bars, Title: "Requests by group", Kind: document.KindNumber, Series: []document.Series{{Name: "Requests"}}}
	for i := range r.Groups[:min(mostBars, len(r.Groups))] {
		c.Labels, c.Series[0].Values = append(c.Labels, r.Groups[i].Group), append(c.Series[0].Values, float64(r.Groups[i].Requests))
	}
	return c
}

func jitGroups(r *jit.Report) document.Table {
	return document.Table{Name: "groups", Caption: "Groups, the most asked for first", Columns: []document.Column{
		text("group", "Group"), figure("requests", "Requests"), figure("people", "People"), figure("approved", "Approved"), figure("denied", "Denied"), figure("by_policy", "By the policy"),
		length("median", "Median decision"), length("p90", "Nine in ten within"),
	}, Rows: rows(r.Groups, func(g *jit.Group) []document.Cell {
		return []document.Cell{
			document.Text(g.Group), document.Count(g.Requests), document.Count(g.People), document.Count(g.Approved), document.Count(g.Denied), document.Count(g.Auto),
			seconds(g.Times.Median, g.Times.Decisions), seconds(g.Times.P90, g.Times.Decisions),
		}
	})}
}

func askers(r *jit.Report) document.Table {
	return document.Table{Name: "people", Caption: "People, those who ask most first", Columns: []document.Column{
		text("user", "User"), figure("requests", "Requests"), figure("groups", "Groups"), figure("approved", "Approved"), figure("denied", "Denied"),
	}, Rows: rows(r.People, func(p *jit.Person) []document.Cell {
		return []document.Cell{document.Text(p.User), document.Count(p.Requests), document.Count(p.Groups), document.Count(p.Approved), document.Count(p.Denied)}
	})}
}

func deciders(r *jit.Report) document.Table {
	return document.Table{Name: "approvers", Caption: "Those who answer, the most answers first", Columns: []document.Column{
		text("user", "User"), figure("answers", "Answers"), figure("approvals", "Approvals"), figure("without_note", "Without a word"), length("median", "Median answer"),
		length("p90", "Nine in ten within"), figure("burst", "Most within 10 s"),
	}, Rows: rows(r.Deciders, func(x *jit.Decider) []document.Cell {
		return []document.Cell{
			document.Text(x.User), document.Count(x.Answers), document.Count(x.Approvals), document.Count(x.Bare), seconds(x.Times.Median, x.Times.Decisions),
			seconds(x.Times.P90, x.Times.Decisions), document.Count(x.Burst),
		}
	})}
}

func waiting(r *jit.Report) document.Table {
	return document.Table{Name: "waiting", Caption: "What waits, the longest first", Columns: []document.Column{
		text("id", "Request"), text("user", "User"), text("group", "Group"), length("waits", "Waits for"),
	}, Rows: rows(r.Waiting, func(w *jit.Waiting) []document.Cell {
		return []document.Cell{document.Text(w.ID), document.Text(w.User), document.Text(w.Group), document.Duration(time.Duration(w.Seconds) * time.Second)}
	})}
}
