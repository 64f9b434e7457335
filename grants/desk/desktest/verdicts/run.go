package verdicts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"birthright/grants/desk"
	"birthright/grants/desk/desktest"
	"birthright/identity"
)

// Town is an office in which every cell is tried.
type Town struct {
	*desktest.Office
	away  Away
	cells []cell
	tried int
	head  int64 // of the audit log
	// delegation is one of anna's that nobody has ended yet.
	delegation string
}

// cell is a call by somebody, about a thing or nil.
type cell struct {
	who   string
	call  Call
	about *Thing
}

// Door is a way in.
type Door interface {
	// Try makes a call. who is a name, one of Programs, Outside or Narrowed.
	Try(who string, c Call, x *Thing) (got Verdict, said string)
}

// Open prepares all that everybody needs, where away are to be away. offers says whether a
// door has a call, and whether such callers come in there. A thing that a cell may change is
// there for that cell alone.
func Open(t testing.TB, away Away, offers func(who string, c Call) bool) *Town {
	town := &Town{away: away}
	all := town.plan(offers)
	for i, x := range all {
		x.Room, x.User = fmt.Sprintf("room-%d", i), x.For
		if x.For == Ben {
			x.User = fmt.Sprintf("ben%d", i%bens)
		}
	}
	town.Office = desktest.Open(t, policy(all))
	town.Desk.Auditors = []string{"user:audra"}
	town.populate()
	town.furnish(all)
	return town
}

// Depart has those go who are to be away. What is tried before is tried with all at home.
func (t *Town) Depart() {
	t.Helper()
	for name, state := range t.away {
		if name != Ben {
			t.Send(name, state)
			continue
		}
		for i := range bens {
			t.Send(fmt.Sprintf("ben%d", i), state)
		}
	}
}

// Callers are all who call.
func (t *Town) Callers() []string {
	all := everyone()
	for i := range bens {
		all = append(all, fmt.Sprintf("ben%d", i), fmt.Sprintf("ben%d:read", i))
	}
	return slices.DeleteFunc(all, func(who string) bool { name, _, _ := strings.Cut(who, ":"); return name == Ben })
}

// bens is how many people share what ben gets.
const bens = 40

// everyone are all who call.
func everyone() []string {
	return strings.Fields(People + " " + Programs + " " + Outside + " " + Narrowed)
}

// plan lists the cells and the things that they take.
func (t *Town) plan(offers func(who string, c Call) bool) (all []*Thing) {
	for _, x := range things(t.away) {
		shared := &x
		all = append(all, shared)
		for _, who := range everyone() {
			person := slices.Contains(strings.Fields(People), who)
			for _, call := range about {
				seldom := !person || call == Look || call == List || call == ListGrant || call == ListGlass
				if !call.fits(&x) || !offers(who, call) || seldom && !x.plain() {
					continue
				}
				own := shared
				if Want(who, call, &x, t.away) == Yes && !call.Reads() {
					copied := x
					own = &copied
					all = append(all, own)
				}
				t.cells = append(t.cells, cell{who, call, own})
			}
		}
	}
	for _, who := range everyone() {
		for _, call := range general {
			if offers(who, call) {
				t.cells = append(t.cells, cell{who, call, nil})
			}
		}
	}
	return all
}

// populate has everybody come.
func (t *Town) populate() {
	for _, name := range strings.Fields(People) {
		if name != Ben {
			t.Join(name)
		}
	}
	for i := range bens {
		t.Join(fmt.Sprintf("ben%d manager=mona", i))
	}
	t.Join("dave")
	t.Shift("otis", "night", 20*time.Hour)
	t.Full()
	for to, from := range deputies {
		_, err := t.Delegate(t.Context(), t.As(from), desk.Delegation{To: to, End: t.Now().Add(100 * time.Hour)})
		t.Must(err)
	}
}

