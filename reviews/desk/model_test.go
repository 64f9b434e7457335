package desk_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"birthright/grants/desk/desktest"
	"birthright/identity"
	"birthright/reviews"
	"birthright/reviews/desk"
)

const village = `
groups:
  - {name: engineering, access: ["app:group/engineering"], owners: ["user:o1", "user:o2"]}
rules:
  - {name: engineers, when: 'user.department == "Engineering"', groups: [engineering]}
`

// plainCampaign is what a campaign should do, as one would do it on paper.
type plainCampaign struct {
	away   map[string]bool // left or suspended
	gone   map[string]bool // members who lost it otherwise
	stages int
	items  map[string]*plainItem
}

type plainItem struct {
	stage               int
	before, by, outcome string // before is who kept it in the stage before
	carried             bool
}

// rungs are who is asked, stage by stage.
func (p *plainCampaign) rungs(stage int) [][]string {
	if stage == 0 {
		return [][]string{{"o1", "o2"}, {"f"}, {"root"}}
	}
	return [][]string{{"f"}, {"root"}}
}

func (p *plainCampaign) may(by, whose string) bool {
	for _, rung := range p.rungs(p.items[whose].stage) {
		can := slices.DeleteFunc(slices.Clone(rung), func(n string) bool { return n == whose || p.away[n] })
		if len(can) > 0 {
			return slices.Contains(can, by) && !p.away[by]
		}
	}
	return false
}

// decide returns the kind of error that there should be.
func (p *plainCampaign) decide(by, whose, what string, change bool) identity.Kind {
	i := p.items[whose]
	taken := i.outcome == reviews.Revoked
	switch {
	case !p.away[by] && !p.may(by, whose) && i.stage == 1 && i.before == by && what == reviews.Kept:
		return "" // said before
	case !p.may(by, whose):
		return identity.Denied
	case i.outcome == reviews.Void:
		return ""
	case taken && (i.carried || p.gone[whose]):
		if what != reviews.Revoked {
			return identity.Conflict
		}
		return ""
	case p.gone[whose]:
		i.outcome = reviews.Void
		return ""
	case i.outcome == what:
		return ""
	case i.outcome != "" && i.by != by && !change:
		return identity.Conflict
	}
	i.by, i.outcome = by, ""
	switch {
	case what == reviews.Revoked:
		i.outcome = reviews.Revoked
	case i.stage+1 < p.stages:
		i.stage++
		i.before = by
	default:
		i.outcome = reviews.Kept
	}
	return ""
}

// work carries out what was revoked.
func (p *plainCampaign) work() {
	for _, i := range p.items {
		i.carried = i.carried || i.outcome == reviews.Revoked
	}
}

// close ends what nobody decided on.
func (p *plainCampaign) close(end string) {
	for whose, i := range p.items {
		switch {
		case i.outcome != "":
		case p.gone[whose]:
			i.outcome = reviews.Void
		default:
			i.outcome = end
		}
	}
}

