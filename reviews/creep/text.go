package creep

import (
	"cmp"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
)

// page is text for a terminal.
type page struct{ strings.Builder }

func (p *page) line(format string, args ...any) {
	fmt.Fprintf(p, format+"\n", args...)
}

// table writes rows under a title, at most so many of them; most 0 is all.
func (p *page) table(title, head string, rows []string, most int) {
	if len(rows) == 0 {
		return
	}
	if p.Len() > 0 {
		p.line("")
	}
	p.line("%s", title)
	left := 0
	if most > 0 && len(rows) > most {
		left, rows = len(rows)-most, rows[:most]
	}
	out := tabwriter.NewWriter(p, 0, 0, 2, ' ', 0)
	for _, row := range append([]string{head}, rows...) {
		fmt.Fprintln(out, "  "+row)
	}
	_ = out.Flush() // a builder takes everything
	if left > 0 {
		p.line("  … and %d more", left)
	}
}

// Text writes the report for a terminal: at most so many lines of a table; 0 is all.
func (r *Report) Text(most int) string {
	var p page
	r.head(&p)
	p.table("Not known, or not well", "TARGET\tWHY\tDETAIL", listOf(r.Incomplete, func(x *Incomplete) string {
		return row(x.Target, x.Reason, x.Detail)
	}), 0)
	var rows []string
	for i := range r.Users {
		for k := range r.Users[i].Surplus {
			rows = append(rows, entryRow(&r.Users[i], &r.Users[i].Surplus[k], k == 0))
		}
	}
	p.table("Who holds what nothing explains", "USER\tSCORE\tENTITLEMENT\tRISK\tSINCE\tLAST USED\tPEERS\tCAUSE", rows, most)
	p.sums("By cause", "CAUSE", r.Causes, most)
	p.sums("By department", "DEPARTMENT", r.Departments, most)
	p.sums("By target", "TARGET", r.Targets, most)
	p.sums("By owner", "OWNER", r.Owners, most)
	p.table("Granted again and again", "USER\tGROUP\tRISK\tGRANTS\tEXTENDED", listOf(r.RepeatedJIT, func(x *RepeatedJIT) string {
		return row(x.User, x.Group, x.Risk, x.Grants, x.Renewed)
	}), most)
	p.table("New since the last report", "USER\tENTITLEMENT", listOf(r.Trend.New, lineRow), most)
	p.table("Gone since the last report", "USER\tENTITLEMENT", listOf(r.Trend.Gone, lineRow), most)
	return p.String()
}

func (r *Report) head(p *page) {
	s := r.Summary
	if s.Surplus == 0 {
		p.line("Rules and grants explain all of %d holdings that targets show.", s.Holdings)
	} else {
		p.line("No rule and no grant explains %d of %d holdings: those of %s, score %d.", s.Surplus, s.Holdings, plural(s.Users, "user"), s.Score)
	}
	if points := r.Trend.Points; r.Trend.Compared && len(points) > 1 {
		before := points[len(points)-2]
		p.line("On %s it was %d, score %d; %d are new and %d are gone since.", day(before.At), before.Surplus, before.Score, len(r.Trend.New), len(r.Trend.Gone))
	}
	if s.Orphans > 0 {
		p.line("%s to nobody and %s access.", plural(s.Orphans, "account belongs", "accounts belong"), either(s.Orphans, "has", "have"))
	}
	if s.Incomplete > 0 {
		p.line("%s not known well: nothing of that counts as clean.", plural(len(targetsOf(r.Incomplete)), "target is", "targets are"))
	}
}

// OrphansText writes the accounts without a user for a terminal.
func (r *Report) OrphansText(most int) string {
	var p page
	var rows []string
	for i := range r.Orphans {
		o := &r.Orphans[i]
		for k := range o.Holds {
			e := &o.Holds[k]
			rows = append(rows, row(o.Target, o.Account, e.Score, e.Entitlement, e.Risk, since(e), lastUse(e), e.Cause))
		}
	}
	p.table(plural(len(r.Orphans), "account belongs", "accounts belong")+" to nobody", "TARGET\tACCOUNT\tSCORE\tENTITLEMENT\tRISK\tSINCE\tLAST USED\tCAUSE", rows, most)
	return p.String()
}

