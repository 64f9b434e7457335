package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"birthright/grants"
)

// The model is a plain statement of what must be true of just-in-time access. It knows
// only what happened: who asked, who answered, who was here, which policy was in force,
// and what time it was. It knows nothing of how the desk, the store or the run work.

// The editions of the policy that histories are played under: in the second prod has other
// owners; in the third prod can be had for an hour at most, and db by the word of one owner.
const (
	firstEdition = iota
	otherOwners
	otherTerms
	editions
)

// modelPolicy is one of them.
func modelPolicy(edition int) string {
	owners, most, count := `["user:olga", "user:otto"]`, "8h", "2"
	switch edition {
	case otherOwners:
		owners = `["user:otto", "user:pat"]`
	case otherTerms:
		most, count = "1h", "1"
	}
	return `
groups:
  - {name: staff, access: ["app:group/all"]}
  - name: prod
    standing: never
    owners: ` + owners + `
    access: ["app:role/prod"]
    request: {durations: {default: 1h, max: ` + most + `}, expire_after: 4h, activate_within: 1h, extend: {approve: true, max: 9h}, break_glass: {max: 30m}}
  - name: db
    owners: ["user:olga", "user:otto"]
    access: ["app:role/db"]
    request: {durations: {default: 1h, max: 8h}, approve: [{by: owners, count: ` + count + `}], expire_after: 4h, activate_within: 1h, extend: {approve: false, max: 9h}}
  - name: team
    owners: ["user:olga", "user:otto"]
    access: ["app:role/team"]
    request: {durations: {default: 1h, max: 8h}, approve: [{by: manager}, {by: owners}], expire_after: 4h, activate_within: 1h}
rules:
  - {name: everybody, when: "true", groups: [staff]}
`
}

// The people: ada and bob work for max; olga, otto and pat own things; eve does nothing.
var (
	modelPeople = []string{"ada", "bob", "max", "olga", "otto", "pat", "eve"}
	modelGroups = []string{"prod", "db", "team"}
	modelStages = map[string][]modelStage{"prod": {{"owners", 1}}, "db": {{"owners", 2}}, "team": {{"manager", 1}, {"owners", 1}}}
)

type modelStage struct {
	by    string
	count int
}

const (
	modelPatience = 4 * time.Hour
	modelLimit    = time.Hour
)

// model is what happened so far.
type model struct {
	away      map[string]bool // suspended, or gone for good
	gone      map[string]bool
	edition   int // of the policy
	requests  []*asked
	given     []*given
	deputies  []deputy
	lastHolds map[string][]string
}

type deputy struct {
	from, to   string
	start, end time.Time
}

// asked is a request.
type asked struct {
	id, user, by, group string
	start               time.Time
	d                   time.Duration
	expires             time.Time
	revision            int
	votes               []vote
	outcome             string
	longer              *given // what it asks to be longer
}

type vote struct {
	by, principal string // who answered, and in whose place
	stage         int
	approve       bool
	revision      int
	terms         int // that were answered to
}

// given is what an approval gave.
type given struct {
	id     string
	of     *asked
	glass  bool
	start  time.Time
	d      time.Duration
	begun  bool
	active time.Time
	end    time.Time
	over   bool
	why    string
}

func newModel() *model {
	return &model{away: map[string]bool{}, gone: map[string]bool{}, lastHolds: map[string][]string{}}
}

func (m *model) owners(group string) []string {
	if group == "prod" && m.edition == otherOwners {
		return []string{"otto", "pat"}
	}
	return []string{"olga", "otto"}
}

func managerOf(user string) string {
	if user == "ada" || user == "bob" {
		return "max"
	}
	return ""
}

// entitled are those whom a stage names, whether they are here or not.
func (m *model) entitled(r *asked, stage int) []string {
	if m.stages(r.group)[stage].by == "manager" {
		return []string{managerOf(r.user)}
	}
	return m.owners(r.group)
}

// terms is what there is of a policy to answer to: an edition that changed a group.
func (m *model) terms(group string) int {
	if group == "prod" || group == "db" && m.edition == otherTerms {
		return m.edition
	}
	return firstEdition
}

// stages are those of a group.
func (m *model) stages(group string) []modelStage {
	if group == "db" && m.edition == otherTerms {
		return []modelStage{{"owners", 1}}
	}
	return modelStages[group]
}

