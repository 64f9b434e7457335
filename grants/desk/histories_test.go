package desk_test

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"birthright/grants"
	"birthright/grants/desk"
	"birthright/grants/desk/desktest"
	"birthright/store"
	"birthright/targets"
	"birthright/targets/memory"
)

// answer is what became of a vote: whether it changed nothing, in whose place it was
// given, what the request is now, and the grant that followed.
type answer struct {
	already                 bool
	principal, state, grant string
}

// place is where a history is played: the real thing, or a plain one in memory.
type place interface {
	Now() time.Time
	Pass(d time.Duration)
	Suspend(name string)
	Resume(name string)
	Leave(name string) // for good
	Edit(edition int)  // of the policy
	Ask(by, user, group string, d time.Duration, start time.Time) (id string, err error)
	Glass(by string, d time.Duration) (id, grant string, err error)
	Answer(by, id string, approve bool) (answer, error)
	Cancel(by, id string) error
	Amend(by, id string, d time.Duration) error
	Extend(by, grant string, d time.Duration) (id, state string, err error)
	Stop(by, grant string, revoke bool) error
	Deputise(from, to string, d time.Duration) error
	// Work does what is due; a positive kill interrupts it somewhere, and killed says so.
	Work(kill int) (killed bool)
	// Full looks at everything.
	Full()
	// Start starts a program that was not running.
	Start()
	Faults(f memory.Faults)
	Holds(group string) []string
	Records() map[string]grants.Grant
	// Recorded is the outcome of a request that is on record, "" for none; State is what
	// it is by now.
	Recorded(request string) string
	State(request string) string
}

// history plays one random history on a place and holds it against the model.
type history struct {
	*rapid.T
	place
	*model
	log    []string
	unsure bool      // the run was interrupted, and not looked after since
	looked time.Time // when the hub ran last
	unmet  bool      // the target was away, or answers were lost, and not looked after since
}

func (h *history) note(format string, args ...any) {
	h.log = append(h.log, h.Now().Format("15:04:05 ")+fmt.Sprintf(format, args...))
}

func (h *history) check(what string, err error) {
	h.Helper()
	if err != nil {
		h.Fatalf("%s: %v\n%s", what, err, strings.Join(h.log, "\n"))
	}
}

// must sees that somebody may do something exactly if the model says so.
func (h *history) must(may bool, what string, err error) bool {
	h.Helper()
	h.note("%s: %v", what, err)
	if may != (err == nil) {
		h.check(what, fmt.Errorf("allowed: %v, but the model says %v: %v", err == nil, may, err))
	}
	return may
}

var lengths = []time.Duration{20 * time.Minute, time.Hour, 2 * time.Hour, 3 * time.Hour}

func (h *history) play(steps int) {
	acts := []func(){
		h.ask, h.ask, h.ask, h.answer, h.answer, h.answer, h.answer, h.answer, h.answer, h.answer, h.cancel, h.amend, h.extend, h.extend, h.stop, h.glass,
		h.away, h.away, h.leave, h.edit, h.deputise, h.wait, h.wait, h.wait, h.back, h.work, h.work, h.work, h.work, h.outage, h.crash, h.lose,
	}
	for range steps {
		acts[rapid.IntRange(0, len(acts)-1).Draw(h.T, "act")]()
	}
	h.settle()
	h.pass(10 * time.Hour)
	h.work()
	for _, g := range h.given {
		if record := h.Records()[g.id]; record.SettledAt.IsZero() {
			h.check("in the end", fmt.Errorf("%s is not settled: %+v", g.id, record))
		}
	}
}

func (h *history) someone() string { return rapid.SampledFrom(modelPeople).Draw(h.T, "who") }

func (h *history) length() time.Duration { return rapid.SampledFrom(lengths).Draw(h.T, "for") }

func (h *history) pass(d time.Duration) {
	now := h.Now()
	h.Pass(h.clear(now.Add(d)).Sub(now))
}

