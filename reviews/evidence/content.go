package evidence

import (
	"bufio"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"birthright/audit"
)

// maxLine bounds a line that is read, in bytes.
const maxLine = 16 << 20

// content reads the rows: each must be one, together they must give what was counted,
// and whatever was done or decided must be in the log.
func (c *checker) content() {
	c.counts()
	c.policies()
	each(c, ObservedFile, func(int64, *Holding) {})
	each(c, GrantsFile, func(int64, *Grant) {})
	each(c, RevocationsFile, func(int64, *Revocation) {})
	each(c, OrdersFile, func(int64, *Order) {})
	each(c, RunsFile, func(int64, *Run) {})
	c.chain()
	var j join
	c.rows(j.add)
	c.events(j.add)
	if t := j.trace(); t != nil {
		told := c.verdict
		c.rows(t.add)
		c.events(t.add)
		c.verdict = told // what is wrong with single lines was told the first time
		c.unmatched(t)
	}
}

// each hands the rows of a file to fn.
func each[Row any](c *checker, name string, fn func(line int64, row *Row)) {
	c.lines(name, func(n int64, text []byte) {
		row := new(Row)
		if err := exactly(text, row); err != nil {
			c.fault(name, n, "it is no row of this file: %v", err)
			return
		}
		fn(n, row)
	})
}

func (c *checker) lines(name string, fn func(n int64, text []byte)) {
	f := c.byName[name]
	if f == nil {
		return // files has told
	}
	in, err := f.Open()
	if err != nil {
		return
	}
	defer in.Close()
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 64<<10), maxLine)
	n := int64(0)
	for lines.Scan() {
		n++
		fn(n, lines.Bytes())
	}
	if err := lines.Err(); err != nil {
		c.fault(name, n+1, "it cannot be read: %v", err)
	}
}

func (c *checker) counts() {
	var have Counts
	m := &c.manifest
	each(c, PeopleFile, func(n int64, p *Person) {
		c.stretch(PeopleFile, n, p.From, p.Until, &have.PeopleAtStart, &have.PeopleAtEnd)
	})
	each(c, MembershipsFile, func(n int64, s *Membership) {
		c.stretch(MembershipsFile, n, s.From, s.Until, &have.MembershipsAtStart, &have.MembershipsAtEnd)
	})
	for _, one := range []struct {
		file, what string
		have, want int64
	}{
		{PeopleFile, "people at the start", have.PeopleAtStart, m.Counts.PeopleAtStart},
		{PeopleFile, "people at the end", have.PeopleAtEnd, m.Counts.PeopleAtEnd},
		{MembershipsFile, "memberships at the start", have.MembershipsAtStart, m.Counts.MembershipsAtStart},
		{MembershipsFile, "memberships at the end", have.MembershipsAtEnd, m.Counts.MembershipsAtEnd},
	} {
		if one.have != one.want {
			c.fault(one.file, 0, "it gives %d %s; the manifest says %d", one.have, one.what, one.want)
		}
	}
}

// Count counts what was so from from until until in the numbers for the start and the
// end of the period, where it was so then.
func (m *Manifest) Count(from time.Time, until *time.Time, start, end *int64) {
	if !from.After(m.From) && (until == nil || until.After(m.From)) {
		*start++
	}
	if until == nil {
		*end++
	}
}

func (c *checker) stretch(file string, n int64, from time.Time, until *time.Time, start, end *int64) {
	m := &c.manifest
	if !from.Before(m.Until) || until != nil && (!until.After(m.From) || !until.Before(m.Until) || !until.After(from)) {
		c.fault(file, n, "it is not of the period")
	}
	m.Count(from, until, start, end)
}

func (c *checker) policies() {
	each(c, PoliciesFile, func(n int64, p *Policy) {
		for _, name := range p.Files {
			if c.byName[name] == nil {
				c.fault(PoliciesFile, n, "%s is not in the archive", name)
			}
		}
	})
}

// chain checks the part of the audit log as such.
func (c *checker) chain() {
	f := c.byName[AuditFile]
	if f == nil {
		return
	}
	in, err := f.Open()
	if err != nil {
		return // files has told
	}
	defer in.Close()
	v, err := audit.VerifyExport(in)
	switch {
	case err != nil:
		c.fault(AuditFile, 0, "%v", err)
	case !v.OK:
		c.fault(AuditFile, 0, "the log was changed at record %d: %s", v.FirstBad, v.Reason)
	}
}

// within reports whether an instant lies in the period.
func (c *checker) within(at *time.Time) bool {
	return at != nil && !at.Before(c.manifest.From) && at.Before(c.manifest.Until)
}

