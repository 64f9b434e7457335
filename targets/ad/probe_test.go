package ad_test

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"birthright/targets"
	"birthright/targets/ad"
	"birthright/targets/targettest/ldaptest"
)

// service makes an account for the hub without any rights, and returns its SID.
func (r *rig) service(t testing.TB) string {
	t.Helper()
	dn := "CN=svc," + r.base
	r.entry(t, dn, "objectClass", "user", "sAMAccountName", "svc-birthright", "userPrincipalName", "svc@example.com",
		"userAccountControl", "512", "unicodePwd", utf16Quoted("Svc-secret.7"))
	raw := []byte(r.values(t, dn, "objectSid")[0])
	out := "S-1-5"
	for at := 8; at < len(raw); at += 4 {
		out += fmt.Sprintf("-%d", binary.LittleEndian.Uint32(raw[at:]))
	}
	return out
}

func utf16Quoted(text string) string {
	var b strings.Builder
	for _, c := range []byte(`"` + text + `"`) {
		b.WriteByte(c)
		b.WriteByte(0)
	}
	return b.String()
}

// delegate gives rights on an entry, written as access control entries.
func (r *rig) delegate(t testing.TB, dn string, entries ...string) {
	t.Helper()
	if err := server.Delegate(dn, entries...); err != nil {
		t.Fatal(err)
	}
}

// missing returns the checks of a probe that have a remedy.
func missing(t testing.TB, target targets.Target) []string {
	t.Helper()
	report, err := target.Probe(t.Context())
	if err != nil || !report.Reachable {
		t.Fatalf("probe: %+v, error %v", report, err)
	}
	var out []string
	for _, f := range report.Findings {
		if f.Remedy != "" {
			out = append(out, f.Check)
		}
	}
	return out
}

// The rights that docs/targets-ad.md names are enough, and the probe says which of
// them are missing until they are there.
func TestTheLeastRights(t *testing.T) {
	r := start(t, nil)
	r.group(t, "eng")
	r.person(t, "bob")
	sid := r.service(t)
	c := r.secured()
	c.BindDN, c.BindPassword = "svc@example.com", ref(t, "Svc-secret.7")
	c.Users.DisabledOU = "OU=leavers," + r.people()
	r.target = r.open(t, c)
	want := []string{"make accounts", "move leavers", "change accounts", "make groups", "write members"}
	if got := missing(t, r.target); !slices.Equal(got, want) {
		t.Errorf("without rights, the probe misses %q, want %q", got, want)
	}
	if result := r.one(t, on(targets.Add, "bob", "eng")); result.Outcome != targets.Refused || !strings.Contains(fmt.Sprint(result.Err), "right") {
		t.Errorf("without rights: %s: %v", result.Outcome, result.Err)
	}
	const user, group, member, reset = "bf967aba-0de6-11d0-a285-00aa003049e2", "bf967a9c-0de6-11d0-a285-00aa003049e2",
		"bf9679c0-0de6-11d0-a285-00aa003049e2", "00299570-246d-11d0-a768-00aa006e0529"
	r.delegate(t, r.groups(), "(OA;CIIO;WP;"+member+";"+group+";"+sid+")")
	if got := missing(t, r.target); !slices.Equal(got, want[:4]) {
		t.Errorf("with the members alone, the probe misses %q, want %q", got, want[:4])
	}
	r.delegate(t, r.groups(), "(OA;CI;CC;"+group+";;"+sid+")", "(OA;CIIO;WP;;"+group+";"+sid+")")
	r.delegate(t, r.people(), "(OA;CI;CCDC;"+user+";;"+sid+")", "(OA;CIIO;WP;;"+user+";"+sid+")", "(OA;CIIO;CR;"+reset+";"+user+";"+sid+")")
	if got := missing(t, r.target); len(got) > 0 {
		t.Errorf("with all rights, the probe misses %q", got)
	}
	renamed := on(targets.UpdateAccount, "ada", "")
	r.must(t, on(targets.CreateAccount, "ada", ""), on(targets.CreateEntitlement, "", "ops"), on(targets.Add, "ada", "ops"), on(targets.Add, "ada", "eng"), on(targets.Remove, "ada", "eng"))
	renamed.Account = account(t, r.read(t), "ada")
	renamed.Account.Name = "ada.l"
	r.must(t, renamed, on(targets.DisableAccount, "ada.l", ""), on(targets.EnableAccount, "ada.l", ""), on(targets.DeleteAccount, "ada.l", ""))
}

// Plain text is told of: no password can be set over it.
func TestTheProbeTellsOfPlainText(t *testing.T) {
	r := start(t, nil)
	if got := missing(t, r.target); !slices.Equal(got, []string{"encryption"}) {
		t.Errorf("the probe misses %q", got)
	}
}

// A part of a group's members is never taken for all of them: Samba hands out what
// it is asked for, Windows the first 1500 by itself.
func TestMembersComeInParts(t *testing.T) {
	r := start(t, nil)
	var ops []targets.Op
	var want []string
	for i := range 11 {
		name := fmt.Sprintf("p%02d", i)
		ops = append(ops, on(targets.CreateAccount, name, ""), on(targets.Add, name, "eng"))
		want = append(want, name+" eng")
	}
	r.must(t, append([]targets.Op{on(targets.CreateEntitlement, "", "eng")}, ops...)...)
	for _, n := range []int{0, 2, 4, 9, 10, 20} {
		ad.ReadMembersBy(r.target, fmt.Sprintf("member;range=0-%d", n))
		if got := held(r.read(t)); !slices.Equal(got, want) {
			t.Errorf("by parts of %d: %q", n+1, got)
		}
	}
	// The rest cannot be had: an error, not a short list. People take four pages,
	// then comes the group, and then the rest of it.
	ad.ReadMembersBy(r.target, "member;range=0-2")
	r.proxy.Plant(ldaptest.Fault{Reads: true, After: 5, Times: 1, Code: 1})
	if _, err := targets.ReadState(t.Context(), r.target, targets.Query{}); err == nil {
		t.Error("half a group was taken for the whole")
	}
}