// most is for how long a group can be had.
func (m *model) most(group string) time.Duration {
	if group == "prod" && m.edition == otherTerms {
		return time.Hour
	}
	return 8 * time.Hour
}

func (r *asked) concerns(name string) bool { return name == r.user || name == r.by }

// voices are in whose place somebody may answer.
func (m *model) voices(r *asked, stage int, by string, now time.Time) (out []string) {
	if m.away[by] || r.concerns(by) {
		return nil
	}
	for _, name := range m.entitled(r, stage) {
		if name == "" || m.away[name] || r.concerns(name) {
			continue
		}
		deputised := slices.ContainsFunc(m.deputies, func(d deputy) bool { return d.from == name && d.to == by && !now.Before(d.start) && now.Before(d.end) })
		if name == by || deputised {
			out = append(out, name)
		}
	}
	return out
}

// verdict says what the votes come to, and which stage is open.
func (m *model) verdict(r *asked, now time.Time) (state string, stage int) {
	for i, s := range m.stages(r.group) {
		var voters, principals []string
		passed := false
		for _, v := range r.votes {
			if passed || v.stage != i || v.revision != r.revision || v.terms != m.terms(r.group) || !slices.Contains(m.voices(r, i, v.by, now), v.principal) {
				continue
			}
			if !v.approve {
				return grants.Denied, i
			}
			if !slices.Contains(voters, v.by) && !slices.Contains(principals, v.principal) {
				voters, principals = append(voters, v.by), append(principals, v.principal)
			}
			passed = len(voters) >= s.count
		}
		if !passed {
			return grants.Pending, i
		}
	}
	return grants.Approved, len(m.stages(r.group)) - 1
}

func (m *model) state(r *asked, now time.Time) string {
	if r.outcome == "" && !now.Before(r.expires) {
		return grants.Expired
	}
	if r.outcome == "" {
		return grants.Pending
	}
	return r.outcome
}

// overBy says whether the clock alone ends a grant by an instant.
func (g *given) overBy(now time.Time) bool {
	if !g.active.IsZero() {
		return !now.Before(g.end)
	}
	return !now.Before(g.start.Add(modelLimit))
}

func (g *given) isOver(now time.Time) bool { return g.over || g.overBy(now) }

// mayAsk says whether somebody may ask for something for themselves now.
func (m *model) mayAsk(user, group string, d time.Duration, now time.Time) bool {
	if m.away[user] || d > m.most(group) {
		return false
	}
	for _, r := range m.requests {
		if r.user == user && r.group == group && r.longer == nil && m.state(r, now) == grants.Pending {
			return false
		}
	}
	for _, g := range m.given {
		if g.of.user == user && g.of.group == group && !g.isOver(now) {
			return false
		}
	}
	return true
}

// boundaries are the instants at which the clock alone changes something: histories
// keep off them, so that a few microseconds decide nothing.
func (m *model) boundaries() (out []time.Time) {
	for _, r := range m.requests {
		out = append(out, r.expires)
	}
	for _, g := range m.given {
		out = append(out, g.start, g.start.Add(modelLimit), g.end)
	}
	for _, d := range m.deputies {
		out = append(out, d.start, d.end)
	}
	return out
}

// clear moves an instant off the boundaries.
func (m *model) clear(at time.Time) time.Time {
	for moved := true; moved; {
		moved = false
		for _, b := range m.boundaries() {
			if off := at.Sub(b).Abs(); off < 3*time.Second {
				at, moved = at.Add(7*time.Second), true
			}
		}
	}
	return at
}

// fit says whether what was approved may begin at an instant.
func (m *model) fit(g *given, now time.Time) bool {
	if g.glass {
		return true
	}
	state, _ := m.verdict(g.of, now)
	return state == grants.Approved
}

