package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"birthright/audit"
	"birthright/identity"
	"birthright/internal/company"
	"birthright/reconcile"
	"birthright/store"
)

// Show puts on the whole story and then hands over to after, while everything
// is still running. after may be nil.
func Show(ctx context.Context, o Options, out io.Writer, color bool, after func(Stage) error) (err error) {
	began := time.Now()
	w, err := build(ctx, o, began)
	defer func() { err = errors.Join(err, w.close(ctx)) }()
	if err != nil {
		return err
	}
	s := &story{world: w, teller: &teller{out: out, color: color}, began: began, moved: map[string]bool{}}
	s.idp = newProvider("http://"+w.server.Addr()+"/scim/v2", w.token)
	if err := s.tell(ctx); err != nil {
		return err
	}
	if after == nil {
		return nil
	}
	end, err := s.stage(ctx)
	if err != nil {
		return err
	}
	return after(end)
}

// story is the show while it is going on.
type story struct {
	*world
	*teller
	idp     *provider
	began   time.Time
	figures [][2]string
	// outsider is whom somebody added to a group by hand, askedBefore who asked for
	// access for a time, and moved are those whom the show has moved.
	outsider, askedBefore string
	moved                 map[string]bool
}

func (s *story) figure(name, format string, args ...any) {
	s.figures = append(s.figures, [2]string{name, fmt.Sprintf(format, args...)})
}

// tell goes through the scenes. Each one leaves the systems right, or fails.
func (s *story) tell(ctx context.Context) error {
	s.title("Birthright: who gets what, from the first day to the last")
	scenes := []func(context.Context) error{
		s.arrival, s.decision, s.joiner, s.mover, s.forATime, s.leaver, s.byHand, s.outage, s.nothingToDo, s.creepScene, s.proof,
	}
	for _, scene := range scenes {
		if err := scene(ctx); err != nil {
			return err
		}
	}
	s.figure("The whole show took", "%s", took(time.Since(s.began)))
	s.teller.figures(s.figures)
	return nil
}

func (s *story) arrival(ctx context.Context) error {
	s.begin("People arrive")
	departments, teams, contractors := map[string]bool{}, map[string]bool{}, 0
	for _, p := range s.company.People {
		departments[p.Department], teams[p.Department+"/"+p.Team] = true, true
		if p.Type == company.Contractor {
			contractors++
		}
	}
	s.say("A company of %s people: %d departments, %d teams, %d contractors, names in many scripts.",
		count(len(s.company.People)), len(departments), len(teams), contractors)
	if err := s.systemsKnown(ctx); err != nil {
		return err
	}
	start := time.Now()
	if err := s.idp.pushAll(ctx, s.company.People, start); err != nil {
		return err
	}
	d := time.Since(start)
	s.seen("its identity provider pushed them all over SCIM in %s, each one on disk before the answer", took(d))
	s.figure("People pushed over SCIM", "%s in %s, %.0f a second", count(len(s.company.People)), took(d), float64(len(s.company.People))/d.Seconds())
	if err := s.settle(ctx); err != nil {
		return err
	}
	employed := 0
	for _, p := range s.company.People {
		if p.Employed(start) {
			employed++
		}
	}
	users, groups, memberships := s.scim.Size()
	people, ldapGroups, values := s.directorySize()
	if users != employed || people != employed {
		return fmt.Errorf("%d people work here, the app has %d accounts and the directory %d", employed, users, people)
	}
	s.seen("the SCIM app has %s accounts, %d groups, %s memberships", count(users), groups, count(memberships))
	s.seen("the LDAP directory has %s accounts, %d groups, %s members, %s after the first push", count(people), ldapGroups, count(values), took(time.Since(start)))
	s.figure("Memberships made in two systems", "%s, %s after the first push", count(memberships+values), took(time.Since(start)))
	return nil
}