func (h *history) ask() {
	user, group, d := rapid.SampledFrom([]string{"ada", "ada", "bob", "bob", "otto"}).Draw(h.T, "user"), rapid.SampledFrom(modelGroups).Draw(h.T, "group"), h.length()
	by := user
	if rapid.IntRange(0, 9).Draw(h.T, "by another") == 0 {
		by = h.someone()
	}
	now := h.Now()
	var start time.Time
	if rapid.IntRange(0, 2).Draw(h.T, "later") == 0 {
		start = now.Add(time.Duration(rapid.IntRange(1, 90).Draw(h.T, "in")) * time.Minute)
	}
	id, err := h.Ask(by, user, group, d, start)
	if h.must(by == user && h.mayAsk(user, group, d, now), fmt.Sprintf("%s asks for %s for %s for %s at %s: %s", by, group, user, d, start.Format(time.TimeOnly), id), err) {
		h.requests = append(h.requests, &asked{id: id, user: user, by: by, group: group, start: start, d: d, expires: now.Add(modelPatience), revision: 1})
	}
}

// request picks one, mostly a late one.
func (h *history) request() *asked {
	if len(h.requests) == 0 {
		return nil
	}
	return h.requests[max(0, len(h.requests)-1-rapid.SampledFrom([]int{0, 0, 0, 1, 1, 2, 5}).Draw(h.T, "request"))]
}

func (h *history) grant() *given {
	if len(h.given) == 0 {
		return nil
	}
	return h.given[max(0, len(h.given)-1-rapid.SampledFrom([]int{0, 0, 0, 1, 1, 2}).Draw(h.T, "grant"))]
}

func (h *history) answer() {
	r := h.request()
	if r == nil {
		return
	}
	approve, by, now := rapid.IntRange(0, 9).Draw(h.T, "approves") > 0, h.someone(), h.Now()
	if rapid.Bool().Draw(h.T, "likely") {
		_, stage := h.verdict(r, now)
		by = rapid.SampledFrom(h.entitled(r, stage)).Draw(h.T, "likely who")
	}
	if by == "" {
		return
	}
	was, what := h.state(r, now), fmt.Sprintf("%s answers %s: %v", by, r.id, approve)
	if is := h.State(r.id); is != was {
		h.check(what, fmt.Errorf("it is %s, and should be %s", is, was))
	}
	got, err := h.Answer(by, r.id, approve)
	if was != grants.Pending {
		h.note("%s: it is %s: %v", what, was, err)
		if err == nil && (!got.already || (was == grants.Approved) != approve || (was == grants.Denied) == approve || h.model.away[by]) {
			h.check(what, fmt.Errorf("it was %s, and that changed", was))
		}
		return
	}
	before, stage := h.verdict(r, now)
	voices := h.voices(r, stage, by, now)
	if len(voices) == 0 {
		h.must(false, what, err)
		return
	}
	said := slices.ContainsFunc(r.votes, func(v vote) bool {
		return v.by == by && v.stage == stage && v.approve == approve && v.revision == r.revision && v.terms == h.terms(r.group) && slices.Contains(voices, v.principal)
	})
	votes := r.votes
	if !said {
		principal := got.principal
		if err != nil {
			principal = h.unheard(r, voices, stage)
		}
		if !slices.Contains(voices, principal) {
			h.check(what, fmt.Errorf("in the place of %s", principal))
		}
		r.votes = append(slices.Clone(votes), vote{by, principal, stage, approve, r.revision, h.terms(r.group)})
	}
	after, _ := h.verdict(r, now)
	if said && before == grants.Pending {
		h.must(true, what+" again", err)
		return
	}
	if after == grants.Approved && (h.model.away[r.user] || r.d > h.most(r.group) || r.longer != nil && !h.canBeLonger(r.longer, r.d, now)) {
		h.must(false, what+" at the wrong time", err)
		r.votes = votes
		return
	}
	h.must(true, what, err)
	if got.state != after {
		h.check(what, fmt.Errorf("it is %s, and should be %s", got.state, after))
	}
	h.conclude(r, after, got.grant, now)
}

// unheard is the first of those in whose place somebody may answer who has not been
// heard: in whose place it is answered.
func (h *history) unheard(r *asked, voices []string, stage int) string {
	for _, name := range voices {
		heard := func(v vote) bool {
			return v.stage == stage && v.principal == name && v.revision == r.revision && v.terms == h.terms(r.group)
		}
		if !slices.ContainsFunc(r.votes, heard) {
			return name
		}
	}
	return voices[0]
}

