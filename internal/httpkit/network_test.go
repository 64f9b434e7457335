package httpkit

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"birthright/targets"
)

func TestNamesLeadNowhereElse(t *testing.T) {
	private := []netip.Prefix{netip.MustParsePrefix("169.254.10.0/24")}
	for address, allowed := range map[string]bool{
		"8.8.8.8:443": true, "10.1.2.3:443": true, "192.168.1.1:443": true, "[2001:db8::1]:443": true, "[fd12::1]:443": true,
		"127.0.0.1:443": false, "[::1]:443": false, "0.0.0.0:443": false, "169.254.169.254:80": false, "[fe80::1]:443": false,
		"224.0.0.1:443": false, "255.255.255.255:443": false, "[::ffff:169.254.169.254]:80": false, "[::ffff:127.0.0.1]:80": false,
		"[fd00:ec2::254]:80": false, "100.100.100.200:80": false, "169.254.10.9:443": true,
	} {
		if err := check(address, private); (err == nil) != allowed {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// TestANameThatLeadsHome asks under a name that does not say that it is this machine.
func TestANameThatLeadsHome(t *testing.T) {
	s := server(t, reply(200, "", "{}"))
	_, port, err := net.SplitHostPort(strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	home := dialer("https://app.example.com", nil, 0)
	home.Timeout = 0
	transport := &http.Transport{DialContext: home.DialContext}
	c := client(t, Options{Base: "http://127.0.0.1:" + port, Transport: transport})
	_, err = c.Do(t.Context(), Request{Method: "POST", Path: "/"})
	if r := Result(targets.Op{}, err); r.Outcome != targets.Unreachable || !strings.Contains(r.Err.Error(), "allow_networks") {
		t.Errorf("%s: %v", r.Outcome, r.Err)
	}
	c = client(t, Options{Base: "http://127.0.0.1:" + port})
	if _, err := c.Do(t.Context(), Request{Method: "POST", Path: "/"}); err != nil {
		t.Errorf("a URL that says that it is this machine: %v", err)
	}
}

func TestNetworksAreRead(t *testing.T) {
	got, faults := parseNetworks([]string{"10.0.0.0/8", "169.254.1.1", "nonsense"})
	if len(got) != 2 || got[1].String() != "169.254.1.1/32" || len(faults) != 1 || !strings.Contains(faults[0].Error(), "allow_networks[2]") {
		t.Errorf("%v %v", got, faults)
	}
}
