package scim_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"birthright/scim"
)

// people are users in which sorting has something to get wrong.
func (d *door) people() {
	d.t.Helper()
	for _, body := range []string{
		`"userName":"bob","title":"b","name":{"familyName":"Zuse"},"emails":[{"value":"z@x.com"},{"value":"a@x.com","primary":true}]`,
		`"userName":"Ada","name":{"familyName":"lovelace"},"emails":[{"value":"m@x.com"}]`,
		`"userName":"cyd","title":"A","urn:x:y:Z":{"shoe":39,"hats":["top"]}`,
		`"userName":"dan","title":"B","name":{"familyName":"Babbage"}`,
	} {
		d.send("POST", "/scim/v2/Users", userHead+","+body+"}").want(201)
		d.now = d.now.Add(time.Minute)
	}
}

func TestSorting(t *testing.T) {
	d := open(t, scim.Limits{})
	d.people()
	for query, want := range map[string]string{
		"sortBy=userName":                           "Ada bob cyd dan",
		"sortBy=USERNAME&sortOrder=Ascending":       "Ada bob cyd dan",
		"sortBy=userName&sortOrder=descending":      "dan cyd bob Ada",
		"sortBy=title":                              "cyd bob dan Ada", // equal ones in the order of creation, those without last
		"sortBy=title&sortOrder=descending":         "Ada bob dan cyd",
		"sortBy=name.familyName":                    "dan Ada bob cyd",
		"sortBy=emails":                             "bob Ada cyd dan", // by the primary one
		"sortBy=emails.value":                       "bob Ada cyd dan",
		"sortBy=meta.created&sortOrder=descending":  "dan cyd Ada bob",
		"sortBy=id":                                 "bob Ada cyd dan",
		"sortBy=urn:x:y:Z:shoe":                     "cyd bob Ada dan",
		"sortBy=userName&filter=title+pr":           "bob cyd dan",
		"sortBy=userName&startIndex=2&count=2":      "bob cyd",
		"sortOrder=descending":                      "bob Ada cyd dan", // nothing to sort by
		"sortBy=userName&attributes=userName,title": "Ada bob cyd dan",
	} {
		if got := d.send("GET", "/scim/v2/Users?"+query, "").want(200).names("userName"); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	body := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"sortBy":"userName","sortOrder":"descending","count":1}`
	if got := d.send("POST", "/scim/v2/Users/.search", body).want(200); got.names("userName") != "dan" || got.at("totalResults") != 4.0 {
		t.Errorf(".search: %s", got.text)
	}
}

// walk follows cursors to the end.
func (d *door) walk(path, query string) (names string, pages int) {
	d.t.Helper()
	var all []string
	for cursor := ""; ; pages++ {
		r := d.send("GET", path+"?"+query+"&cursor="+url.QueryEscape(cursor), "").want(200)
		if r.at("startIndex") != nil || r.at("totalResults") == nil {
			d.t.Errorf("page by cursor: %s", r.text)
		}
		for _, attribute := range []string{"userName", "displayName"} {
			all = append(all, strings.Fields(r.names(attribute))...)
		}
		next, more := r.at("nextCursor").(string)
		if !more {
			return strings.Join(all, " "), pages + 1
		}
		cursor = next
	}
}

func TestCursors(t *testing.T) {
	d := open(t, scim.Limits{})
	d.people()
	d.group("g1")
	d.group("g2")
	for _, c := range []struct {
		path, query, want string
		pages             int
	}{
		{"/scim/v2/Users", "count=2", "bob Ada cyd dan", 2},
		{"/scim/v2/Users", "count=3", "bob Ada cyd dan", 2},
		{"/scim/v2/Users", "count=4", "bob Ada cyd dan", 1},
		{"/scim/v2/Users", "", "bob Ada cyd dan", 1},
		{"/scim/v2/Users", "count=1&sortBy=title", "cyd bob dan Ada", 4},
		{"/scim/v2/Users", "count=1&sortBy=title&sortOrder=descending", "Ada bob dan cyd", 4},
		{"/scim/v2/Users", "count=1&filter=title+pr&sortBy=meta.lastModified&sortOrder=descending", "dan cyd bob", 3},
		{"/scim/v2/Groups", "count=1", "g1 g2", 2},
		{"/scim/v2", "count=4", "bob Ada cyd dan g1 g2", 2},
		{"/scim/v2/", "count=5&sortBy=id", "bob Ada cyd g1 g2 dan", 2}, // of each page, users are named before groups
	} {
		if names, pages := d.walk(c.path, c.query); names != c.want || pages != c.pages {
			t.Errorf("%s?%s: %q in %d pages, want %q in %d", c.path, c.query, names, pages, c.want, c.pages)
		}
	}
	first := d.send("GET", "/scim/v2/Users?count=1&cursor=&filter=title+pr", "").want(200)
	next, _ := first.at("nextCursor").(string)
	if strings.ContainsAny(next, "+/= ") {
		t.Errorf("the cursor %q needs escaping in a URL", next)
	}
	d.send("GET", "/scim/v2/Users?count=3&filter=title+pr&cursor="+next, "").want(200) // another count is the same question
	for _, other := range []string{"cursor=" + next, "sortBy=userName&filter=title+pr&cursor=" + next, "filter=title+pr&cursor=x" + next, "filter=title+pr&cursor=" + next[:10]} {
		d.send("GET", "/scim/v2/Users?"+other, "").wantError(400, "invalidCursor")
	}
	d.send("GET", "/scim/v2/Groups?filter=title+pr&cursor="+next, "").want(400)
	d.token = d.other
	d.send("GET", "/scim/v2/Users?filter=title+pr&cursor="+next, "").wantError(400, "invalidCursor")
}

// What comes and goes between two pages shifts nobody over the edge.
func TestCursorsSurviveChanges(t *testing.T) {
	d := open(t, scim.Limits{})
	var ids []string
	for i := range 6 {
		ids = append(ids, d.user(fmt.Sprintf("u%d", i)))
	}
	first := d.send("GET", "/scim/v2/Users?count=3&cursor=", "").want(200)
	d.send("DELETE", "/scim/v2/Users/"+ids[0], "").want(204)
	d.user("later")
	next, _ := first.at("nextCursor").(string)
	if got := d.send("GET", "/scim/v2/Users?count=9&cursor="+next, "").want(200).names("userName"); got != "u3 u4 u5 later" {
		t.Errorf("the second page: %q", got)
	}
}

func TestAllTypesAtOnce(t *testing.T) {
	d := open(t, scim.Limits{})
	d.people()
	d.group("eng")
	d.group("Bobs")
	search := func(rest string) string {
		return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]` + rest + `}`
	}
	for rest, want := range map[string]string{
		``: "bob Ada cyd dan eng Bobs",
		`,"filter":"displayName eq \"bobs\" or userName eq \"BOB\""`:                "bob Bobs",
		`,"filter":"meta.resourceType eq \"Group\""`:                                "eng Bobs",
		`,"filter":"not (userName pr)"`:                                             "eng Bobs",
		`,"filter":"userName ne \"bob\""`:                                           "Ada cyd dan eng Bobs",
		`,"filter":"title eq null","startIndex":2,"count":1`:                        "eng",
		`,"startIndex":4,"count":2`:                                                 "dan eng",
		`,"sortBy":"displayName","sortOrder":"descending","startIndex":5,"count":9`: "eng Bobs",
	} {
		r := d.send("POST", "/scim/v2/.search", search(rest)).want(200)
		var names []string
		for i := range len(r.at("Resources").([]any)) {
			name := r.at("Resources", i, "userName")
			if name == nil {
				name = r.at("Resources", i, "displayName")
			}
			names = append(names, fmt.Sprint(name))
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %q, want %q", rest, got, want)
		}
	}
	d.send("POST", "/scim/v2/.search", search(`,"filter":"nonsense pr"`)).wantError(400, "invalidFilter")
	d.send("POST", "/scim/v2/.search", search(`,"sortBy":"nonsense"`)).wantError(400, "invalidPath")
	if r := d.send("GET", "/scim/v2?filter="+escape(`meta.resourceType eq "User"`)+"&count=0", "").want(200); r.at("totalResults") != 4.0 || r.at("itemsPerPage") != 0.0 {
		t.Errorf("GET /: %s", r.text)
	}
}