// conclude does in the model what the votes came to.
func (h *history) conclude(r *asked, state, grant string, now time.Time) {
	if state == grants.Pending {
		return
	}
	r.outcome = state
	switch {
	case state == grants.Denied:
	case r.longer != nil:
		r.longer.d, r.longer.end = r.longer.d+r.d, r.longer.end.Add(r.d)
	default:
		start := r.start
		if start.Before(now) {
			start = h.Records()[grant].StartsAt // the very moment
		}
		h.given = append(h.given, &given{id: grant, of: r, start: start, d: r.d})
	}
}

func (h *history) canBeLonger(g *given, d time.Duration, now time.Time) bool {
	longest := 9 * time.Hour
	if g.of.group == "team" {
		longest = 16 * time.Hour
	}
	return !g.glass && !g.active.IsZero() && !g.isOver(now) && g.d+d <= longest
}

func (h *history) cancel() {
	r := h.request()
	if r == nil {
		return
	}
	by, now := h.someone(), h.Now()
	if rapid.Bool().Draw(h.T, "own") {
		by = r.by
	}
	state := h.state(r, now)
	may := !h.model.away[by] && r.concerns(by)
	switch state {
	case grants.Denied, grants.Expired:
		may = false
	case grants.Approved:
		may = may && r.longer == nil
	}
	for _, g := range h.given {
		may = may && (g.of != r || !g.begun || g.isOver(now))
	}
	if !h.must(may, fmt.Sprintf("%s cancels %s, which is %s", by, r.id, state), h.Cancel(by, r.id)) {
		return
	}
	if state == grants.Pending {
		r.outcome = grants.Cancelled
	}
	for _, g := range h.given {
		if g.of == r {
			g.over, g.why = true, "cancelled"
		}
	}
}

func (h *history) amend() {
	r := h.request()
	if r == nil {
		return
	}
	by, d, now := h.someone(), h.length(), h.Now()
	if rapid.Bool().Draw(h.T, "own") {
		by = r.by
	}
	may := !h.model.away[by] && !h.model.away[r.user] && by == r.by && h.state(r, now) == grants.Pending && d <= h.most(r.group)
	if h.must(may, fmt.Sprintf("%s changes %s to %s", by, r.id, d), h.Amend(by, r.id, d)) {
		r.d, r.revision = d, r.revision+1
	}
}

func (h *history) extend() {
	g := h.grant()
	if g == nil {
		return
	}
	by, d, now := g.of.user, h.length(), h.Now()
	if rapid.IntRange(0, 4).Draw(h.T, "another") == 0 {
		by = h.someone()
	}
	may := !h.model.away[by] && !h.model.away[g.of.user] && g.of.concerns(by) && h.canBeLonger(g, d, now) && d <= h.most(g.of.group)
	for _, r := range h.requests {
		may = may && (r.longer == nil || r.user != g.of.user || r.group != g.of.group || h.state(r, now) != grants.Pending)
	}
	id, state, err := h.Extend(by, g.id, d)
	if !h.must(may, fmt.Sprintf("%s extends %s by %s: %s", by, g.id, d, id), err) {
		return
	}
	r := &asked{id: id, user: g.of.user, by: by, group: g.of.group, d: d, expires: now.Add(modelPatience), revision: 1, longer: g}
	if g.end.Before(r.expires) {
		r.expires = g.end
	}
	h.requests = append(h.requests, r)
	want := grants.Pending
	if g.of.group == "db" {
		want = grants.Approved
		h.conclude(r, want, "", now)
	}
	if state != want {
		h.check("extend", fmt.Errorf("it is %s, and should be %s", state, want))
	}
	if state == grants.Pending && rapid.IntRange(0, 2).Draw(h.T, "in vain") == 0 {
		h.stopBy(g, g.of.user, false) // and somebody may still say yes
	}
}

func (h *history) stop() {
	g := h.grant()
	if g == nil {
		return
	}
	h.stopBy(g, h.someone(), rapid.Bool().Draw(h.T, "revokes"))
}