// rows tells which events there must be in the log.
func (c *checker) rows(add func(key string, n int64)) {
	each(c, ChangesFile, func(_ int64, r *Change) {
		if c.within(&r.Intended) {
			add("change.intent of change "+r.ID, 1)
		}
		if c.within(r.Finished) {
			add(fmt.Sprintf("change.outcome of change %s: %s", r.ID, r.Outcome), 1)
		}
	})
	each(c, RequestsFile, func(_ int64, r *Request) {
		if c.within(r.DecidedAt) && r.Kind != "overlap" { // that has nobody who decides
			add(decided(r)+" of request "+r.ID, 1)
		}
		for _, v := range r.Votes {
			if c.within(&v.At) {
				add(voted(r.ID, v.By, v.Approve), 1)
			}
		}
	})
	each(c, DecisionsFile, func(_ int64, d *Decision) {
		if c.within(&d.At) {
			add(reviewed(d.Item, d.By, d.Decision), 1)
		}
	})
	each(c, RevocationsFile, func(_ int64, r *Revocation) {
		if c.within(&r.At) {
			add("membership.revoked of revocation "+r.ID, 1)
		}
	})
	each(c, OrdersFile, func(_ int64, o *Order) {
		if c.within(&o.At) {
			add("access.ordered of order "+o.ID, 1)
		}
	})
	each(c, GrantsFile, func(_ int64, g *Grant) {
		if c.within(g.SettledAt) {
			add("grant.settled of grant "+g.ID, 1)
		}
	})
}

func reviewed(item, by, decision string) string {
	return fmt.Sprintf("review.decided of item %s by %s: %s", item, by, decision)
}

func decided(r *Request) string {
	if r.Kind == "break-glass" {
		return "glass.broken"
	}
	return "request." + r.Outcome
}

func voted(request, by string, approve bool) string {
	return fmt.Sprintf("request.voted of request %s by %s, approve %t", request, by, approve)
}

// events tells which events there are.
func (c *checker) events(add func(key string, n int64)) {
	after, head := audit.Head{}, audit.Head{}
	c.lines(AuditFile, func(n int64, text []byte) {
		var r struct {
			audit.Record
			After *audit.Head `json:"after"`
			Head  *audit.Head `json:"head"`
		}
		if json.Unmarshal(text, &r) != nil {
			return // chain has told
		}
		switch {
		case r.After != nil:
			after = *r.After
		case r.Head != nil:
			head = *r.Head
		case c.within(&r.At):
			if key := keyOf(&r.Record); key != "" {
				add(key, -1)
			}
		}
	})
	if after != c.manifest.After || head != c.manifest.Head {
		c.fault(AuditFile, 0, "it is not the part of the log that the manifest speaks of")
	}
}

// keyOf is what rows say of an event; "" for one that no row tells of.
func keyOf(r *audit.Record) string {
	text := func(name string) string { s, _ := r.Detail[name].(string); return s }
	switch r.Action {
	case "change.intent":
		return "change.intent of change " + r.Run + "." + text("change")
	case "change.outcome":
		return fmt.Sprintf("change.outcome of change %s.%s: %s", r.Run, text("change"), text("outcome"))
	case "request.approved", "request.denied", "request.cancelled", "request.expired", "glass.broken":
		return r.Action + " of request " + text("request")
	case "review.decided":
		return reviewed(text("item"), r.Actor, text("decision"))
	case "membership.revoked":
		return "membership.revoked of revocation " + text("revocation")
	case "access.ordered":
		return "access.ordered of order " + text("order")
	case "grant.settled":
		return "grant.settled of grant " + text("grant")
	case "request.voted":
		approve, _ := r.Detail["approve"].(bool)
		return voted(text("request"), r.Actor, approve)
	}
	return ""
}

// fileOf is where the row of a key stands.
func fileOf(key string) string {
	for word, file := range map[string]string{
		" of request ": RequestsFile, " of item ": DecisionsFile, " of revocation ": RevocationsFile, " of order ": OrdersFile, " of grant ": GrantsFile,
	} {
		if strings.Contains(key, word) {
			return file
		}
	}
	return ChangesFile
}

// unmatched tells what only the rows or only the log has.
func (c *checker) unmatched(t *trace) {
	for _, key := range t.sorted() {
		file := fileOf(key)
		if t.keys[key] > 0 {
			c.fault(file, 0, "the audit log has no %s", key)
		} else {
			c.fault(AuditFile, 0, "there is %s, and no row of %s tells of it", key, file)
		}
	}
	if more := t.bad - len(t.parts); more > 0 {
		c.fault(AuditFile, 0, "about %d more events and rows do not agree", more)
	}
}
