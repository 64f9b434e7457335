package ad

import (
	"strings"
	"testing"

	goldap "github.com/go-ldap/ldap/v3"
	"pgregory.net/rapid"
)

func TestIDsAsPeopleSeeThem(t *testing.T) {
	raw := []byte{0x68, 0xc1, 0x6b, 0xb3, 0x84, 0x03, 0x9d, 0x42, 0xa0, 0x5b, 0xd5, 0x11, 0xc5, 0xb2, 0x02, 0x5f}
	const text = "b36bc168-0384-429d-a05b-d511c5b2025f"
	if got := guidText(raw); got != text {
		t.Errorf("the GUID is %q", got)
	}
	if got := guidFilter(text); got != `(objectGUID=\68\c1\6b\b3\84\03\9d\42\a0\5b\d5\11\c5\b2\02\5f)` {
		t.Errorf("the filter is %q", got)
	}
	for _, bad := range []string{"", "ada", "*", text + ")(cn=*"} {
		if got := guidFilter(bad); got != nothing {
			t.Errorf("%q is looked for by %q", bad, got)
		}
	}
	user := sid{1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0x50, 4, 0, 0}
	if got := user.String(); got != "S-1-5-21-1-2-3-1104" {
		t.Errorf("the SID is %q", got)
	}
	if got := user.sibling("513").String(); got != "S-1-5-21-1-2-3-513" {
		t.Errorf("Domain Users is %q", got)
	}
	for _, rid := range []string{"", "-1", "x", "99999999999"} {
		if got := user.sibling(rid); got != nil {
			t.Errorf("sibling %q is %s", rid, got)
		}
	}
	if got := sid([]byte{1, 5, 0}).sibling("513"); got != nil {
		t.Errorf("half a SID has the sibling %s", got)
	}
}

func TestExtendedNames(t *testing.T) {
	const dn = `CN=a\>\;b,DC=x`
	for in, want := range map[string][3]string{ // form, plain, reference
		"<GUID=AB-cd>;<SID=S-1-5>;" + dn: {"<guid=ab-cd>", dn, "<guid=ab-cd>"},
		"<GUID=AB-cd>;" + dn:             {"<guid=ab-cd>", dn, "<guid=ab-cd>"},
		"<GUID=AB-cd>":                   {"<guid=ab-cd>", "<GUID=AB-cd>", "<guid=ab-cd>"},
		"CN=Ada,DC=X":                    {"cn=ada,dc=x,", "CN=Ada,DC=X", "CN=Ada,DC=X"},
	} {
		if got := [3]string{form(in), plain(in), reference(in)}; got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

// Whatever an attribute holds, it is one value in the place that a template makes.
func TestTemplatesAreSafe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.StringMatching(`[ a-c,+"\\<>;=#{}\pL\x00]{1,12}`).Draw(t, "value")
		got := template("OU={department},OU=Staff,DC=x").fill(func(string) string { return value })
		if strings.TrimSpace(value) == "" {
			if got != "" {
				t.Fatalf("a blank makes %q", got)
			}
			return
		}
		parsed, err := goldap.ParseDN(got)
		if err != nil || len(parsed.RDNs) != 3 || parsed.RDNs[0].Attributes[0].Value != value {
			t.Fatalf("%q makes %q, error %v", value, got, err)
		}
	})
	if got := template("OU={a},OU={b},DC=x").names(); strings.Join(got, " ") != "a b" {
		t.Errorf("the names are %q", got)
	}
	if got := template("OU={open,DC=x").fill(func(string) string { return "v" }); got != "OU=open,DC=x" {
		t.Errorf("an open brace makes %q", got)
	}
}