func (h *history) stopBy(g *given, by string, revoke bool) {
	may := by == g.of.user
	if revoke {
		may = slices.Contains(h.owners(g.of.group), by) || by == managerOf(g.of.user)
	}
	if h.must(may && !h.model.away[by], fmt.Sprintf("%s stops %s, revoking: %v", by, g.id, revoke), h.Stop(by, g.id, revoke)) && !g.over {
		g.over, g.why = true, "stopped"
	}
}

func (h *history) glass() {
	by := rapid.SampledFrom([]string{"ada", "bob", "eve"}).Draw(h.T, "by")
	id, grant, err := h.Glass(by, 20*time.Minute)
	if h.must(!h.model.away[by], by+" breaks the glass: "+grant, err) {
		r := &asked{id: id, user: by, by: by, group: "prod", d: 20 * time.Minute, expires: h.Now().Add(modelPatience), revision: 1, outcome: grants.Approved}
		h.requests = append(h.requests, r)
		h.given = append(h.given, &given{id: grant, of: r, glass: true, start: h.Records()[grant].StartsAt, d: r.d})
	}
}

func (h *history) away() {
	name := h.someone()
	if h.gone[name] {
		return
	}
	h.note("%s is here: %v", name, h.model.away[name])
	if h.model.away[name] {
		h.Resume(name)
	} else {
		h.Suspend(name)
	}
	h.model.away[name] = !h.model.away[name]
}

// leave has somebody go for good, now and then.
func (h *history) leave() {
	name := h.someone()
	if h.gone[name] || rapid.IntRange(0, 2).Draw(h.T, "leaves") > 0 {
		return
	}
	h.note("%s leaves", name)
	h.place.Leave(name)
	h.gone[name], h.model.away[name] = true, true
}

// edit puts another edition of the policy in force.
func (h *history) edit() {
	h.edition = (h.edition + rapid.IntRange(1, editions-1).Draw(h.T, "edit")) % editions
	h.note("edition %d of the policy", h.edition)
	h.Edit(h.edition)
}

func (h *history) deputise() {
	from, to, d := rapid.SampledFrom([]string{"olga", "otto", "max", "ada"}).Draw(h.T, "from"), h.someone(), h.length()
	now := h.Now()
	if h.must(from != to && !h.model.away[from] && !h.model.away[to], fmt.Sprintf("%s has %s decide for %s", from, to, d), h.Deputise(from, to, d)) {
		h.deputies = append(h.deputies, deputy{from, to, now, now.Add(d)})
	}
}

func (h *history) wait() {
	h.pass(time.Duration(rapid.SampledFrom([]int{10, 60, 15 * 60, 40 * 60, 70 * 60, 3 * 3600}).Draw(h.T, "seconds")) * time.Second)
}

// back sets the clock back.
func (h *history) back() {
	h.note("the clock is set back")
	for _, r := range h.requests {
		// What nobody decided on in time is put on record when time is looked after, and
		// stays so; until then a clock that is set back makes it open again.
		if h.state(r, h.Now()) == grants.Expired && h.Recorded(r.id) == grants.Expired {
			r.outcome = grants.Expired
		}
	}
	running := h.Now().Sub(h.looked) < time.Second // a hub that runs looks at the clock all the time
	h.pass(-time.Duration(rapid.IntRange(1, 50).Draw(h.T, "back by")) * time.Minute)
	if !running {
		h.Start()
	}
}

// work does what is due, and holds everything against the model.
func (h *history) work() {
	if h.unsure || h.unmet {
		h.settle()
		return
	}
	from := h.Now()
	h.Work(0)
	h.note("work")
	h.seen(from, true, true)
}

// seen holds what is on record and on the target against the model.
func (h *history) seen(from time.Time, sure, reached bool) {
	h.Helper()
	h.look(from, sure, reached, !h.unmet, sure && reached)
}

// look is seen, with whether the target is as it should be: clean.
func (h *history) look(from time.Time, sure, reached, calm, clean bool) {
	h.Helper()
	h.looked = h.Now()
	records := h.Records()
	h.check("on record", h.run(from, h.Now(), sure, reached, calm, records))
	for _, group := range modelGroups {
		got := h.Holds("role/" + group)
		h.check("on the target", h.holds(group, got, clean))
		h.check("on the target", h.settled(group, got, records))
	}
}