func TestACampaignDoesWhatOneWouldOnPaper(t *testing.T) {
	members := []string{"m1", "m2", "m3", "o1"}
	rapid.Check(t, func(rt *rapid.T) {
		h := &hall{Office: desktest.Open(t, village)}
		h.wire()
		h.Join("root", "f", "o1 department=Engineering", "o2", "m1 department=Engineering", "m2 department=Engineering", "m3 department=Engineering")
		h.Full()
		h.Work()
		end := rapid.SampledFrom(reviews.Ends()).Draw(rt, "end")
		p := &plainCampaign{away: map[string]bool{}, gone: map[string]bool{}, stages: rapid.IntRange(1, 2).Draw(rt, "stages"), items: map[string]*plainItem{}}
		w := engineering(desk.Wish{For: 10 * day, Grace: -1, End: end, Fallback: []string{"user:f"}})
		w.Stages = []reviews.Stage{{Reviewers: []string{"owners"}}, {Reviewers: []string{"user:f"}}}[:p.stages]
		c := h.start(w)
		ids := map[string]string{}
		for _, item := range h.items(c) {
			ids[item.User], p.items[item.User] = item.ID, &plainItem{}
		}
		settle := func() {
			h.Work()
			p.work()
		}
		rt.Repeat(map[string]func(*rapid.T){
			"decide": func(rt *rapid.T) {
				by := rapid.SampledFrom([]string{"o1", "o2", "f", "root", "m1"}).Draw(rt, "by")
				whose := rapid.SampledFrom(members).Draw(rt, "whose")
				choice := desk.Choice{What: rapid.SampledFrom([]string{reviews.Kept, reviews.Revoked}).Draw(rt, "what"), Reason: "because", Change: rapid.Bool().Draw(rt, "change"), Items: []string{ids[whose]}}
				choice.Seen = map[string]int{ids[whose]: h.decisions(c, ids[whose])}
				h.Kill(rapid.IntRange(0, 4).Draw(rt, "kill"))
				decide := func() error {
					a, err := h.Actor(t.Context(), by)
					if err == nil {
						_, err = h.R.Decide(t.Context(), a, c.ID, choice)
					}
					return err
				}
				err := decide()
				if h.Killed() {
					h.Restart()
					h.wire()
					err = nil
					if h.decisions(c, ids[whose]) == choice.Seen[ids[whose]] { // it was killed before it was done
						err = decide()
					}
				}
				if want := p.decide(by, whose, choice.What, choice.Change); identity.KindOf(err) != want {
					rt.Fatalf("%s to %s of %s: got %v, want kind %q", by, choice.What, whose, err, want)
				}
			},
			"away": func(rt *rapid.T) {
				who := rapid.SampledFrom([]string{"o2", "f"}).Draw(rt, "who")
				if p.away[who] = !p.away[who]; p.away[who] {
					h.Suspend(who)
				} else {
					h.Resume(who)
				}
				settle()
			},
			"lose": func(rt *rapid.T) {
				who := rapid.SampledFrom([]string{"m1", "m2"}).Draw(rt, "who")
				h.Change(who, identity.AttrDepartment, "Art")
				settle()
				p.gone[who] = true
			},
			"work": func(*rapid.T) { settle() },
			"time": func(rt *rapid.T) {
				h.tick(2 * day / 24)
				p.work()
			},
		})
		h.tick(10 * day)
		p.close(end)
		same := func(what string, got, want []string) {
			if !slices.Equal(got, want) {
				rt.Fatalf("%s: got %v, want %v", what, got, want)
			}
		}
		same("outcomes", outcomesOf(h.items(c)), p.outcomes())
		h.whole()
		h.tick(day / 24)
		same("held", h.Holds("group/engineering"), p.holders(members))
		same("completed", []string{h.state(c).State}, []string{reviews.Completed})
	})
}

// decisions is how often an item was decided on.
func (h *hall) decisions(c desk.Campaign, id string) int {
	h.Helper()
	for _, i := range h.items(c) {
		if i.ID == id {
			return i.Decisions
		}
	}
	h.Fatalf("there is no item %s", id)
	return 0
}

func outcomesOf(items []desk.Item) []string {
	out := []string{}
	for _, i := range items {
		out = append(out, fmt.Sprintf("%s %s", i.User, i.Outcome))
	}
	slices.Sort(out)
	return out
}

func (p *plainCampaign) outcomes() []string {
	out := []string{}
	for whose, i := range p.items {
		out = append(out, fmt.Sprintf("%s %s", whose, i.outcome))
	}
	slices.Sort(out)
	return out
}

func (p *plainCampaign) holders(members []string) []string {
	out := []string{}
	for _, whose := range members {
		if p.items[whose].outcome != reviews.Revoked && !p.gone[whose] {
			out = append(out, whose)
		}
	}
	slices.Sort(out)
	return out
}
