package console_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"birthright/grants"
	"birthright/grants/desk"
)

// What was asked for and given is found on pages by whom, what, who answered and why, and
// taken along whole.
func TestHistoryIsSearchedAndTakenAlong(t *testing.T) {
	s := open(t)
	s.Join("root")
	id, _ := s.ask("ada")
	answer, err := s.Desk.Approve(s.Context(), s.As("olga"), id, "go on")
	s.Must(err)
	other, _ := s.ask("eve")
	_, err = s.Desk.Deny(s.Context(), s.As("otto"), other, "=use the replica")
	s.Must(err)
	s.Full()
	ada, eve, otto, root := s.user("ada"), s.user("eve"), s.user("otto"), s.user("root")
	grant := "/grants/" + answer.Request.Grant

	ada.visit("/requests").is(http.StatusOK, "/requests/"+id, grant, "!/requests/"+other)
	ada.visit("/grants").is(http.StatusOK, grant, "!Over, and not gone")
	eve.visit("/requests").is(http.StatusOK, "/requests/"+other, "=use the replica", "!/requests/"+id)
	eve.visit("/grants").is(http.StatusOK, "There is no such grant", "!"+grant)
	eve.visit("/requests?group=prod").is(http.StatusOK, "!/requests/"+id)
	otto.visit("/requests?group=prod").is(http.StatusOK, "/requests/"+id, "/requests/"+other, `href="/requests?group=prod-logs"`)
	for query, want := range map[string]string{
		"user=ada": id, "decider=olga": id, "state=approved": id, "q=GO+on": id, "decider=otto": other, "state=denied": other, "q=the+replica": other,
		"ticket=OPS-7": id, "since=2020-01-01": id,
	} {
		root.visit("/requests?"+query).is(http.StatusOK, "/requests/"+want)
		if strings.HasPrefix(query, "t") || strings.HasPrefix(query, "si") {
			continue
		}
		for _, none := range []string{id, other} {
			if none != want && strings.Contains(root.text, "/requests/"+none) {
				t.Errorf("%s also finds %s", query, none)
			}
		}
	}
	root.visit("/requests?until=2020-01-01").is(http.StatusOK, "There is no such request")
	root.visit("/grants?decider=otto").is(http.StatusOK, "There is no such grant")
	root.visit("/grants?decider=olga&q=IS+full").is(http.StatusOK, grant) // it is in the reason of the request
	root.visit("/requests?since=yesterday").is(http.StatusUnprocessableEntity, "is no date")
	root.visit("/requests?state=lost").is(http.StatusUnprocessableEntity, "is none of pending")
	root.visit("/requests?user=nobody").is(http.StatusNotFound, "nobody")
	root.visit("/requests?after=x").is(http.StatusUnprocessableEntity, "begin at the first")

	root.visit("/requests/export?group=prod&format=csv").is(http.StatusOK)
	rows, err := csv.NewReader(strings.NewReader(root.text)).ReadAll()
	s.Must(err)
	if len(rows) != 3 || rows[0][0] != "id" || rows[1][0] != other || !strings.Contains(strings.Join(rows[1], "|"), "'=use the replica") {
		t.Errorf("exported %q", rows)
	}
	root.visit("/grants/export?format=json").is(http.StatusOK)
	var given []desk.Grant
	s.Must(json.Unmarshal([]byte(root.text), &given))
	if len(given) != 1 || "/grants/"+given[0].ID != grant {
		t.Errorf("exported %+v", given)
	}
	root.visit("/grants/export?state=failed&format=json").is(http.StatusOK)
	s.Must(json.Unmarshal([]byte(root.text), &given))
	eve.visit("/grants/export").is(http.StatusOK, "!prod")
	root.visit("/grants/export?format=xml").is(http.StatusUnprocessableEntity, "is none of csv, json")
}

// What should be gone and is not stands before all others, wherever it is in the list.
func TestOverdueGrantsStandFirst(t *testing.T) {
	s := open(t)
	s.Join("root")
	id, _ := s.ask("ada")
	answer, err := s.Desk.Approve(s.Context(), s.As("olga"), id, "")
	s.Must(err)
	s.Full()
	s.Down(true)
	s.Pass(3 * time.Hour)
	s.Full()
	g, err := s.Desk.Grant(s.Context(), s.As("root"), answer.Request.Grant)
	s.Must(err)
	if g.State != grants.Ending || g.OverdueSeconds == 0 {
		t.Fatalf("%+v", g)
	}
	root := s.user("root")
	root.visit("/grants").is(http.StatusOK, "Over, and not gone", "/grants/"+g.ID, "1h overdue", "!The others")
	root.visit("/grants?state=ending").is(http.StatusOK, "/grants/"+g.ID, "!Over, and not gone")
}