func (s *story) decision(ctx context.Context) error {
	s.begin("Rules decide, and can say why")
	policy := s.hub.Engine().Policy()
	s.say("%d rules and %d groups are written down in policies/company.yaml.", len(policy.Rules), len(policy.Groups))
	who := s.pick(func(p company.Person) bool { return p.Department == "Engineering" && p.Type == company.Contractor })
	return s.hub.Store.View(ctx, func(tx *store.Tx) error {
		u, err := tx.UserByName(ctx, who.UserName)
		if err != nil {
			return err
		}
		world, err := s.hub.Runner.WorldFor(ctx, tx, u)
		if err != nil {
			return err
		}
		x := s.hub.Engine().Explain(u, world, "engineering")
		s.say("Why is %s (%s) not in engineering?", who.DisplayName, who.UserName)
		for _, m := range x.Unmet {
			s.seen("rule %s: %s — here %s, as %s says", m.Rule, m.Clause, m.Value, m.Source)
		}
		return nil
	})
}

func (s *story) joiner(ctx context.Context) error {
	s.begin("A joiner")
	someone := s.company.People[1]
	someone.UserName, someone.Email = "ada.newcomer", "ada.newcomer@"+company.Domain
	someone.GivenName, someone.FamilyName, someone.DisplayName = "Ada", "Newcomer", "Ada Newcomer"
	someone.EmployeeNumber, someone.Type, someone.Title = "900001", company.Employee, "Engineer"
	someone.Department, someone.Team, someone.Start, someone.End = "Engineering", "Platform", s.began.AddDate(0, 0, -1), time.Time{}
	start := time.Now()
	if err := s.idp.join(ctx, someone, start); err != nil {
		return err
	}
	if err := s.until(ctx, "the joiner has her access", func() bool {
		return s.inApp("engineering", someone.UserName) && s.inDirectory("engineering", someone.UserName)
	}); err != nil {
		return err
	}
	s.seen("Ada Newcomer is pushed, and is in engineering on both systems %s later", took(time.Since(start)))
	s.figure("A joiner has access after", "%s", took(time.Since(start)))
	return nil
}

func (s *story) mover(ctx context.Context) error {
	s.begin("A mover")
	start := time.Now()
	err := s.idp.patch(ctx, "ada.newcomer", map[string]any{
		"title": "Account Executive",
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department": "Sales",
		"urn:birthright:params:scim:schemas:extension:1.0:User:team":            "Field",
	})
	if err != nil {
		return err
	}
	if err := s.until(ctx, "the mover's access followed", func() bool {
		return s.inApp("crm", "ada.newcomer") && !s.inApp("engineering", "ada.newcomer") &&
			s.inDirectory("sales", "ada.newcomer") && !s.inDirectory("engineering", "ada.newcomer")
	}); err != nil {
		return err
	}
	s.seen("Ada moves to Sales: engineering is gone, sales is there, on both systems after %s", took(time.Since(start)))
	s.figure("A mover's access followed after", "%s", took(time.Since(start)))
	return nil
}

func (s *story) leaver(ctx context.Context) error {
	s.begin("A leaver")
	start := time.Now()
	if err := s.idp.patch(ctx, "ada.newcomer", map[string]any{"active": false}); err != nil {
		return err
	}
	if err := s.until(ctx, "the leaver's access is gone", func() bool {
		return !s.inApp("everyone", "ada.newcomer") && !s.inApp("crm", "ada.newcomer") && !s.activeInApp("ada.newcomer") &&
			!s.inDirectory("everyone", "ada.newcomer") && !s.inDirectory("sales", "ada.newcomer")
	}); err != nil {
		return err
	}
	s.seen("Ada is deactivated: no group on either system and no active account in the app after %s", took(time.Since(start)))
	s.figure("A leaver's access was gone after", "%s", took(time.Since(start)))
	return nil
}

func (s *story) byHand(ctx context.Context) error {
	s.begin("Somebody changes the app by hand")
	taken := s.scim.Members("engineering")[0]
	outsider := s.pick(func(p company.Person) bool {
		return p.Department == "Sales" && p.Employed(s.began) && !s.inApp("engineering", p.UserName)
	})
	if err := s.editApp(ctx, "engineering", "remove", taken); err != nil {
		return err
	}
	if err := s.editApp(ctx, "engineering", "add", outsider.UserName); err != nil {
		return err
	}
	s.outsider = outsider.UserName
	s.say("An administrator removes %s from engineering and adds %s from Sales.", taken, outsider.UserName)
	report, err := s.sync(ctx, true)
	if err != nil {
		return err
	}
	for _, d := range report.Runs[0].Drift {
		s.seen("drift: %s %s (%s)", d.Account, d.Entitlement, d.Kind)
	}
	if !s.inApp("engineering", taken) || !s.inApp("engineering", outsider.UserName) {
		return errors.New("the drift was not dealt with as it should be")
	}
	s.seen("what the hub had made is back; what it did not make is reported and left alone")
	s.figure("Drift found", "%d, one put back, one reported", len(report.Runs[0].Drift))
	return nil
}

