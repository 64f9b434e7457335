package handoff

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/targets"

	"github.com/google/go-cmp/cmp"
)

// The signature is that of Standard Webhooks: a vector of its libraries, which Python's
// hmac gives, too.
func TestSignature(t *testing.T) {
	key, err := SecretKey("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Unix(1614265330, 0)
	got := Sign([][]byte{key}, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, []byte(`{"test": 2432232314}`))
	if got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Errorf("%s", got)
	}
	for _, bad := range []string{"", "whsec_", "whsec_!!"} {
		if _, err := SecretKey(bad); err == nil {
			t.Errorf("%q is a key", bad)
		}
	}
}

// Nothing that somebody sends makes the check believe him, or panic.
func FuzzVerify(f *testing.F) {
	key, now := []byte("the secret"), time.Unix(1_800_000_000, 0)
	good := Sign([][]byte{key}, "id", now, []byte("body"))
	f.Add("id", "1800000000", good, []byte("body"))
	f.Add("id", "-9223372036854775808", "v1,", []byte(""))
	f.Fuzz(func(t *testing.T, id, at, signature string, body []byte) {
		h := http.Header{}
		h.Set(HeaderID, id)
		h.Set(HeaderTimestamp, at)
		h.Set(HeaderSignature, signature)
		if Verify([][]byte{key}, h, body, now) != nil {
			return
		}
		var seconds int64
		if _, err := fmt.Sscan(at, &seconds); err != nil {
			t.Fatalf("believed without a time: %q", at)
		}
		want := base64.StdEncoding.EncodeToString(sum(key, id, seconds, body))
		if !strings.Contains(signature, want) && !bytes.Contains([]byte(signature), []byte(want[:40])) {
			t.Errorf("believed: %q of %q", signature, body)
		}
	})
}

// What is asked arrives as it was asked, whatever the names are.
func FuzzQuery(f *testing.F) {
	f.Add("a1", "ada", "role", "eng/x", "cursor", 3, byte(7))
	f.Add("", " ", "k", "?&=%#", "", 0, byte(0))
	f.Fuzz(func(t *testing.T, id, name, kind, ent, cursor string, limit int, parts byte) {
		ask := Ask{Cursor: cursor, Limit: max(0, limit)}
		if parts&1 > 0 {
			ask.AccountIDs = []string{id, "second"}
		}
		if parts&2 > 0 {
			ask.Names = []string{name}
		}
		if kind != "" && ent != "" && !strings.Contains(kind, "/") && parts&4 > 0 {
			ask.Entitlements = []Entitlement{{Kind: kind, ID: ent}}
		}
		q, err := url.ParseQuery(ask.Query().Encode())
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseAsk(q)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(ask, got); d != "" {
			t.Errorf("(-asked +understood):\n%s", d)
		}
	})
}

// None at all is not everything.
func TestNothingAsked(t *testing.T) {
	for _, ask := range []Ask{{}, {AccountIDs: []string{}}, {Entitlements: []Entitlement{}}, {AccountIDs: []string{}, Entitlements: []Entitlement{}}} {
		got, err := ParseAsk(ask.Query())
		if err != nil || (got.AccountIDs == nil && got.Names == nil) != (ask.AccountIDs == nil) || (got.Entitlements == nil) != (ask.Entitlements == nil) {
			t.Errorf("%+v came as %+v, %v", ask, got, err)
		}
	}
	for _, bad := range []string{"limit=0", "limit=x", "entitlement=role", "entitlement=/x", "entitlement=role/"} {
		q, _ := url.ParseQuery(bad)
		if _, err := ParseAsk(q); err == nil {
			t.Errorf("%s is understood", bad)
		}
	}
}

// A listing shows whatever stays, however its pages fall and whatever comes and goes.
func TestPagesHideNothing(t *testing.T) {
	for limit := 1; limit < 12; limit++ {
		m := Model{Abilities: Abilities{ImplicitAccounts: true, ImplicitEntitlements: true}}
		add := func(name string) {
			m.Perform(Op{Action: targets.Add, Account: &Account{Name: name}, Entitlement: &Entitlement{Kind: "role", ID: "eng"}})
		}
		for i := range 5 {
			add(fmt.Sprint("stays", i))
		}
		seen, ask := map[string]int{}, Ask{Limit: limit}
		for n := 0; ; n++ {
			p := m.Page(ask)
			for _, a := range p.Accounts {
				seen[a.Name]++
			}
			if p.Complete {
				break
			}
			add(fmt.Sprint("comes", n))
			m.Perform(Op{Action: targets.Remove, Account: &Account{Name: fmt.Sprint("comes", n-1)}, Entitlement: &Entitlement{Kind: "role", ID: "eng"}})
			ask.Cursor = p.Next
		}
		for i := range 5 {
			if n := seen[fmt.Sprint("stays", i)]; n != 1 {
				t.Errorf("pages of %d: an account that stays was shown %d times", limit, n)
			}
		}
	}
}

// Pages that are not whole are no listing.
func TestTornListings(t *testing.T) {
	account, held := Account{ID: "a1", Name: "ada"}, Assignment{AccountID: "a1", Entitlement: Entitlement{Kind: "role", ID: "eng"}}
	for name, pages := range map[string][]Page{
		"neither end nor next":          {{Version: 1}},
		"both":                          {{Version: 1, Complete: true, Next: "x"}},
		"the same again":                {{Version: 1, Next: "x"}, {Version: 1, Next: "x"}},
		"an account twice":              {{Version: 1, Accounts: []Account{account}, Next: "x"}, {Version: 1, Accounts: []Account{account}, Complete: true}},
		"without an id":                 {{Version: 1, Accounts: []Account{{Name: "ada"}}, Complete: true}},
		"an assignment of nobody":       {{Version: 1, Assignments: []Assignment{held}, Complete: true}},
		"an entitlement without a kind": {{Version: 1, Entitlements: []Entitlement{{ID: "x"}}, Complete: true}},
		"another version":               {{Version: 2, Complete: true}},
	} {
		target := &Target{name: "t", o: Options{State: true}, keys: newKeys(time.Now)}
		c := collection{t: target, accounts: map[string]bool{}, entitlements: map[string]bool{}, held: map[string]bool{}}
		n := 0
		err := c.read(t.Context(), Ask{}, func(_ context.Context, _ Ask) (Page, error) {
			n++
			return pages[min(n, len(pages))-1], nil
		})
		if identity.KindOf(err) != identity.Incomplete {
			t.Errorf("%s: %v", name, err)
		}
	}
}
