package okta

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/ratelimit"
	"birthright/internal/sim"
	"birthright/targets"
	"birthright/targets/okta/oktasim"
)

// tripper is a network that does as the test says.
type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// over opens a target over such a network.
func over(t *testing.T, network tripper) *Target {
	t.Helper()
	c := Config{Token: ref(t, canary)}
	c.URL = base
	target, err := c.open(targets.Env{Name: "t"}, network)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func said(req *http.Request, header http.Header, body string) *http.Response {
	return &http.Response{StatusCode: 200, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: req}
}

// The SDK takes an end of file for a reason to ask again, for ever.
func TestNothingIsAskedTwice(t *testing.T) {
	for _, err := range []error{io.EOF, io.ErrUnexpectedEOF, errors.New("broken")} {
		asked := 0
		target := over(t, func(req *http.Request) (*http.Response, error) {
			if asked++; asked > 3 {
				t.Fatal("asked again and again")
			}
			return nil, err
		})
		res := target.Apply(t.Context(), []targets.Op{{Action: targets.CreateAccount, Account: named("ada")}})[0]
		if asked != 1 || res.Outcome.OK() {
			t.Errorf("%v: asked %d times, %s", err, asked, res.Outcome)
		}
	}
}

// Links are read whether they come in one header or two; what is no link is an error,
// and no crash.
func TestLinks(t *testing.T) {
	self := "<" + base + `/api/v1/users?limit=200>; rel="self"`
	next := "<" + base + `/api/v1/users?after=x&limit=200>; rel="next"`
	for name, c := range map[string]struct {
		links []string
		calls int
		fails bool
	}{
		"two headers":  {[]string{self, next}, 2, false},
		"one header":   {[]string{self + ", " + next}, 2, false},
		"none":         {nil, 1, false},
		"no link":      {[]string{"<%zz>; rel=\"next\""}, 1, true},
		"nothing much": {[]string{"next"}, 1, true},
		"same page":    {[]string{self, strings.Replace(self, "self", "next", 1)}, 2, true},
	} {
		calls := 0
		target := over(t, func(req *http.Request) (*http.Response, error) {
			h := http.Header{"Content-Type": {"application/json"}}
			if calls++; calls == 1 || name == "same page" {
				h["Link"] = c.links
			}
			return said(req, h, "[]"), nil
		})
		err := target.eachUser(t.Context(), nil)
		if calls != c.calls || (err != nil) != c.fails {
			t.Errorf("%s: %d calls, error %v", name, calls, err)
		}
	}
}

// Credentials stay with us when a link leads elsewhere: the SDK drops the host.
func TestALinkLeadsNowhereElse(t *testing.T) {
	var hosts []string
	target := over(t, func(req *http.Request) (*http.Response, error) {
		hosts = append(hosts, req.URL.Host)
		h := http.Header{}
		if len(hosts) == 1 {
			h.Set("Link", `<https://evil.example.com/api/v1/users?after=x>; rel="next"`)
		}
		return said(req, h, "[]"), nil
	})
	if err := target.eachUser(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	for _, h := range hosts {
		if h != "simulated.invalid" {
			t.Errorf("a request went to %s", h)
		}
	}
}

// What stands in the environment and in the home folder for the SDK means nothing.
func TestTheSDKsOwnSettingsMeanNothing(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	if err := os.MkdirAll(filepath.Join(home, ".okta"), 0o700); err != nil {
		t.Fatal(err)
	}
	file := "okta:\n  client:\n    orgUrl: https://elsewhere.example.com\n    token: theirs\n    cache: {enabled: true}\n"
	if err := os.WriteFile(filepath.Join(home, ".okta", "okta.yaml"), []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"ORGURL": "https://elsewhere.example.com", "TOKEN": "theirs", "AUTHORIZATIONMODE": "JWT", "CACHE_ENABLED": "true",
		"RATE_LIMIT_MAX_RETRIES": "9", "REQUEST_TIMEOUT": "1", "PROXY_HOST": "proxy.example.com", "PROXY_PORT": "1",
	} {
		t.Setenv("OKTA_CLIENT_"+name, value)
	}
	r := newRig(t, oktasim.Options{NamesOptional: true}, nil)
	r.story(t) // its token is checked, and a cached read would stop it
}

// A service app signs for its tokens; they are asked for once.
func TestServiceApps(t *testing.T) {
	key := newKey(t)
	r := newRig(t, oktasim.Options{NamesOptional: true, ClientID: "0oa1"}, func(c *Config) {
		c.Token = ref(t, "")
		c.OAuth = OAuth{ClientID: "0oa1", Key: ref(t, key), KeyID: "k1"}
	})
	tokens := 0
	r.Transport.Plant(sim.Fault{Path: "/oauth2/v1/token", Hit: func() { tokens++ }})
	r.story(t)
	if tokens != 1 {
		t.Errorf("%d tokens were asked for, want 1", tokens)
	}
	wrong := newRig(t, oktasim.Options{ClientID: "another"}, func(c *Config) {
		c.Token = ref(t, "")
		c.OAuth = OAuth{ClientID: "0oa1", Key: ref(t, key)}
	})
	if _, err := targets.ReadState(t.Context(), wrong.target, targets.Query{}); identity.KindOf(err) != identity.Denied {
		t.Errorf("an app that is not known: %v, want denied", err)
	}
}

// Okta's budgets are kept, class by class, so that Okta never has to say so.
func TestBudgetsAreKept(t *testing.T) {
	budget := map[string]int{"users": 20, "user": 20, "groups": 20, "group": 20, "rules": 20}
	r := newRig(t, oktasim.Options{NamesOptional: true, Budgets: budget}, func(c *Config) {
		c.Limits = nil
		for class, n := range budget {
			c.Limits = append(c.Limits, ratelimit.Limit{Scope: class, Tokens: n, Per: time.Minute})
		}
	})
	var seed targets.State
	for i := range 40 {
		seed.Accounts = append(seed.Accounts, named(fmt.Sprintf("p%03d", i)))
		seed.Assignments = append(seed.Assignments, targets.Assignment{AccountID: seed.Accounts[i].Name, Entitlement: address(fmt.Sprint("g", i))})
	}
	r.org.Seed(seed)
	began := r.Clock.Now()
	if n := len(r.read(t).Assignments); n != 40 {
		t.Errorf("%d assignments, want 40", n)
	}
	if r.Clock.Now().Sub(began) < time.Minute {
		t.Error("forty groups were read within a budget of twenty a minute")
	}
	if refused := r.org.Refused(); refused != 0 {
		t.Errorf("Okta refused %d requests", refused)
	}
}

// Okta says only in X-Rate-Limit-Reset when to come back.
func TestThrottledUntilTheReset(t *testing.T) {
	r := newRig(t, oktasim.Options{NamesOptional: true}, nil)
	until := r.Clock.Now().Add(40 * time.Second)
	r.Transport.Plant(sim.Fault{Writes: true, Status: 429, Header: map[string]string{
		"X-Rate-Limit-Limit": "600", "X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": fmt.Sprint(until.Unix()),
	}})
	res := r.one(t, targets.Op{Action: targets.CreateAccount, Account: named("ada")})
	if res.Outcome != targets.Throttled || !res.RetryAt.Equal(until) {
		t.Errorf("%+v, want throttled until %s", res, until)
	}
}