// outage does what is due while the target answers nobody.
func (h *history) outage() {
	h.Faults(memory.Faults{Op: func(targets.Op) memory.Fault { return memory.Unreach }, Read: func(int) error { return errors.New("away") }})
	from := h.Now()
	h.Work(0)
	h.note("work while the target is away")
	h.unmet = true
	h.seen(from, !h.unsure, false)
	h.Faults(memory.Faults{})
}

// lose does what is due while the target's answers are lost.
func (h *history) lose() {
	h.Faults(memory.Faults{Op: func(targets.Op) memory.Fault { return memory.LoseReply }})
	from := h.Now()
	h.Work(0)
	h.note("work while answers are lost")
	h.unmet = true
	h.look(from, false, true, false, false)
	h.Faults(memory.Faults{})
}

// crash kills the program in the middle of what is due, and starts it anew.
func (h *history) crash() {
	at := rapid.IntRange(1, 40).Draw(h.T, "killed at")
	from := h.Now()
	killed := h.Work(at)
	h.note("work, killed: %v", killed)
	h.unsure = h.unsure || killed
	h.look(from, !h.unsure, true, !h.unmet && !killed, false)
	h.unmet = true
}

// settle gives the hub the time to be sure again, and looks whether all is well.
func (h *history) settle() {
	h.pass(65 * time.Second)
	from := h.Now()
	h.Full()
	h.Work(0)
	h.note("all is looked at")
	h.unsure, h.unmet = false, false
	h.seen(from, true, true)
}

// office is the real thing as a place.
type office struct{ *desktest.Office }

func (o office) Edit(edition int) { o.SetPolicy(modelPolicy(edition)) }

func (o office) Ask(by, user, group string, d time.Duration, start time.Time) (string, error) {
	made, err := o.Desk.Ask(o.Context(), o.As(by), desk.Wish{User: user, Groups: []string{group}, For: d, Start: start})
	if err != nil {
		return "", err
	}
	return made[0].ID, nil
}

func (o office) Glass(by string, d time.Duration) (string, string, error) {
	r, err := o.BreakGlass(o.Context(), o.As(by), desk.Wish{Groups: []string{"prod"}, For: d, Reason: "fire"})
	return r.ID, r.Grant, err
}

func (o office) Answer(by, id string, approve bool) (answer, error) {
	does := o.Approve
	if !approve {
		does = o.Deny
	}
	got, err := does(o.Context(), o.As(by), id, "because")
	out := answer{already: got.Already, state: got.Request.State, grant: got.Request.Grant}
	if votes := got.Request.Votes; len(votes) > 0 {
		last := votes[len(votes)-1]
		if out.principal = last.For; last.For == "" {
			out.principal = strings.TrimPrefix(last.By, "user:")
		}
	}
	return out, err
}

func (o office) Cancel(by, id string) error {
	_, err := o.Desk.Cancel(o.Context(), o.As(by), id)
	return err
}

func (o office) Amend(by, id string, d time.Duration) error {
	_, err := o.Desk.Amend(o.Context(), o.As(by), id, desk.Amendment{For: d})
	return err
}

func (o office) Extend(by, grant string, d time.Duration) (string, string, error) {
	longer, err := o.Desk.Extend(o.Context(), o.As(by), grant, d, "more")
	if err != nil {
		return "", "", err
	}
	return longer.Request.ID, longer.Request.State, nil
}

func (o office) Stop(by, grant string, revoke bool) (err error) {
	if revoke {
		_, err = o.Revoke(o.Context(), o.As(by), grant, "enough")
	} else {
		_, err = o.Return(o.Context(), o.As(by), grant)
	}
	return err
}

func (o office) Deputise(from, to string, d time.Duration) error {
	_, err := o.Delegate(o.Context(), o.As(from), desk.Delegation{To: to, End: o.Now().Add(d)})
	return err
}

func (o office) Faults(f memory.Faults) { o.App.SetFaults(f) }

func (o office) Start() { o.Restart() }

