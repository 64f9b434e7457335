package signals_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/signals"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestStandings(t *testing.T) {
	for _, c := range []struct {
		state identity.State
		known bool
		want  signals.Standing
	}{
		{identity.Active, true, signals.Live}, {identity.OnLeave, true, signals.Live}, {identity.Staged, true, signals.Live},
		{identity.Suspended, true, signals.Disabled}, {identity.Left, true, signals.Disabled}, {identity.Left, false, signals.Gone},
	} {
		if got := signals.StandingOf(c.state, c.known); got != c.want {
			t.Errorf("%s, known %v: %v, want %v", c.state, c.known, got, c.want)
		}
	}
}

func TestFollow(t *testing.T) {
	disabled := []signals.Event{signals.SessionRevoked, signals.AccountDisabled, signals.Deactivate}
	purged := []signals.Event{signals.AccountPurged, signals.Delete}
	open := []signals.Event{signals.AccountEnabled, signals.Activate}
	for name, c := range map[string]struct {
		from, to signals.Standing
		want     []signals.Event
	}{
		"stays":                  {signals.Live, signals.Live, nil},
		"is suspended":           {signals.Live, signals.Disabled, disabled},
		"is deleted at once":     {signals.Live, signals.Gone, append(append([]signals.Event{}, disabled...), purged...)},
		"is deleted later":       {signals.Disabled, signals.Gone, purged},
		"stays suspended":        {signals.Disabled, signals.Disabled, nil},
		"stays deleted":          {signals.Gone, signals.Gone, nil},
		"is let in again":        {signals.Disabled, signals.Live, open},
		"comes back":             {signals.Gone, signals.Live, open},
		"comes back, not let in": {signals.Gone, signals.Disabled, nil},
	} {
		if diff := cmp.Diff(c.want, signals.Follow(c.from, c.to)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// The URIs are those of the registries, letter by letter.
func TestURIs(t *testing.T) {
	want := map[signals.Event]string{
		signals.SessionRevoked:  "https://schemas.openid.net/secevent/caep/event-type/session-revoked",
		signals.AccountDisabled: "https://schemas.openid.net/secevent/risc/event-type/account-disabled",
		signals.AccountPurged:   "https://schemas.openid.net/secevent/risc/event-type/account-purged",
		signals.AccountEnabled:  "https://schemas.openid.net/secevent/risc/event-type/account-enabled",
		signals.Deactivate:      "urn:ietf:params:scim:event:prov:deactivate",
		signals.Delete:          "urn:ietf:params:scim:event:prov:delete",
		signals.Activate:        "urn:ietf:params:scim:event:prov:activate",
	}
	got := map[signals.Event]string{}
	for _, e := range signals.All() {
		got[e] = e.URI()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := signals.Verification.URI(); got != "https://schemas.openid.net/secevent/ssf/event-type/verification" {
		t.Error(got)
	}
}

var ada = signals.Person{
	ID: "user-1", UserName: "ada", Resource: "rec-1", ExternalID: "00u1",
	Attributes: identity.Attributes{identity.AttrEmail: {"ada@example.com"}, "samlName": {"ADA"}},
}

// decoded reads a payload as a receiver would.
func decoded(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSubjects(t *testing.T) {
	nameless := signals.Person{ID: "user-2", UserName: "bob", Attributes: identity.Attributes{}}
	scim := func(p signals.Person) map[string]any {
		return map[string]any{"format": "scim", "uri": "/Users/" + p.ID, "id": p.ID, "userName": p.UserName}
	}
	adaResource := map[string]any{
		"format": "scim", "uri": "/Users/rec-1", "id": "rec-1", "userName": "ada", "externalId": "00u1",
		"emails": []any{map[string]any{"value": "ada@example.com", "primary": true}},
	}
	issSub := func(name string) map[string]any {
		return map[string]any{"format": "iss_sub", "iss": "https://idp.example.com", "sub": name}
	}
	for name, c := range map[string]struct {
		subject signals.Subject
		person  signals.Person
		event   signals.Event
		want    map[string]any
	}{
		"by address":                  {signals.Subject{Format: "email"}, ada, signals.SessionRevoked, map[string]any{"format": "email", "email": "ada@example.com"}},
		"by address, without one":     {signals.Subject{Format: "email"}, nameless, signals.SessionRevoked, issSub("bob")},
		"by what is no address":       {signals.Subject{Format: "email", Attribute: "samlName"}, ada, signals.SessionRevoked, issSub("ada")},
		"by user name as the address": {signals.Subject{Format: "email", Attribute: "userName"}, signals.Person{UserName: "a@b.example"}, signals.AccountDisabled, map[string]any{"format": "email", "email": "a@b.example"}},
		"by name":                     {signals.Subject{Format: "iss_sub"}, ada, signals.AccountDisabled, issSub("ada")},
		"by a name of the provider":   {signals.Subject{Format: "iss_sub", Attribute: "samlName"}, ada, signals.AccountPurged, issSub("ADA")},
		"by a name that is not there": {signals.Subject{Format: "iss_sub", Attribute: "samlName"}, nameless, signals.AccountPurged, issSub("bob")},
		"by identifier":               {signals.Subject{Format: "opaque"}, ada, signals.AccountDisabled, map[string]any{"format": "opaque", "id": "user-1"}},
		"by an identifier of another": {signals.Subject{Format: "opaque", Attribute: "samlName"}, ada, signals.AccountDisabled, map[string]any{"format": "opaque", "id": "ADA"}},
		"SCIM":                        {signals.Subject{Format: "email"}, ada, signals.Delete, adaResource},
		"SCIM, whom nobody pushes":    {signals.Subject{Format: "opaque"}, nameless, signals.Deactivate, scim(nameless)},
	} {
		c.subject.Issuer = "https://idp.example.com"
		change := signals.Change{From: signals.Live, To: signals.Gone, Person: c.person, State: identity.Left, At: noon, Txn: "t"}
		told, err := change.Signals([]signals.Receiver{{Name: "app", Events: []signals.Event{c.event}, Subject: c.subject}})
		if err != nil || len(told) != 1 {
			t.Fatalf("%s: %v, %v", name, told, err)
		}
		if diff := cmp.Diff(c.want, decoded(t, told[0].Payload)["sub_id"]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestEachReceiverIsToldWhatItTakes(t *testing.T) {
	change := signals.Change{From: signals.Live, To: signals.Disabled, Person: ada, State: identity.Suspended, At: noon, Txn: "t"}
	told, err := change.Signals([]signals.Receiver{
		{Name: "a", Events: signals.All()}, {Name: "b", Events: []signals.Event{signals.Delete}}, {Name: "c", Events: []signals.Event{signals.Deactivate}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range told {
		got = append(got, s.Receiver+"/"+string(s.Event)+"/"+s.UserName)
	}
	if diff := cmp.Diff([]string{"a/session-revoked/ada", "a/account-disabled/ada", "a/deactivate/ada", "c/deactivate/ada"}, got); diff != "" {
		t.Error(diff)
	}
}

// RFC 9967 allows SCIM's deactivate and delete no content, CAEP's profile wants a reason.
func TestContents(t *testing.T) {
	for name, c := range map[string]struct {
		change signals.Change
		want   map[string]any
	}{
		"suspended": {signals.Change{To: signals.Disabled, State: identity.Suspended}, map[string]any{
			"event_timestamp": 1795435200.0, "initiating_entity": "system", "reason_admin": map[string]any{"en": "The account was deactivated."},
		}},
		"ended": {signals.Change{To: signals.Disabled, State: identity.Left}, map[string]any{
			"event_timestamp": 1795435200.0, "initiating_entity": "system", "reason_admin": map[string]any{"en": "The time of employment has ended."},
		}},
		"deleted by a person": {signals.Change{To: signals.Gone, State: identity.Left, ByPerson: true}, map[string]any{
			"event_timestamp": 1795435200.0, "initiating_entity": "admin", "reason_admin": map[string]any{"en": "The account was deleted."},
		}},
	} {
		c.change.Person, c.change.At = ada, noon
		told, err := c.change.Signals([]signals.Receiver{{Name: "a", Events: signals.All()}})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range told {
			want := map[string]any{}
			if s.Event == signals.SessionRevoked {
				want = c.want
			}
			if diff := cmp.Diff(map[string]any{s.Event.URI(): want}, decoded(t, s.Payload)["events"]); diff != "" {
				t.Errorf("%s, %s: %s", name, s.Event, diff)
			}
		}
	}
}

func TestClaims(t *testing.T) {
	change := signals.Change{From: signals.Disabled, To: signals.Gone, Person: ada, At: noon, Txn: "txn-1"}
	told, err := change.Signals([]signals.Receiver{{Name: "a", Events: []signals.Event{signals.AccountPurged}, Subject: signals.Subject{Format: "email"}}})
	if err != nil {
		t.Fatal(err)
	}
	token := signals.Token{ID: "jti-1", Issuer: "https://hub.example.com", Audience: "https://app.example.com", IssuedAt: noon.Add(time.Second)}
	claims, err := signals.Claims(told[0].Payload, token)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"jti": "jti-1", "iss": "https://hub.example.com", "aud": "https://app.example.com", "iat": 1795435201.0, "toe": 1795435200.0, "txn": "txn-1",
		"sub_id": map[string]any{"format": "email", "email": "ada@example.com"},
		"events": map[string]any{"https://schemas.openid.net/secevent/risc/event-type/account-purged": map[string]any{}},
	}
	if diff := cmp.Diff(want, decoded(t, claims)); diff != "" {
		t.Error(diff)
	}
	again, err := signals.Claims(told[0].Payload, token)
	if err != nil || string(again) != string(claims) {
		t.Errorf("the same token is another one: %s, %v", again, err)
	}
	if _, err := signals.Claims([]byte("{"), token); err == nil {
		t.Error("a damaged payload was signed")
	}
}

func TestVerification(t *testing.T) {
	data, err := signals.Verify("app", "txn-1", noon)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"sub_id": map[string]any{"format": "opaque", "id": "app"}, "txn": "txn-1", "toe": 1795435200.0,
		"events": map[string]any{"https://schemas.openid.net/secevent/ssf/event-type/verification": map[string]any{}},
	}
	if diff := cmp.Diff(want, decoded(t, data)); diff != "" {
		t.Error(diff)
	}
}