// run is what the run must do at an instant. sure is false where it was interrupted: it
// may have done any part of it. reached is whether the target answers, and calm whether it
// has done so since it was looked after last. The records tell
// what was done where it is not sure, and are believed within these bounds alone.
func (m *model) run(from, to time.Time, sure, reached, calm bool, records map[string]grants.Grant) error {
	for _, g := range m.given {
		record, known := records[g.id]
		if !known {
			return fmt.Errorf("%s is not on record", g.id)
		}
		if err := m.runOne(g, from, to, sure, reached, calm, record); err != nil {
			return fmt.Errorf("%s of %s for %s at %s: %w\n%+v\nmodel: %+v", g.id, g.of.group, g.of.user, to.Format(time.TimeOnly), err, record, *g)
		}
	}
	return nil
}

func (m *model) runOne(g *given, from, to time.Time, sure, reached, calm bool, record grants.Grant) error {
	recorded := !record.OverAt.IsZero()
	switch {
	case g.over:
		if !recorded {
			return fmt.Errorf("it was over (%s), and is not on record so", g.why)
		}
		return nil
	case m.away[g.of.user], g.overBy(to), !g.begun && !to.Before(g.start) && !m.fit(g, to):
		if recorded {
			g.over, g.why = true, record.Over
			return nil
		}
		if sure {
			return fmt.Errorf("it must be over")
		}
		return nil
	case recorded:
		return fmt.Errorf("it ended early: %s %s", record.Over, record.OverReason)
	case to.Before(g.start) && !g.begun:
		if !record.BegunAt.IsZero() {
			return fmt.Errorf("it began before its start")
		}
		return nil
	}
	if record.BegunAt.IsZero() {
		if sure {
			return fmt.Errorf("it must have begun")
		}
		return nil
	}
	g.begun = true
	if !g.active.IsZero() {
		return nil
	}
	switch at := record.ActivatedAt; {
	case at.IsZero() && sure && reached && calm:
		return fmt.Errorf("it must be active")
	case at.IsZero():
	case !reached:
		return fmt.Errorf("it is active, and nobody could see that")
	case at.Before(from) || at.After(to):
		return fmt.Errorf("it is active since %s, not between %s and %s", at, from, to)
	default:
		g.active, g.end = at, at.Add(g.d)
		if !record.EndsAt.Equal(g.end) {
			return fmt.Errorf("it ends at %s, not at %s", record.EndsAt, g.end)
		}
	}
	return nil
}

// holders are those whom something gives a group.
func (m *model) holders(group string) (out []string) {
	for _, g := range m.given {
		if g.of.group == group && g.begun && !g.over && !slices.Contains(out, g.of.user) {
			out = append(out, g.of.user)
		}
	}
	slices.Sort(out)
	return out
}

// holds checks what people hold on the target. Where it is not clean, because the target
// was away or the run was interrupted, what was there may be there still; and what is not
// there yet may be missing; but nobody gets what nothing gives, and who had it and should
// have it keeps it.
func (m *model) holds(group string, got []string, clean bool) error {
	want, had := m.holders(group), m.lastHolds[group]
	m.lastHolds[group] = got
	if clean {
		if !slices.Equal(want, got) {
			return fmt.Errorf("%s: held by %v, and should be by %v", group, got, want)
		}
		return nil
	}
	for _, name := range got {
		if !slices.Contains(want, name) && !slices.Contains(had, name) {
			return fmt.Errorf("%s: %s got it, and nothing gives it", group, name)
		}
	}
	for _, name := range want {
		if slices.Contains(had, name) && !slices.Contains(got, name) {
			return fmt.Errorf("%s: %s lost it before its end", group, name)
		}
	}
	return nil
}

// settled checks that nobody holds what only grants gave that are put down as gone from
// every target: from then on nobody would look.
func (m *model) settled(group string, got []string, records map[string]grants.Grant) error {
	for _, name := range got {
		var gone, open []string
		for _, g := range m.given {
			record := records[g.id]
			switch {
			case g.of.user != name || g.of.group != group || record.BegunAt.IsZero():
			case record.SettledAt.IsZero():
				open = append(open, g.id)
			default:
				gone = append(gone, g.id)
			}
		}
		if len(gone) > 0 && len(open) == 0 {
			return fmt.Errorf("%s: %s holds it by %v, which are put down as gone", group, name, gone)
		}
	}
	return nil
}

// String tells the history's outcome for a failure.
func (m *model) String() string {
	var b strings.Builder
	for _, r := range m.requests {
		fmt.Fprintf(&b, "%+v\n", *r)
	}
	return b.String()
}