func (s *story) outage(ctx context.Context) error {
	s.begin("A system is down when somebody leaves")
	gone := s.pick(func(p company.Person) bool {
		return p.Department == "Finance" && p.Type == company.Employee && s.inDirectory("finance", p.UserName)
	})
	s.ldap.Down()
	if err := s.idp.patch(ctx, gone.UserName, map[string]any{"active": false}); err != nil {
		return err
	}
	if err := s.until(ctx, "the app is right and the directory owed", func() bool {
		status, err := s.status(ctx, "directory")
		return err == nil && status.Overdue > 0 && !s.inApp("everyone", gone.UserName)
	}); err != nil {
		return err
	}
	s.seen("the directory does not answer: %s's removal there is overdue, and shown as that; the app is not kept waiting", gone.UserName)
	if err := s.ldap.Up(); err != nil {
		return err
	}
	back := time.Now()
	if err := s.until(ctx, "the directory caught up", func() bool { return !s.inDirectory("finance", gone.UserName) }); err != nil {
		return err
	}
	s.seen("it answers again, and %s is out %s later", gone.UserName, took(time.Since(back)))
	s.figure("Overdue removal done after the outage", "%s", took(time.Since(back)))
	return s.settle(ctx)
}

func (s *story) nothingToDo(ctx context.Context) error {
	s.begin("Everything is read again from end to end")
	s.scim.ResetRequests()
	start := time.Now()
	report, err := s.sync(ctx, true)
	if err != nil {
		return err
	}
	changes, _, _ := report.Totals()
	writes := 0
	for request, n := range s.scim.Requests() {
		if !strings.HasPrefix(request, "GET ") {
			writes += n
		}
	}
	if changes > 0 || writes > 0 {
		return fmt.Errorf("a run over an unchanged company planned %d changes and wrote %d times", changes, writes)
	}
	s.seen("both systems read whole in %s: nothing to do, and nothing written", took(time.Since(start)))
	s.figure("A whole run with nothing to do", "%s, 0 writes", took(time.Since(start)))
	return nil
}

func (s *story) proof(ctx context.Context) error {
	s.begin("The log proves it")
	var verdict audit.Verdict
	err := s.hub.Store.View(ctx, func(tx *store.Tx) error {
		head, err := tx.AuditHead(ctx)
		if err != nil {
			return err
		}
		verdict, err = audit.Verify(tx.AuditRecords(ctx, store.AuditQuery{}), audit.Head{}, head)
		return err
	})
	if err != nil {
		return err
	}
	if !verdict.OK {
		return fmt.Errorf("the audit log was changed at record %d: %s", verdict.FirstBad, verdict.Reason)
	}
	s.seen("%s records, each chained to the one before: intent, deed and outcome of every change", count(int(verdict.Records)))
	s.figure("Audit records verified", "%s", count(int(verdict.Records)))
	return nil
}

// sync makes a run and fails unless everything could be done.
func (s *story) sync(ctx context.Context, full bool) (reconcile.Report, error) {
	report, err := s.hub.Sync(ctx, reconcile.Request{Full: full, Actor: "operator:demo"})
	if err == nil && (len(report.Incomplete()) > 0 || report.Failed() > 0) {
		err = &identity.Error{Kind: identity.Internal, Op: "demo", Err: fmt.Errorf("%d changes failed, not complete: %v", report.Failed(), report.Incomplete())}
	}
	return report, err
}

// pick returns the first person that fits.
func (s *story) pick(fits func(company.Person) bool) company.Person {
	i := slices.IndexFunc(s.company.People, fits)
	return s.company.People[max(i, 0)]
}