// DormantText writes the accounts that nobody used for long for a terminal.
func (r *Report) DormantText(most int) string {
	var p page
	for i := range r.Dormant {
		d := &r.Dormant[i]
		if !d.Known {
			p.line("%s does not tell when its accounts were used: of %d it is not known.", d.Target, d.Unknown)
			continue
		}
		p.table(d.Target+": "+plural(len(d.Accounts), "dormant account"), "USER\tACCOUNT\tLAST USED\tDAYS", listOf(d.Accounts, func(a *IdleAccount) string {
			if a.LastUsed.IsZero() {
				return row(a.User, a.Account, NeverUsed, "-")
			}
			return row(a.User, a.Account, day(a.LastUsed), a.Days)
		}), most)
	}
	return p.String()
}

// SoDText writes who holds together what is to be apart for a terminal.
func (r *Report) SoDText(most int) string {
	var p page
	p.table(plural(len(r.SoD), "time")+" somebody holds what is to be apart", "CONSTRAINT\tMODE\tWHO\tSINCE\tHOLDS", listOf(r.SoD, func(x *SoD) string {
		var sides []string
		for _, s := range x.Sides {
			how := s.Observed
			if s.Member {
				how = append([]string{"member"}, how...)
			}
			sides = append(sides, s.Group+" ("+strings.Join(how, ", ")+")")
		}
		return row(x.Constraint, x.Mode, cmp.Or(x.User, x.Account), dayOr(x.Since, UseUnknown), strings.Join(sides, " and "))
	}), most)
	return p.String()
}

func (p *page) sums(title, head string, sums []Sum, most int) {
	p.table(title, head+"\tUSERS\tSURPLUS\tSCORE", listOf(sums, func(s *Sum) string {
		return row(cmp.Or(s.Name, "(none)"), s.Users, s.Surplus, s.Score)
	}), most)
}

// entryRow names the user in the first line of several.
func entryRow(u *User, e *Entry, first bool) string {
	name, score := u.User, fmt.Sprint(u.Score)
	if !first { // "-" would say that there is none
		name, score = "", " "
	}
	peers := UseUnknown
	if e.Peers.People > 0 {
		peers = fmt.Sprintf("%d of %d", e.Peers.Holding, e.Peers.People)
	}
	return row(name, score, e.Entitlement, e.Risk, since(e), lastUse(e), peers, e.Cause)
}

// since is when it was first seen, or at the latest.
func since(e *Entry) string {
	if e.AtLatest {
		return "≤ " + day(e.FirstSeen)
	}
	return day(e.FirstSeen)
}

func lastUse(e *Entry) string {
	if e.Use == Used {
		return day(e.LastUsed)
	}
	return e.Use
}

func lineRow(l *Line) string { return row(l.User, l.Entitlement) }

func dayOr(t time.Time, other string) string {
	if t.IsZero() {
		return other
	}
	return day(t)
}

// row joins cells; an empty one is a dash but for the first.
func row(cells ...any) string {
	texts := make([]string, len(cells))
	for i, c := range cells {
		if texts[i] = fmt.Sprint(c); texts[i] == "" && i > 0 {
			texts[i] = "-"
		}
	}
	return strings.Join(texts, "\t")
}

func listOf[T any](list []T, row func(*T) string) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = row(&list[i])
	}
	return out
}

// plural writes a number with what is counted; many is one with an s where it is
// not given.
func plural(n int, one string, many ...string) string {
	other := one + "s"
	if len(many) > 0 {
		other = many[0]
	}
	return fmt.Sprintf("%d %s", n, either(n, one, other))
}

func either(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func targetsOf(list []Incomplete) map[string]bool {
	out := map[string]bool{}
	for i := range list {
		out[list[i].Target] = true
	}
	return out
}
