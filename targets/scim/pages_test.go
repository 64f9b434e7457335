package scim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"birthright/identity"
	"birthright/targets"
)

// listServer answers /Users and /Groups with what pages makes of a request.
func listServer(t *testing.T, answer func(endpoint string, start, count int) (contentType, body string)) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/ServiceProviderConfig" {
			http.NotFound(w, r)
			return
		}
		start, _ := strconv.Atoi(r.URL.Query().Get("startIndex"))
		count, _ := strconv.Atoi(r.URL.Query().Get("count"))
		contentType, body := answer(r.URL.Path, start, count)
		w.Header().Set("Content-Type", contentType)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// list renders a ListResponse of users numbered from first to last.
func list(total any, first, last int) string {
	items := []string{}
	for i := first; i <= last; i++ {
		items = append(items, fmt.Sprintf(`{"id":"u%d","userName":"p%d"}`, i, i))
	}
	head := ""
	if total != nil {
		head = fmt.Sprintf(`"totalResults":%v,`, total)
	}
	return `{` + head + `"Resources":[` + strings.Join(items, ",") + `]}`
}

// TestListsThatAreNotWhole plants every defect of a list that was seen or
// feared, among seven users at three a page: none may pass for complete.
func TestListsThatAreNotWhole(t *testing.T) {
	plain := func(start, count int) string { return list(7, start, min(start+count-1, 7)) }
	for name, users := range map[string]func(start, count int) string{
		"no totalResults":     func(start, count int) string { return list(nil, start, min(start+count-1, 7)) },
		"total shrinks":       func(start, count int) string { return list(8-start/3, start, min(start+count-1, 7)) },
		"total grows":         func(start, count int) string { return list(7+start/3, start, start+count-1) },
		"stops early":         func(start, count int) string { return list(7, start, min(start+count-1, 5)) },
		"same page again":     func(_, _ int) string { return list(7, 1, 3) },
		"overlapping pages":   func(start, count int) string { return list(7, max(1, start-1), min(start+count-2, 7)) },
		"more than it says":   func(_, _ int) string { return list(7, 1, 9) },
		"says zero and sends": func(_, _ int) string { return list(0, 1, 3) },
		"another page than asked": func(start, count int) string {
			return strings.Replace(plain(start, count), `{`, `{"startIndex":99,`, 1)
		},
		"user without id":         func(_, _ int) string { return `{"totalResults":1,"Resources":[{"userName":"x"}]}` },
		"user without userName":   func(_, _ int) string { return `{"totalResults":1,"Resources":[{"id":"x"}]}` },
		"not JSON":                func(_, _ int) string { return `<html>sign in</html>` },
		"truncated":               func(start, count int) string { return plain(start, count)[:40] },
		"empty body":              func(_, _ int) string { return `` },
		"empty object":            func(_, _ int) string { return `{}` },
		"null":                    func(_, _ int) string { return `null` },
		"array":                   func(_, _ int) string { return `[]` },
		"total without resources": func(_, _ int) string { return `{"totalResults":7}` },
		"resources are null":      func(_, _ int) string { return `{"totalResults":7,"Resources":null}` },
		"total is text":           func(_, _ int) string { return `{"totalResults":"many","Resources":[]}` },
		"an error with status 200": func(_, _ int) string {
			return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"500"}`
		},
		"a resource in place of it": func(_, _ int) string { return `{"id":"u1","userName":"p1"}` },
	} {
		t.Run(name, func(t *testing.T) {
			url := listServer(t, func(endpoint string, start, count int) (string, string) {
				if endpoint == "/Users" {
					return scimMedia, users(start, count)
				}
				return scimMedia, list(0, 1, 0)
			})
			target, _ := open(t, url, nil)
			end, err := target.Read(t.Context(), targets.Query{}, &targets.State{})
			if err == nil || end.Complete || identity.KindOf(err) != identity.Incomplete {
				t.Errorf("complete %v, error %v (%s)", end.Complete, err, identity.KindOf(err))
			}
		})
	}
}

func TestListsThatAreWhole(t *testing.T) {
	for name, users := range map[string]func(start, count int) string{
		"plain":                    func(start, count int) string { return list(7, start, min(start+count-1, 7)) },
		"pages cut short by a cap": func(start, _ int) string { return list(7, start, min(start+1, 7)) },
		"all at once":              func(_, _ int) string { return list(7, 1, 7) },
		"startIndex and text around": func(start, count int) string {
			return " " + strings.Replace(list(7, start, min(start+count-1, 7)), `{`, `{"itemsPerPage":3,"startIndex":`+strconv.Itoa(start)+`,`, 1) + "\n"
		},
	} {
		url := listServer(t, func(endpoint string, start, count int) (string, string) {
			if endpoint == "/Users" {
				return "application/json; charset=utf-8", users(start, count)
			}
			return scimMedia, `{"totalResults":0}`
		})
		target, _ := open(t, url, nil)
		s, err := targets.ReadState(t.Context(), target, targets.Query{})
		if err != nil || len(s.Accounts) != 7 {
			t.Errorf("%s: %d accounts, %v", name, len(s.Accounts), err)
		}
	}
}

// TestFilterThatIsIgnored: a server that answers every filter with everybody
// must not make one account stand for another.
func TestFilterThatIsIgnored(t *testing.T) {
	url := listServer(t, func(_ string, start, count int) (string, string) {
		return scimMedia, list(7, start, min(start+count-1, 7))
	})
	target, _ := open(t, url, nil)
	if a := account(t, target, "P5"); a.ID != "u5" {
		t.Errorf("p5 has id %s", a.ID)
	}
	s, err := targets.ReadState(t.Context(), target, targets.Query{
		Accounts: []targets.Account{{Name: "nobody"}}, Entitlements: []identity.Entitlement{},
	})
	if err != nil || len(s.Accounts) != 0 {
		t.Errorf("nobody: %v %v", s.Accounts, err)
	}
}

func TestNestedGroups(t *testing.T) {
	groups := `{"totalResults":3,"Resources":[
		{"id":"g1","displayName":"outer","members":[{"value":"u1"},{"value":"g2","type":"Group"}]},
		{"id":"g2","displayName":"middle","members":[{"value":"u1"},{"value":"u2","type":"User"},{"value":"g3"}]},
		{"id":"g3","displayName":"inner","members":[{"value":"u3"},{"value":"g1"},{"value":"device"}]}]}`
	url := listServer(t, func(endpoint string, start, count int) (string, string) {
		if endpoint == "/Users" {
			return scimMedia, list(3, start, min(start+count-1, 3))
		}
		return scimMedia, groups
	})
	target, _ := open(t, url, nil)
	s, err := targets.ReadState(t.Context(), target, targets.Query{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, a := range s.Assignments {
		how := " "
		if a.Indirect {
			how = "~"
		}
		got[a.Entitlement.ID] += a.AccountID + how
	}
	want, _ := json.Marshal(map[string]string{"outer": "u1 u2~u3~", "middle": "u1 u2 u3~", "inner": "u1~u2~u3 "})
	if have, _ := json.Marshal(got); string(have) != string(want) {
		t.Errorf("got  %s\nwant %s", have, want)
	}
}
