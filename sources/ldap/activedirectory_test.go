package ldap

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/ldapconn"

	"github.com/google/go-cmp/cmp"
	"github.com/jimlambrt/gldap"
)

// adServer is a model of what Active Directory does differently: binary GUIDs,
// its own names of attributes, accounts switched off by a bit, and at most
// rangeSize values of an attribute at a time. stuck makes it repeat a range.
type adServer struct {
	people, rangeSize int
	stuck             bool
}

func (s adServer) guid(i int) string {
	return "\x33\x22\x11\x00\x55\x44\x77\x66\x88\x99\xaa\xbb\xcc\xdd" + string([]byte{byte(i >> 8), byte(i)})
}

func (s adServer) start(t *testing.T) (url string) {
	t.Helper()
	mux, err := gldap.NewMux()
	if err != nil {
		t.Fatal(err)
	}
	_ = mux.Bind(func(w *gldap.ResponseWriter, r *gldap.Request) {
		_ = w.Write(r.NewBindResponse(gldap.WithResponseCode(gldap.ResultSuccess)))
	})
	_ = mux.Search(s.search)
	server, err := gldap.NewServer()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Router(mux); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	go func() { _ = server.Run(address) }()
	t.Cleanup(func() { _ = server.Stop() })
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !server.Ready() {
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Fatal("the model of Active Directory does not start")
		}
	}
	return "ldap://" + address
}

func (s adServer) search(w *gldap.ResponseWriter, r *gldap.Request) {
	m, err := r.GetSearchMessage()
	if err != nil {
		return
	}
	switch {
	case m.BaseDN == "OU=Users,DC=ad":
		for i := range s.people {
			e := r.NewSearchResponseEntry(fmt.Sprintf("CN=P%d,OU=Users,DC=ad", i))
			e.AddAttribute("objectGUID", []string{s.guid(i)})
			e.AddAttribute("sAMAccountName", []string{"p" + strconv.Itoa(i)})
			e.AddAttribute("userAccountControl", []string{strconv.Itoa(512 + 2*(i%2))})
			_ = w.Write(e)
		}
	case m.BaseDN == "OU=Groups,DC=ad" || strings.HasPrefix(m.BaseDN, "CN=G,"):
		e := r.NewSearchResponseEntry("CN=G,OU=Groups,DC=ad")
		e.AddAttribute("objectGUID", []string{s.guid(9999)})
		e.AddAttribute("cn", []string{"G"})
		s.addMembers(e, m.Attributes)
		_ = w.Write(e)
	}
	done := r.NewSearchDoneResponse(gldap.WithResponseCode(gldap.ResultSuccess))
	if paging, err := gldap.NewControlPaging(0); err == nil {
		done.SetControls(paging)
	}
	_ = w.Write(done)
}

func (s adServer) addMembers(e *gldap.SearchResponseEntry, asked []string) {
	first := 0
	if i := slices.IndexFunc(asked, func(a string) bool { return strings.HasPrefix(a, "member;range=") }); i >= 0 {
		_, _ = fmt.Sscanf(asked[i], "member;range=%d-*", &first)
		if s.stuck {
			first = 0
		}
	} else if !slices.Contains(asked, "member") {
		return
	}
	last := min(first+s.rangeSize, s.people)
	var values []string
	for i := first; i < last; i++ {
		values = append(values, fmt.Sprintf("cn=p%d,ou=Users,dc=ad", i))
	}
	upper := strconv.Itoa(last - 1)
	if last == s.people {
		upper = "*"
	}
	e.AddAttribute("member", nil)
	e.AddAttribute(fmt.Sprintf("member;range=%d-%s", first, upper), values)
}

func TestActiveDirectory(t *testing.T) {
	t.Parallel()
	server := adServer{people: 40, rangeSize: 15}
	c := Config{Settings: ldapconn.Settings{URL: server.start(t)}, Users: Users{BaseDN: "OU=Users,DC=ad"}, Groups: Groups{BaseDN: "OU=Groups,DC=ad"}}
	got, _ := pull(t, open(t, c))

	p1 := got.records["p1"]
	if want := "00112233-4455-6677-8899-aabbccdd0001"; p1.Key != want {
		t.Errorf("key: got %s, want %s", p1.Key, want)
	}
	want := identity.Attributes{"userName": {"p1"}, "active": {"false"}}
	if diff := cmp.Diff(want, p1.Attributes); diff != "" {
		t.Errorf("p1 (-want +got):\n%s", diff)
	}
	if n := len(got.groups["G"]); n != 40 {
		t.Errorf("members over three ranges: got %d, want 40", n)
	}

	server.stuck = true
	c.URL = server.start(t)
	fails(t, c, identity.Incomplete, "does not send the values of member from number 15 on")
}