// furnish brings every thing into its state.
func (t *Town) furnish(all []*Thing) {
	early := func(x *Thing) bool {
		return x.Object == Expired || x.Shape.Name == "handed" && x.Object != Glass && x.Object != Examined
	}
	t.each(all, func(x *Thing) error {
		if early(x) {
			return t.ask(x)
		}
		return nil
	})
	t.Pass(2 * time.Hour)
	t.Shift("otis", "night", 20*time.Hour)
	t.each(all, func(x *Thing) error {
		if !early(x) {
			if err := t.ask(x); err != nil {
				return err
			}
		}
		return t.bring(x)
	})
	t.Work()
	t.each(all, t.finish)
	t.Work()
}

// each does something to all, some at a time: they share their commits.
func (t *Town) each(all []*Thing, do func(x *Thing) error) {
	t.Helper()
	var mu sync.Mutex
	var faults []error
	var workers sync.WaitGroup
	next := make(chan *Thing)
	for range 16 {
		workers.Go(func() {
			for x := range next {
				if err := do(x); err != nil {
					mu.Lock()
					faults = append(faults, fmt.Errorf("%s: %w", x, err))
					mu.Unlock()
				}
			}
		})
	}
	for _, x := range all {
		next <- x
	}
	close(next)
	workers.Wait()
	t.Must(errors.Join(faults...))
}

// named is who acts by that name: of ben, the one who gets the thing.
func (x *Thing) name(who string) string {
	if who == Ben && x != nil && x.For == Ben {
		return x.User
	}
	if who == Ben {
		return "ben0"
	}
	return who
}

func (t *Town) ask(x *Thing) error {
	by, err := t.Actor(t.Context(), x.name(x.By))
	if err != nil {
		return err
	}
	if x.Object == Glass || x.Object == Examined {
		made, err := t.BreakGlass(t.Context(), by, desk.Wish{Groups: []string{x.Room}, Reason: "fire"})
		x.Request, x.Grant = made.ID, made.Grant
		return err
	}
	w := desk.Wish{User: x.User, Groups: []string{x.Room}, For: time.Hour, Reason: "look"}
	if x.Object == Later {
		w.Start = t.Now().Add(5 * time.Hour)
	}
	made, err := t.Ask(t.Context(), by, w)
	if err == nil {
		x.Request = made[0].ID
	}
	return err
}

// decide has the stage that is open answered by the first who may, by the operator where
// nobody may.
func (t *Town) decide(ctx context.Context, x *Thing, stage int, approve bool) error {
	actor := desk.Operator("operator:test")
	for _, who := range strings.Fields(People) {
		if x.decides(who, stage, nil) {
			var err error
			if actor, err = t.Actor(ctx, who); err != nil {
				return err
			}
			break
		}
	}
	answer, err := t.Decide(ctx, actor, x.Request, desk.Decision{Approve: approve, Note: "so"})
	x.Grant = answer.Request.Grant
	return err
}

func (t *Town) bring(x *Thing) error {
	ctx := t.Context()
	switch x.Object {
	case Denied:
		return t.decide(ctx, x, 0, false)
	case Second:
		return t.decide(ctx, x, 0, true)
	case Cancelled:
		_, err := t.Cancel(ctx, desk.Operator("operator:test"), x.Request)
		return err
	case Later, Active, Ended, Longer:
		for stage := range x.stages {
			if err := t.decide(ctx, x, stage, true); err != nil {
				return err
			}
			if x.Grant != "" {
				return nil // the operator's word is enough for all
			}
		}
	}
	return nil
}

// finish does what takes a grant that is active.
func (t *Town) finish(x *Thing) (err error) {
	ctx, operator := t.Context(), desk.Operator("operator:test")
	switch x.Object {
	case Ended:
		_, err = t.Revoke(ctx, operator, x.Grant, "enough")
	case Examined:
		_, err = t.Desk.Examine(ctx, operator, x.Request, "abuse", "")
	case Longer:
		var longer desk.Extension
		by, errBy := t.Actor(ctx, x.name(x.By))
		if errBy != nil {
			return errBy
		}
		if longer, err = t.Desk.Extend(ctx, by, x.Grant, 5*time.Minute, "more"); err == nil {
			x.Request = longer.Request.ID
		}
	}
	return err
}

