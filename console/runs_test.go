package console_test

import (
	"strings"
	"testing"

	"birthright/store"
)

// The pages of targets, sources, runs and what is held, as an administrator and as
// somebody who may not.
func TestThePagesOfTheOperation(t *testing.T) {
	s := open(t)
	s.Join("root")
	s.Work()
	root := s.user("root")
	root.visit("/targets").is(200, `href="/targets/app"`, "well")
	root.visit("/targets/app").is(200, "app:role/logs", "Read whole and sync", "500 removals")
	root.visit("/targets/nowhere").is(404, "there is no target")
	root.visit("/targets/app").send("/targets/app/check").is(200, "What it answered just now")
	root.visit("/sources").is(200, `href="/sources/okta"`)
	root.visit("/sources/okta").is(200, "PATCH /scim/v2/Users/1", "&lt;b&gt;", "!<b>x")
	s.Change("eve", "userName", "eve")
	root.visit("/runs").send("/runs/plan", "user", "ada").is(200, "Nothing would change")
	root.visit("/runs").send("/runs", "full", "yes")
	root.is(200, "Sync")
	if !strings.HasPrefix(root.at, "/runs/") {
		t.Errorf("a sync led to %s", root.at)
	}
	root.visit("/runs").is(200, "by root")
	for _, path := range []string{"/targets", "/targets/app", "/sources", "/sources/okta", "/runs", "/held"} {
		s.user("eve").visit(path).is(403, "You may not")
	}
}

// What is held is released or refused with a reason, one by one or several at once.
func TestHeldPages(t *testing.T) {
	s := open(t)
	s.Join("root")
	s.Must(s.DB.Update(s.Context(), func(tx *store.Tx) error {
		row := func(id, entitlement string) store.HeldRow {
			return store.HeldRow{ID: id, Kind: store.HeldRemoval, Target: "app", Subject: "ada", Action: "remove", Entitlement: entitlement, Reason: "600 removals"}
		}
		return tx.SaveHeld(s.Context(), []store.HeldRow{row("h1", "app:role/one"), row("h2", "app:role/two"), row("h3", "app:role/three")})
	}))
	root := s.user("root")
	root.visit("/held").is(200, "app:role/one", "600 removals", "Release what is chosen")
	root.visit("/held").send("/held/settle", "do", "release", "id", "h1").is(422, "say why")
	root.visit("/held").send("/held/settle", "do", "refuse", "id", "h1", "reason", "Ada needs it").is(200, "1 refused", "!app:role/one")
	root.visit("/held/h1").is(200, "refused", "by root", "Ada needs it")
	root.visit("/held/h2").send("/held/h2", "do", "release", "reason", "is right").is(200, "1 released", "!app:role/two", "app:role/three")
	root.visit("/held?all=yes").is(200, "refused by root", "released by root")
	root.visit("/held/h9").is(404, "nothing is held under that id")
}
