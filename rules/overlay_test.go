package rules

import (
	"testing"
	"time"

	"birthright/identity"
)

const overlaidPolicy = `
groups:
  - {name: staff}
  - {name: prod, standing: never}
  - {name: pay}
  - {name: approve}
  - {name: sign}
  - {name: ops, contains: [prod]}
  - {name: desk}
rules:
  - {name: everybody, when: "true", groups: [staff]}
  - {name: payers, when: user.team == "pay", groups: [pay]}
  - {name: desks, when: inGroup("pay"), groups: [desk]}
  - {name: on-call, when: oncall("s"), groups: [sign]}
constraints:
  - {name: four-eyes, conflict: [pay, approve, sign]}
exclusions:
  - {user: Eve, groups: [prod], reason: "on trial", until: 2026-12-31}
`

// grantOf is a grant g1 of a group from an hour ago; a positive hours ends it then.
func grantOf(group string, hours int) Overlay {
	o := Overlay{Group: group, Cause: identity.Cause{Kind: identity.CauseGrant, Name: "g-" + group}, Start: noon.Add(-time.Hour)}
	if hours != 0 {
		o.End = noon.Add(time.Duration(hours) * time.Hour)
	}
	return o
}

func TestWhatGrantsAdd(t *testing.T) {
	e := engine(t, overlaidPolicy)
	payer := someone("team", "pay")
	in := func(groups ...string) func(int64) []string { return func(int64) []string { return groups } }
	state := func(s identity.State) identity.User { u := someone(); u.State = s; return u }
	ahead := grantOf("prod", 0)
	ahead.Start = noon.Add(time.Minute)
	onCall := crowdFacts{onCall: map[int64]string{7: "s"}, over: noon.Add(30 * time.Minute)}
	const staff = "staff<rule everybody"
	for _, c := range []struct {
		name  string
		user  identity.User
		world World
		gives []Overlay
		want  string
	}{
		{"a group that rules may not give, and what is around it", someone(), World{}, []Overlay{grantOf("prod", 2)},
			"ops<group prod until 2026-11-30 14:00:00; prod<grant g-prod until 2026-11-30 14:00:00; " + staff},
		{"an end that is not known", someone(), World{}, []Overlay{grantOf("prod", 0)}, "ops<group prod; prod<grant g-prod; " + staff},
		{"the longer of two", someone(), World{}, []Overlay{grantOf("pay", 1), {Group: "pay", Cause: identity.Cause{Kind: identity.CauseGrant, Name: "g-2"}, End: noon.Add(3 * time.Hour)}},
			"pay<grant g-2,grant g-pay until 2026-11-30 15:00:00; " + staff},
		{"what a rule gives too has no end", payer, World{}, []Overlay{grantOf("pay", 1)}, "desk<rule desks; pay<grant g-pay,rule payers; " + staff},
		{"at its end", someone(), World{}, []Overlay{grantOf("prod", -1), grantOf("pay", 0)}, "pay<grant g-pay; " + staff},
		{"before its start", someone(), World{}, []Overlay{ahead}, staff},
		{"of no group", someone(), World{}, []Overlay{grantOf("gone", 1)}, staff},
		{"to somebody suspended", state(identity.Suspended), World{}, []Overlay{grantOf("prod", 1)}, ""},
		{"to somebody who is still to come", state(identity.Staged), World{}, []Overlay{grantOf("prod", 1)}, ""},
		{"to somebody excluded", named("eve", someone()), World{}, []Overlay{grantOf("prod", 1)}, staff + "; -prod by exclusion on trial"},
		{"against birthright: what a rule gives stays", payer, World{}, []Overlay{grantOf("approve", 1)},
			"desk<rule desks; pay<rule payers; " + staff + "; -approve by constraint four-eyespay"},
		{"against birthright, held before: what is held stays", payer, World{Held: in("approve")}, []Overlay{grantOf("approve", 1)},
			"approve<grant g-approve until 2026-11-30 13:00:00; " + staff + "; -pay by constraint four-eyesapprove"},
		{"against another grant: the one that is held stays", someone(), World{Held: in("sign")}, []Overlay{grantOf("approve", 1), grantOf("sign", 1)},
			"sign<grant g-sign until 2026-11-30 13:00:00; " + staff + "; -approve by constraint four-eyessign"},
		{"against another grant, both new: by name", someone(), World{}, []Overlay{grantOf("sign", 1), grantOf("approve", 1)},
			"approve<grant g-approve until 2026-11-30 13:00:00; " + staff + "; -sign by constraint four-eyesapprove"},
		{"a shift ends before the grant", someone(), World{Facts: onCall}, []Overlay{grantOf("sign", 1)},
			"sign<grant g-sign,rule on-call until 2026-11-30 13:00:00; " + staff},
		{"a shift ends after the grant", someone(), World{Facts: crowdFacts{onCall: map[int64]string{7: "s"}, over: noon.Add(90 * time.Minute)}}, []Overlay{grantOf("sign", 1)},
			"sign<grant g-sign,rule on-call until 2026-11-30 13:30:00; " + staff},
	} {
		w := c.world
		w.At, w.Overlay = noon, Overlays{c.user.N: c.gives}
		if got := decisionText(e.Decide(c.user, w)); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
	someoneElse := World{At: noon, Overlay: Overlays{8: {grantOf("prod", 1)}}}
	if got := decisionText(e.Decide(someone(), someoneElse)); got != staff {
		t.Errorf("another's grant: %s", got)
	}
}

func TestAConditionIsAskedOfARequest(t *testing.T) {
	e := engine(t, overlaidPolicy)
	in := Inquiry{Now: noon, Request: map[string]any{
		"group": "prod", "seconds": int64(5400), "duration": 90 * time.Minute, "start": noon.Add(time.Hour), "forSelf": true, "approvedBefore": int64(3), "ticket": "T-1",
	}}
	w := World{At: noon, Held: func(int64) []string { return []string{"staff"} }, Facts: crowdFacts{onCall: map[int64]string{7: "s"}, over: noon.Add(time.Minute), tickets: map[string]string{"T-1": "ops"}}}
	for source, want := range map[string]bool{
		`true`: true, `false`: false,
		`user.team == "pay"`: true, `inGroup("staff")`: true, `inGroup("prod")`: false, `oncall("s")`: true, `oncall("other")`: false,
		`request.seconds == 5400`: true, `request.duration > duration("1h")`: true, `request.start - now == duration("1h")`: true,
		`request.forSelf && request.approvedBefore >= 3`: true, `ticket.known && ticket.queue == "ops"`: true, `now < timestamp("2026-11-30T12:00:01Z")`: true,
	} {
		c, err := RequestCondition(source)
		if err != nil {
			t.Fatal(source, err)
		}
		data, err := in.Keep()
		if err != nil {
			t.Fatal(err)
		}
		kept, err := Kept(data, noon)
		if err != nil {
			t.Fatal(err)
		}
		for name, in := range map[string]Inquiry{"as asked": in, "as kept": kept} {
			if got, err := e.HoldsOf(c, someone("team", "pay"), w, in); err != nil || got != want {
				t.Errorf("%s, %s: %v, %v", source, name, got, err)
			}
		}
	}
	c, err := RequestCondition(`request.colour == "red"`)
	if err != nil {
		t.Fatal(err)
	}
	if holds, err := e.HoldsOf(c, someone(), w, Inquiry{Now: noon}); holds || err == nil {
		t.Errorf("what a request does not have: %v, %v", holds, err)
	}
	if holds, err := e.HoldsOf(Condition{}, someone(), w, Inquiry{}); !holds || err != nil {
		t.Errorf("no condition: %v, %v", holds, err)
	}
	if _, err := RequestCondition(`user.team =`); err == nil {
		t.Error("half a condition is one")
	}
	if _, err := Kept([]byte("{"), noon); err == nil {
		t.Error("half of what was kept is all of it")
	}
	if empty, err := Kept(nil, noon); err != nil || empty.Now != noon {
		t.Errorf("nothing kept: %+v, %v", empty, err)
	}
}