// Aim is which group a call about nothing in particular is about, and who is to get it: each
// caller asks for another.
func (t *Town) Aim(who string, c Call) (group, user string) {
	name, _, narrowed := strings.Cut(who, ":")
	switch {
	case c == AskSelf && narrowed:
		return "attic", ""
	case c == AskSelf:
		return "lobby", ""
	case c == GlassSelf:
		return "yard", ""
	}
	group = map[Call]string{AskBen: "hall", GlassBen: "porch"}[c]
	if strings.HasPrefix(name, Ben) {
		return group, name
	}
	return group, fmt.Sprintf("ben%d", 1+slices.Index(everyone(), who))
}

// Delegation is one of anna's to dave, that nobody has ended.
func (t *Town) Delegation() string { return t.delegation }

// Until is an instant that is ahead.
func (t *Town) Until() time.Time { return t.Now().Add(24 * time.Hour) }

// Tried is how many cells there were.
func (t *Town) Tried() int { return t.tried }

// Run tries every cell. Those who may find it done; whoever may not, or comes too late, has
// left the audit log as it was.
func (t *Town) Run(d Door) {
	t.Helper()
	t.head = t.AuditHead()
	for _, c := range t.cells {
		want := Want(c.who, c.call, c.about, t.away)
		t.try(d, c, want)
	}
}

// try tries one cell.
func (t *Town) try(d Door, c cell, want Verdict) {
	t.Helper()
	t.tried++
	who, only, narrowed := strings.Cut(c.who, ":")
	name := c.about.name(who)
	if narrowed {
		name += ":" + only
	}
	if c.call == Undelegate {
		t.deputise()
	}
	got, said := d.Try(name, c.call, c.about)
	changed := false
	if head := t.AuditHead(); head > t.head {
		changed, t.head = true, head
	}
	if got == Yes && !c.call.Reads() && !changed {
		got = Same
	}
	if got != want {
		t.Errorf("%s, %s, %v: %s, want %s: %s", c.who, c.call, c.about, got, want, said)
	}
	if changed && want != Yes {
		t.Errorf("%s, %s, %v: %s, and something changed", c.who, c.call, c.about, got)
	}
}

// deputise has dave decide for anna, whether she is here or not.
func (t *Town) deputise() {
	made, err := t.Delegate(t.Context(), desk.Operator("operator:test"), desk.Delegation{From: "anna", To: "dave", End: t.Until()})
	t.Must(err)
	t.delegation, t.head = made.ID, t.AuditHead()
}

// RunAway tries every call by everybody who is away, of one thing of each kind, in each
// state that there is: nobody may anything.
func (t *Town) RunAway(d Door) {
	t.Helper()
	var few []cell
	seen := map[string]bool{}
	for _, c := range t.cells {
		key := c.who + string(c.call)
		if c.about != nil {
			key += c.about.Object
		}
		if !seen[key] && slices.Contains(strings.Fields(People), c.who) {
			few, seen[key] = append(few, c), true
		}
	}
	for _, state := range []string{"staged", "leave", "suspended", "left"} {
		t.everybody(state)
		t.head = t.AuditHead()
		for _, c := range few {
			t.try(d, c, No)
		}
		if state != "left" { // there is no way back from that
			t.everybody("")
		}
	}
}

// everybody sends all away, or has them come back.
func (t *Town) everybody(state string) {
	for _, name := range strings.Fields(People) {
		if name != Ben {
			t.Send(name, state)
		}
	}
	for i := range bens {
		t.Send(fmt.Sprintf("ben%d", i), state)
	}
}

// Send puts somebody into a state: "" is back.
func (t *Town) Send(name, state string) {
	t.Helper()
	switch state {
	case "":
		t.Change(name, identity.AttrOnLeave, "false")
		t.Change(name, identity.AttrStartDate, "")
		t.Change(name, identity.AttrActive, "true")
	case "staged":
		t.Change(name, identity.AttrStartDate, "2030-01-01")
	case "leave":
		t.Change(name, identity.AttrOnLeave, "true")
	case "suspended":
		t.Suspend(name)
	case "left":
		t.Leave(name)
	}
}
