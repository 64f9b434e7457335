package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"birthright/grants/desk"
	"birthright/internal/company"
	"birthright/reviews/creep"
	"birthright/reviews/document"
	"birthright/store"
)

// What the show plants, for the report to find: all of it and nothing else. The
// outsider whom an administrator added by hand earlier is part of it.
const (
	secretGroup  = "ledger-export" // a group of the app that no policy speaks of
	orphanInApp  = "ci-deploy"
	orphanInLDAP = "old.contractor"
	moversKept   = 2
	askedAgain   = 3
)

// planted is what the report must find: who holds what, and how it came.
type planted struct {
	surplus map[string]string // "user entitlement" → cause
	orphans []string          // "target account"
	again   string            // who asks again and again
}

// creepScene lets access grow as it does in life, finds it, and takes it back.
func (s *story) creepScene(ctx context.Context) error {
	s.begin("Access has grown where nobody looked")
	p := planted{surplus: map[string]string{s.outsider + " app:group/engineering": creep.ByHand}}
	for _, plant := range []func(context.Context, *planted) error{s.plantMovers, s.plantSecret, s.plantOrphans, s.plantRepeated} {
		if err := plant(ctx, &p); err != nil {
			return err
		}
	}
	if _, err := s.sync(ctx, true); err != nil {
		return err
	}
	made, err := s.hub.Papers(ctx, []string{"creep"}, s.hub.Usual())
	if err != nil {
		return err
	}
	if err := p.compare(made[0].Creep); err != nil {
		return err
	}
	if err := s.tellCreep(made[0].Creep, &p); err != nil {
		return err
	}
	files, err := s.hub.WritePaper(ctx, &made[0], filepath.Join(s.dir, "reports"), "creep", []document.Form{document.FormHTML}, "operator:demo")
	if err != nil {
		return err
	}
	s.seen("the report prints from one file, %s, whose SHA-256 the audit log names", files[0])
	return s.takeBack(ctx, made[0].Creep)
}

// plantMovers moves people to Customer Support, and an administrator of the app puts
// them back where they were.
func (s *story) plantMovers(ctx context.Context, p *planted) error {
	for range moversKept {
		mover := s.pick(func(c company.Person) bool {
			return c.Department == "Sales" && c.Type == company.Employee && c.UserName != s.outsider && s.inApp("crm", c.UserName) && !s.moved[c.UserName]
		}).UserName
		s.moved[mover] = true
		err := s.idp.patch(ctx, mover, map[string]any{
			"title": "Support Specialist",
			"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department": "Customer Support",
			"urn:birthright:params:scim:schemas:extension:1.0:User:team":            "Tier 1",
		})
		if err != nil {
			return err
		}
		if err := s.until(ctx, "the mover's access followed", func() bool { return !s.inApp("crm", mover) && s.inApp("helpdesk", mover) }); err != nil {
			return err
		}
		if err := s.editApp(ctx, "crm", "add", mover); err != nil {
			return err
		}
		p.surplus[mover+" app:group/crm"] = creep.AfterMove
	}
	s.say("%d people moved from Sales to Customer Support, and had an administrator put them back into the CRM.", moversKept)
	return nil
}

// plantSecret makes a group in the app that the hub was never told of.
func (s *story) plantSecret(ctx context.Context, p *planted) error {
	holder := s.pick(func(c company.Person) bool {
		return c.Department == "Marketing" && c.Type == company.Employee && s.inApp("everyone", c.UserName)
	}).UserName
	userID, err := s.findInApp(ctx, "Users", "userName", holder)
	if err != nil {
		return err
	}
	if err := s.createInApp(ctx, "Groups", map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Group"}, "displayName": secretGroup, "members": []any{map[string]string{"value": userID}},
	}); err != nil {
		return err
	}
	p.surplus[holder+" app:group/"+secretGroup] = creep.ByHand
	s.say("Somebody made the group %s in the app and put %s of Marketing into it.", secretGroup, holder)
	return nil
}

func (s *story) createInApp(ctx context.Context, kind string, resource map[string]any) error {
	body, err := json.Marshal(resource)
	if err != nil {
		return err
	}
	return call(ctx, s.idp.http, http.MethodPost, s.scim.URL()+"/"+kind, s.appKey, body, nil)
}

// plantOrphans makes accounts on both systems that belong to nobody.
func (s *story) plantOrphans(ctx context.Context, p *planted) error {
	err := s.createInApp(ctx, "Users", map[string]any{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "userName": orphanInApp, "active": true})
	if err != nil {
		return err
	}
	if err := s.editApp(ctx, "everyone", "add", orphanInApp); err != nil {
		return err
	}
	person := "uid=" + orphanInLDAP + ",ou=people," + suffix
	err = s.ldap.Load(strings.NewReader(fmt.Sprintf(`dn: %[1]s
objectClass: inetOrgPerson
uid: %[2]s
cn: Old Contractor
sn: Contractor

dn: cn=legacy-admins,ou=groups,%[3]s
objectClass: groupOfNames
cn: legacy-admins
member: %[1]s
`, person, orphanInLDAP, suffix)))
	if err != nil {
		return err
	}
	p.orphans = []string{"app " + orphanInApp, "directory " + orphanInLDAP}
	s.say("A pipeline has an account of its own in the app, and somebody who left years ago one in the directory.")
	return nil
}