func (o office) Work(kill int) bool {
	if kill == 0 {
		o.Office.Work()
		return false
	}
	o.Kill(kill)
	err := o.Tick(o.Context())
	for n := 1; n > 0 && err == nil; {
		n, err = o.Run.Step(o.Context())
	}
	killed := o.Killed()
	if !killed {
		o.Must(err)
		return false
	}
	o.Restart()
	return true
}

func (o office) Recorded(request string) (outcome string) {
	o.Must(o.DB.View(o.Context(), func(tx *store.Tx) error {
		r, err := tx.RequestByID(o.Context(), request)
		outcome = r.Outcome
		return err
	}))
	return outcome
}

func (o office) State(request string) string {
	r, err := o.Request(o.Context(), desk.Operator("operator:test"), request)
	o.Must(err)
	return r.State
}

func (o office) Records() map[string]grants.Grant {
	out := map[string]grants.Grant{}
	o.Must(o.DB.View(o.Context(), func(tx *store.Tx) error {
		found, err := tx.Grants(o.Context(), store.GrantFilter{})
		for _, g := range found {
			out[g.ID] = g
		}
		return err
	}))
	return out
}

// drawn is a testing.TB that fails what rapid draws, so that it can be made smaller.
type drawn struct {
	testing.TB
	t   *rapid.T
	ctx context.Context
	dir string
}

func (d *drawn) Fatal(args ...any)            { d.t.Helper(); d.t.Fatal(args...) }
func (d *drawn) Fatalf(f string, args ...any) { d.t.Helper(); d.t.Fatalf(f, args...) }
func (d *drawn) Error(args ...any)            { d.t.Helper(); d.t.Error(args...) }
func (d *drawn) Cleanup(fn func())            { d.t.Cleanup(fn) }
func (d *drawn) Context() context.Context     { return d.ctx }
func (d *drawn) TempDir() string              { return d.dir }

// TestMain fixes where the histories begin, so that they are the same each time, and
// how much is drawn of everything else. The command line wins: -rapid.seed=N plays others.
func TestMain(m *testing.M) {
	_ = flag.Set("rapid.seed", "20261130")
	_ = flag.Set("rapid.checks", checks)
	code := m.Run()
	postgres.Stop()
	os.Exit(code)
}

// histories plays so many of them.
func histories(t *testing.T, many string, play func(*rapid.T)) {
	t.Helper()
	usual := flag.Lookup("rapid.checks").Value.String()
	defer func() { _ = flag.Set("rapid.checks", usual) }()
	_ = flag.Set("rapid.checks", many)
	rapid.Check(t, play)
}

// kept are the seeds of histories that found something once: a fault of the program, or one
// that was planted to see whether it would be found. Each line is "core" or "real", the seed,
// and what it found.
//
//go:embed testdata/histories.txt
var kept string

// TestHistoriesThatFoundSomething plays them all again.
func TestHistoriesThatFoundSomething(t *testing.T) {
	defer func(usual string) { _ = flag.Set("rapid.seed", usual) }(flag.Lookup("rapid.seed").Value.String())
	for line := range strings.Lines(kept) {
		fields := strings.Fields(line)
		if len(fields) < 3 || fields[0] == "#" {
			continue
		}
		_ = flag.Set("rapid.seed", fields[1])
		t.Run(fields[0]+" "+fields[1], func(t *testing.T) {
			histories(t, "1", func(rt *rapid.T) {
				if fields[0] == "real" {
					playReally(t, rt)
					return
				}
				(&history{T: rt, place: newPlain(), model: newModel()}).play(25)
			})
		})
	}
}

// TestHistoriesOfTheRealThing plays random histories on a real store and run.
func TestHistoriesOfTheRealThing(t *testing.T) {
	histories(t, realHistories, func(rt *rapid.T) { playReally(t, rt) })
}

func playReally(t *testing.T, rt *rapid.T) {
	dir, err := os.MkdirTemp("", "history")
	if err != nil {
		rt.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	o := desktest.Open(&drawn{TB: t, t: rt, ctx: t.Context(), dir: dir}, modelPolicy(firstEdition))
	defer func() { _ = o.DB.Close() }()
	o.Join("ada manager=max", "bob manager=max", "max", "olga", "otto", "pat", "eve")
	o.Full()
	(&history{T: rt, place: office{o}, model: newModel()}).play(25)
}
