package salesforce

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"birthright/identity"
	"birthright/targets"
)

var errNoEntitlement = errors.New("no such permission set, profile or group")

// gift is an op on an assignment with everything looked up.
type gift struct {
	user  record
	thing thing
	// row is the id of the record that is there, "" for none; until and live say what it
	// is good for.
	row   string
	until time.Time
	live  bool
}

// assign makes the assignments of a run, all of profiles or none.
func (a *application) assign(run []int) {
	gifts, open := a.resolve(run)
	if len(open) == 0 {
		return
	}
	if a.ops[run[0]].Entitlement.Kind == Profile {
		a.swap(gifts, open)
		return
	}
	if err := a.whatIsThere(gifts, open); err != nil {
		a.missed(open, err)
		return
	}
	var make, move, end []int
	for _, i := range open {
		op, g := a.ops[i], gifts[i]
		switch {
		case op.Action == targets.Remove && (g.row == "" || !g.live):
			a.already(i, g)
		case op.Action == targets.Remove:
			end = append(end, i)
		case g.row == "":
			make = append(make, i)
		case g.live && g.until.Equal(wholeSeconds(op.NotAfter)):
			a.already(i, g)
		default: // another end, or one that has ended and stays as a row
			move = append(move, i)
		}
	}
	a.end(gifts, end)
	a.give(gifts, make)
	a.move(gifts, move)
}

func (a *application) already(i int, g *gift) {
	a.results[i] = targets.Result{Outcome: targets.Already, AccountID: text(g.user, "Id")}
}

// resolve finds the users and things that the ops name, and settles what names nothing.
func (a *application) resolve(run []int) (map[int]*gift, []int) {
	there, err := a.lookup(run)
	if err != nil {
		a.missed(run, err)
		return nil, nil
	}
	var wanted []identity.Entitlement
	for _, i := range run {
		wanted = append(wanted, a.ops[i].Entitlement)
	}
	things, err := a.t.find(a.ctx, wanted, func(thing) error { return nil })
	if err != nil {
		a.missed(run, err)
		return nil, nil
	}
	gifts := map[int]*gift{}
	var open []int
	for _, i := range run {
		op := a.ops[i]
		user := there.user(op.Account)
		x, ok := things.at[op.Entitlement]
		switch {
		case user == nil:
			a.results[i] = targets.Failed(op, targets.Stale, identity.NotFound, errNoAccount)
		case !ok:
			a.results[i] = targets.Failed(op, targets.Stale, identity.NotFound, errNoEntitlement)
		default:
			gifts[i] = &gift{user: user, thing: x}
			open = append(open, i)
		}
	}
	return gifts, open
}

