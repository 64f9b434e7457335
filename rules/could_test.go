package rules

import (
	"testing"
)

// What somebody may ask for is known before they have said why, for which ticket and for
// how long: only what they could never get is left out.
func TestACatalogKnowsWhatCouldBeAskedFor(t *testing.T) {
	e := engine(t, overlaidPolicy)
	in := Inquiry{Now: noon, Request: map[string]any{
		"group": "prod", "seconds": int64(0), "forSelf": true, "approvedBefore": int64(3), "deniedBefore": int64(0), "kind": "request", "reason": "", "ticket": "",
	}}
	w := World{At: noon, Held: func(int64) []string { return []string{"staff"} }, Facts: crowdFacts{tickets: map[string]string{"T-1": "ops"}}}
	for source, want := range map[string][2]Chance{ // of this group, and of any
		`true`:                                  {Always, Always},
		`false`:                                 {Never, Never},
		`user.team == "pay"`:                    {Always, Always},
		`user.team == "other"`:                  {Never, Never},
		`ticket.known`:                          {Sometimes, Sometimes},
		`user.team == "pay" && ticket.known`:    {Sometimes, Sometimes},
		`user.team == "other" && ticket.known`:  {Never, Never},
		`ticket.known && user.team == "other"`:  {Never, Never},
		`user.team == "pay" || ticket.known`:    {Always, Always},
		`request.reason.matches("order [0-9]")`: {Sometimes, Sometimes},
		`request.seconds <= 3600`:               {Sometimes, Sometimes},
		`request.start > now`:                   {Sometimes, Sometimes},
		`request.forSelf`:                       {Always, Always},
		`request.group == "prod"`:               {Always, Sometimes},
		`request.group.startsWith("x")`:         {Never, Sometimes},
		`request.approvedBefore >= 3`:           {Always, Sometimes},
		`inGroup("staff") && ticket.assigned`:   {Sometimes, Sometimes},
		`inGroup("prod") && ticket.assigned`:    {Never, Never},
		`request.colour == "red"`:               {Never, Never},
	} {
		c, err := RequestCondition(source)
		if err != nil {
			t.Fatal(source, err)
		}
		u := someone("team", "pay")
		if got := [2]Chance{e.Could(c, u, w, in), e.CouldOfAny(c, u, w, in)}; got != want {
			t.Errorf("%s: %v, want %v", source, got, want)
		}
	}
	if e.Could(Condition{}, someone(), w, in) != Always {
		t.Error("no condition does not hold always")
	}
}
