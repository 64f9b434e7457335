package console_test

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

// A person sees themselves down to the clause, and others what they may.
func TestPeopleAndGroups(t *testing.T) {
	s := open(t)
	s.Join("bob manager=ada", "root")
	s.Full()
	s.ask("ada")
	s.Work()
	ada, root, otto := s.user("ada"), s.user("root"), s.user("otto")
	ada.visit("/people/ada").is(200, "rule logs", "What happened", "asked for prod", "The hub came to know them", "app:role/logs", `<time datetime="2026-11-23T`)
	ada.visit("/people/ada/why?about=prod-logs").is(200, "held", "rule logs", "userName", "in place")
	ada.visit("/people/ada/why?about=prod-logs&lose=yes").is(200, "Would lose it if", "userName were anything but nothing and “ada”")
	ada.visit("/people/bob/why?about=prod-logs").is(200, "not held", "What fails", "Would get it if")
	ada.visit("/people/ada/why?about=nothing").is(404, "there is no group of that name", `value="nothing"`)
	ada.visit("/people/ada/why?about=x:y").is(422, `value="x:y"`)
	ada.visit("/people/ada/timeline").is(200, "In prod-logs", "app: add")
	ada.visit("/people/ada/timeline?after=x").is(422)
	s.Pass(20 * time.Minute)
	ada.visit("/people/ada/then?at="+url.QueryEscape(s.Now().Add(-10*time.Minute).Format(time.RFC3339))).is(200, "Groups then", "prod-logs", "What is different now")
	ada.visit("/people/ada/then?at=yesterday").is(422, "say which moment")
	ada.visit("/people/ada/then?at=2020-01-01").is(404, "there was no user")
	ada.visit("/people/eve").is(403, "neither you nor somebody who reports to you")
	ada.visit("/people/nobody").is(403)
	ada.visit("/people").is(403)
	root.visit("/people?q=OB").is(200, ">bob<", "!>ada<")
	root.visit("/people/nobody").is(404)

	ada.visit("/groups").is(200, "prod-logs", `href="/groups/prod"`)
	ada.visit("/groups?q=logs").is(200, "prod-logs", `!href="/groups/prod"`)
	ada.visit("/groups/prod").is(200, "decided by owners", "8h at most", "Its owners, administrators and auditors see who they are")
	ada.visit("/groups/prod-logs/then?at=2026-11-23").is(403)
	ada.visit("/groups/none").is(404)
	otto.visit("/groups/prod-logs").is(200, "1 member", "rule logs: 1", ">ada", "!href=\"/people/ada\"")
	otto.visit("/groups/prod-logs?q=zzz").is(200, "Nobody like that is in it.")
	otto.visit("/groups/prod-logs/then?at="+url.QueryEscape(s.Now().Add(-10*time.Minute).Format(time.RFC3339))).is(200, ">ada<")
	root.visit("/groups/prod-logs").is(200, `href="/people/ada"`)
	if strings.Contains(s.log.String(), "could not be made") {
		t.Error(s.log.String())
	}
}