// whatIsThere finds the records of the assignments.
func (a *application) whatIsThere(gifts map[int]*gift, open []int) error {
	byPair := map[[2]string]*gift{}
	var people []string
	asked := map[string]bool{}
	kinds := map[string]bool{}
	for _, i := range open {
		g := gifts[i]
		id := text(g.user, "Id")
		byPair[[2]string{id, g.thing.id}] = g
		if !asked[id] {
			asked[id] = true
			people = append(people, id)
		}
		kinds[object(g.thing)] = true
	}
	for _, part := range portions(people) {
		if kinds[assignmentObject] {
			err := a.t.query(a.ctx, assignmentFields, assignmentObject, within("AssigneeId", part)+" AND PermissionSet.IsOwnedByProfile = false", func(r record) error {
				if g := byPair[[2]string{text(r, "AssigneeId"), given(r)}]; g != nil {
					g.row = text(r, "Id")
					g.until, g.live = a.t.live(r)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		if kinds[memberObject] {
			err := a.t.query(a.ctx, "Id, GroupId, UserOrGroupId", memberObject, within("UserOrGroupId", part), func(r record) error {
				if g := byPair[[2]string{text(r, "UserOrGroupId"), text(r, "GroupId")}]; g != nil {
					g.row, g.live = text(r, "Id"), true
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

const (
	assignmentObject = "PermissionSetAssignment"
	memberObject     = "GroupMember"
)

// object is what the record of an assignment is.
func object(x thing) string {
	if x.kind == PublicGroup {
		return memberObject
	}
	return assignmentObject
}

// end takes assignments away.
func (a *application) end(gifts map[int]*gift, idx []int) {
	a.save(idx, func(part []int) ([]saved, error) {
		ids := make([]string, len(part))
		for n, i := range part {
			ids[n] = gifts[i].row
		}
		return a.t.erase(a.ctx, ids)
	}, func(i int, s saved) targets.Result {
		if !*s.Success && has(s, "ENTITY_IS_DELETED", "NOT_FOUND", "INVALID_CROSS_REFERENCE_KEY") {
			return targets.Result{Outcome: targets.Already, AccountID: text(gifts[i].user, "Id")} // it went since we looked
		}
		return a.of(gifts[i], a.judge(i, s))
	})
}

// give makes assignments.
func (a *application) give(gifts map[int]*gift, idx []int) {
	for _, kind := range []string{assignmentObject, memberObject} {
		some := slices.DeleteFunc(slices.Clone(idx), func(i int) bool { return object(gifts[i].thing) != kind })
		a.save(some, func(part []int) ([]saved, error) {
			records := make([]record, len(part))
			for n, i := range part {
				records[n] = fresh(gifts[i], a.ops[i].NotAfter)
			}
			return a.t.write(a.ctx, http.MethodPost, records, false)
		}, func(i int, s saved) targets.Result {
			if has(s, "DUPLICATE_VALUE") && a.ops[i].NotAfter.IsZero() {
				return targets.Result{Outcome: targets.Already, AccountID: text(gifts[i].user, "Id")} // it came since we looked
			}
			return a.of(gifts[i], a.judge(i, s))
		})
	}
}

// move changes when assignments end.
func (a *application) move(gifts map[int]*gift, idx []int) {
	var some []int
	for _, i := range idx {
		if object(gifts[i].thing) == memberObject {
			a.already(i, gifts[i]) // members of groups have no end here
			continue
		}
		some = append(some, i)
	}
	a.save(some, func(part []int) ([]saved, error) {
		records := make([]record, len(part))
		for n, i := range part {
			records[n] = row(assignmentObject, record{"id": gifts[i].row, "ExpirationDate": ending(a.ops[i].NotAfter)})
		}
		return a.t.write(a.ctx, http.MethodPatch, records, false)
	}, func(i int, s saved) targets.Result { return a.of(gifts[i], a.judge(i, s)) })
}

// of is a result about the user of a gift.
func (a *application) of(g *gift, r targets.Result) targets.Result {
	if r.Outcome.OK() {
		r.AccountID = text(g.user, "Id")
	}
	return r
}

// fresh is the record of a new assignment.
func fresh(g *gift, until time.Time) record {
	user := text(g.user, "Id")
	if g.thing.kind == PublicGroup {
		return row(memberObject, record{"GroupId": g.thing.id, "UserOrGroupId": user})
	}
	r := record{"AssigneeId": user}
	if g.thing.kind == PermissionSetGroup {
		r["PermissionSetGroupId"] = g.thing.id
	} else {
		r["PermissionSetId"] = g.thing.id
	}
	if !until.IsZero() {
		r["ExpirationDate"] = ending(until)
	}
	return row(assignmentObject, r)
}

// ending is a time as Salesforce takes it; nil for none.
func ending(until time.Time) any {
	if until.IsZero() {
		return nil
	}
	return wholeSeconds(until).Format(timeForm)
}

// wholeSeconds rounds up to what Salesforce keeps.
func wholeSeconds(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	whole := t.UTC().Truncate(time.Second)
	if whole.Before(t) {
		whole = whole.Add(time.Second)
	}
	return whole
}