// plantRepeated has somebody ask for the same access again and again.
func (s *story) plantRepeated(ctx context.Context, p *planted) error {
	owner, err := s.hub.Desk.Actor(ctx, s.scim.Members("engineering-leads")[0])
	if err != nil {
		return err
	}
	p.again = s.pick(func(c company.Person) bool {
		return c.Department == "Engineering" && c.Type == company.Employee && c.UserName != s.askedBefore && s.inApp("engineering", c.UserName) && !s.inApp("engineering-leads", c.UserName)
	}).UserName
	asker, err := s.hub.Desk.Actor(ctx, p.again)
	if err != nil {
		return err
	}
	for i := range askedAgain {
		long := time.Second
		if i == askedAgain-1 {
			long = time.Hour
		}
		made, err := s.hub.Desk.Ask(ctx, asker, desk.Wish{Groups: []string{precious}, For: long, Reason: "look at orders"})
		if err != nil {
			return err
		}
		if _, err := s.hub.Desk.Approve(ctx, owner, made[0].ID, ""); err != nil {
			return err
		}
		if err := s.until(ctx, "the access is there", func() bool { return s.inApp(precious, p.again) && s.inDirectory(precious, p.again) }); err != nil {
			return err
		}
		if i < askedAgain-1 {
			if err := s.until(ctx, "the access is gone", func() bool { return !s.inApp(precious, p.again) && !s.inDirectory(precious, p.again) }); err != nil {
				return err
			}
		}
	}
	s.say("And %s asks for %s again and again: %d times so far.", p.again, precious, askedAgain)
	return s.settle(ctx)
}

// compare sees that the report names what was planted, all of it and nothing else.
func (p *planted) compare(r *creep.Report) error {
	found := map[string]string{}
	for _, u := range r.Users {
		for _, e := range u.Surplus {
			found[u.User+" "+e.Entitlement] = e.Cause
		}
	}
	var faults []string
	for what, cause := range p.surplus {
		if found[what] != cause {
			faults = append(faults, fmt.Sprintf("%s is planted (%s), and the report says %q", what, cause, found[what]))
		}
	}
	for what, cause := range found {
		if _, ours := p.surplus[what]; !ours {
			faults = append(faults, fmt.Sprintf("%s (%s) was found and not planted", what, cause))
		}
	}
	var orphans, again []string
	for _, o := range r.Orphans {
		orphans = append(orphans, o.Target+" "+o.Account)
	}
	slices.Sort(orphans)
	for _, x := range r.RepeatedJIT {
		again = append(again, x.User)
	}
	if !slices.Equal(orphans, p.orphans) {
		faults = append(faults, fmt.Sprintf("orphans: planted are %v, found were %v", p.orphans, orphans))
	}
	if !slices.Equal(again, []string{p.again}) {
		faults = append(faults, fmt.Sprintf("asked for again and again: by %s, found were %v", p.again, again))
	}
	if len(r.Incomplete) > 0 {
		faults = append(faults, fmt.Sprintf("not known well enough: %v", r.Incomplete))
	}
	slices.Sort(faults)
	return errors.Join(slices.Collect(func(yield func(error) bool) {
		for _, f := range faults {
			if !yield(errors.New(f)) {
				return
			}
		}
	})...)
}

func (s *story) tellCreep(r *creep.Report, p *planted) error {
	for _, u := range r.Users {
		for _, e := range u.Surplus {
			s.seen("%s holds %s (%s, score %d): %s", u.User, e.Entitlement, strings.ReplaceAll(e.Cause, "-", " "), e.Score, e.How)
		}
	}
	for _, o := range r.Orphans {
		s.seen("account %s on %s belongs to nobody", o.Account, o.Target)
	}
	for _, x := range r.RepeatedJIT {
		s.seen("%s was granted %s %d times: standing access in disguise", x.User, x.Group, x.Grants)
	}
	s.figure("Planted creep found", "%d of %d, and nothing else, among %s holdings", len(p.surplus)+len(p.orphans)+1, len(p.surplus)+len(p.orphans)+1, count(r.Summary.Holdings))
	return nil
}

// takeBack orders what people hold in surplus removed, and sees it gone.
func (s *story) takeBack(ctx context.Context, r *creep.Report) error {
	start := time.Now()
	plan := r.Plan(creep.Filter{})
	orders, err := s.hub.OrderRemovals(ctx, plan, "operator:demo", "found by the creep report")
	if err != nil {
		return err
	}
	ids := make([]string, len(orders))
	for i, o := range orders {
		ids[i] = o.ID
	}
	err = s.until(ctx, "what nothing explains is gone", func() bool {
		gone := 0
		err := s.hub.Store.View(ctx, func(tx *store.Tx) error {
			rows, err := tx.OrdersByID(ctx, ids)
			for _, o := range rows {
				if o.Outcome == store.OrderGone {
					gone++
				}
			}
			return err
		})
		return err == nil && gone == len(ids)
	})
	if err != nil {
		return err
	}
	s.seen("its plan is applied: %d entitlements are taken away, and the app is seen without them %s later", len(ids), took(time.Since(start)))
	s.figure("Surplus gone, and seen to be gone, after", "%s", took(time.Since(start)))
	return s.settle(ctx)
}
