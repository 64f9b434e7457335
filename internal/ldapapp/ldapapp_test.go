package ldapapp

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
	"github.com/google/go-cmp/cmp"

	"birthright/internal/company"
)

const (
	base   = "dc=example,dc=com"
	people = "ou=people," + base
	groups = "ou=groups," + base
	admin  = "cn=admin," + base
)

func serve(t testing.TB, opt Options) *Server {
	t.Helper()
	opt.Suffixes, opt.BindDN, opt.Password = []string{base}, admin, "secret"
	s, err := Start(opt, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Down)
	err = s.Load(strings.NewReader("version: 1\n\ndn: " + base + "\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example\n\n" +
		"# two branches\ndn: " + people + "\nobjectClass: organizationalUnit\nou: peo\n ple\n\ndn: " + groups + "\nobjectClass: organizationalUnit\nou: groups\n"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func dial(t testing.TB, s *Server) *ldap.Conn {
	t.Helper()
	c, err := ldap.DialURL(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.Bind(admin, "secret"); err != nil {
		t.Fatal(err)
	}
	return c
}

// person adds somebody and returns the DN.
func person(t testing.TB, c *ldap.Conn, uid string, extra ...string) string {
	t.Helper()
	dn := "uid=" + ldap.EscapeDN(uid) + "," + people
	req := ldap.NewAddRequest(dn, nil)
	req.Attribute("objectClass", []string{"inetOrgPerson"})
	req.Attribute("uid", []string{uid})
	req.Attribute("cn", []string{uid})
	req.Attribute("sn", []string{uid})
	for i := 0; i+1 < len(extra); i += 2 {
		req.Attribute(extra[i], []string{extra[i+1]})
	}
	if err := c.Add(req); err != nil {
		t.Fatal(err)
	}
	return dn
}

func group(t testing.TB, c *ldap.Conn, cn string, members ...string) string {
	t.Helper()
	dn := "cn=" + ldap.EscapeDN(cn) + "," + groups
	req := ldap.NewAddRequest(dn, nil)
	req.Attribute("objectClass", []string{"groupOfNames"})
	req.Attribute("cn", []string{cn})
	req.Attribute("member", members)
	if err := c.Add(req); err != nil {
		t.Fatal(err)
	}
	return dn
}

// code returns the result code of err, 0 for nil.
func code(err error) uint16 {
	var e *ldap.Error
	if errors.As(err, &e) {
		return e.ResultCode
	}
	if err != nil {
		return 0xffff
	}
	return 0
}

func search(c *ldap.Conn, base string, scope int, filter string, attrs ...string) ([]string, error) {
	r, err := c.Search(ldap.NewSearchRequest(base, scope, ldap.NeverDerefAliases, 0, 0, false, filter, attrs, nil))
	var out []string
	if r != nil {
		for _, e := range r.Entries {
			out = append(out, e.GetAttributeValue("uid"))
		}
	}
	return out, err
}

func TestFiltersAndScopes(t *testing.T) {
	s := serve(t, Options{})
	c := dial(t, s)
	person(t, c, "ada", "mail", "Ada@Example.com", "title", "Senior  Engineer", "employeeNumber", "9")
	person(t, c, "bob", "title", "Clerk", "employeeNumber", "10")
	person(t, c, "star*(paren)", "description", `back\slash`)
	for _, q := range []struct {
		base   string
		scope  int
		filter string
		want   string
	}{
		{base, ldap.ScopeWholeSubtree, "(uid=*)", "ada bob star*(paren)"},
		{base, ldap.ScopeWholeSubtree, "(&(objectClass=person)(!(uid=bob)))", "ada star*(paren)"},
		{base, ldap.ScopeWholeSubtree, "(|(uid=ADA)(mail=bob@example.com))", "ada"},
		{base, ldap.ScopeWholeSubtree, "(title=senior engineer)", "ada"},
		{base, ldap.ScopeWholeSubtree, "(title=sen*eng*r)", "ada"},
		{base, ldap.ScopeWholeSubtree, "(title=*clerk*)", "bob"},
		{base, ldap.ScopeWholeSubtree, "(employeeNumber>=10)", "bob"},
		{base, ldap.ScopeWholeSubtree, "(employeeNumber<=9)", "ada"},
		{base, ldap.ScopeWholeSubtree, "(!(title=*))", " star*(paren)"},
		{base, ldap.ScopeWholeSubtree, "(uid=" + ldap.EscapeFilter("star*(paren)") + ")", "star*(paren)"},
		{base, ldap.ScopeWholeSubtree, `(description=back\5cslash)`, "star*(paren)"},
		{base, ldap.ScopeWholeSubtree, "(uid:caseExactMatch:=ada)", ""},
		{base, ldap.ScopeWholeSubtree, "(!(uid:caseExactMatch:=ada))", ""},
		{people, ldap.ScopeSingleLevel, "(surname=bob)", "bob"},
		{base, ldap.ScopeSingleLevel, "(uid=bob)", ""},
		{"UID=Ada, OU=People, DC=example,DC=com", ldap.ScopeBaseObject, "(objectClass=*)", "ada"},
	} {
		got, err := search(c, q.base, q.scope, q.filter)
		if text := strings.Join(got, " "); err != nil || strings.TrimSpace(text) != strings.TrimSpace(q.want) {
			t.Errorf("%s below %s: %q (%v), want %q", q.filter, q.base, text, err, q.want)
		}
	}
	if _, err := search(c, "ou=nowhere,"+base, ldap.ScopeBaseObject, "(objectClass=*)"); code(err) != ldap.LDAPResultNoSuchObject {
		t.Errorf("missing base: %v", err)
	}
}

func TestPaging(t *testing.T) {
	s := serve(t, Options{SizeLimit: 5})
	c := dial(t, s)
	for i := range 23 {
		person(t, c, fmt.Sprintf("p%02d", i))
	}
	req := ldap.NewSearchRequest(people, ldap.ScopeSingleLevel, 0, 0, 0, false, "(uid=*)", []string{"uid"}, nil)
	r, err := c.SearchWithPaging(req, 7)
	if err != nil || len(r.Entries) != 23 {
		t.Errorf("paged: %v", err)
	}
	got, err := search(c, people, ldap.ScopeSingleLevel, "(uid=*)")
	if code(err) != ldap.LDAPResultSizeLimitExceeded || len(got) != 5 {
		t.Errorf("unpaged over the limit: %d entries, %v", len(got), err)
	}
	stale := ldap.NewControlPaging(7)
	stale.SetCookie([]byte("77"))
	req.Controls = []ldap.Control{stale}
	if _, err := c.Search(req); code(err) != ldap.LDAPResultUnwillingToPerform {
		t.Errorf("a cookie of another connection: %v", err)
	}
}

func TestAttributeSelection(t *testing.T) {
	s := serve(t, Options{})
	c := dial(t, s)
	dn := person(t, c, "ada")
	for _, q := range []struct {
		attrs []string
		want  []string
	}{
		{nil, []string{"objectClass", "uid", "cn", "sn"}},
		{[]string{"CN", "entryUUID"}, []string{"cn", "entryUUID"}},
		{[]string{"1.1"}, nil},
		{[]string{"*", "+"}, []string{"objectClass", "uid", "cn", "sn", "entryUUID", "entryDN", "createTimestamp", "modifyTimestamp"}},
	} {
		r, err := c.Search(ldap.NewSearchRequest(dn, ldap.ScopeBaseObject, 0, 0, 0, false, "(objectClass=*)", q.attrs, nil))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range r.Entries[0].Attributes {
			got = append(got, a.Name)
		}
		if d := cmp.Diff(q.want, got); d != "" {
			t.Errorf("%v (-want +got)\n%s", q.attrs, d)
		}
	}
}

func TestModify(t *testing.T) {
	s := serve(t, Options{})
	c := dial(t, s)
	ada, bob := person(t, c, "ada"), person(t, c, "bob")
	eng := group(t, c, "eng", ada)
	ghost := "uid=ghost," + people
	for _, m := range []struct {
		name string
		edit func(r *ldap.ModifyRequest)
		code uint16
		want []string
	}{
		{"add", func(r *ldap.ModifyRequest) { r.Add("member", []string{bob}) }, 0, []string{ada, bob}},
		{"add again", func(r *ldap.ModifyRequest) { r.Add("member", []string{"UID=bob, ou=people," + base}) }, 20, []string{ada, bob}},
		{"add one there and one not", func(r *ldap.ModifyRequest) { r.Add("member", []string{ghost, bob}) }, 20, []string{ada, bob}},
		{"delete absent", func(r *ldap.ModifyRequest) { r.Delete("member", []string{ghost}) }, 16, []string{ada, bob}},
		{"delete absent attribute", func(r *ldap.ModifyRequest) { r.Delete("description", nil) }, 16, []string{ada, bob}},
		{"half of it wrong", func(r *ldap.ModifyRequest) { r.Delete("member", []string{bob}); r.Add("member", []string{ada}) }, 20, []string{ada, bob}},
		{"delete", func(r *ldap.ModifyRequest) { r.Delete("member", []string{bob}) }, 0, []string{ada}},
		{"delete the last", func(r *ldap.ModifyRequest) { r.Delete("member", []string{ada}) }, 65, []string{ada}},
		{"replace by nothing", func(r *ldap.ModifyRequest) { r.Replace("member", nil) }, 65, []string{ada}},
		{"replace", func(r *ldap.ModifyRequest) { r.Replace("member", []string{ghost}) }, 0, []string{ghost}},
		{"own name", func(r *ldap.ModifyRequest) { r.Replace("cn", []string{"other"}) }, 67, []string{ghost}},
		{"operational", func(r *ldap.ModifyRequest) { r.Replace("entryUUID", []string{"x"}) }, 19, []string{ghost}},
	} {
		req := ldap.NewModifyRequest(eng, nil)
		m.edit(req)
		if err := c.Modify(req); code(err) != m.code {
			t.Errorf("%s: %v, want code %d", m.name, err, m.code)
		}
		if d := cmp.Diff(m.want, s.Values(eng, "member")); d != "" {
			t.Errorf("%s (-want +got)\n%s", m.name, d)
		}
	}
	permissive := ldap.NewModifyRequest(eng, []ldap.Control{ldap.NewControlString(oidPermissive, true, "")})
	permissive.Add("member", []string{ghost, ada})
	permissive.Delete("member", []string{bob})
	if err := c.Modify(permissive); err != nil {
		t.Errorf("permissive modify: %v", err)
	}
	unknown := ldap.NewModifyRequest(eng, []ldap.Control{ldap.NewControlString("1.2.3.4", true, "")})
	unknown.Add("member", []string{bob})
	if err := c.Modify(unknown); code(err) != 12 {
		t.Errorf("unknown critical control: %v", err)
	}
}

func TestAssertion(t *testing.T) {
	s := serve(t, Options{})
	c := dial(t, s)
	ada := person(t, c, "ada", "title", "Clerk")
	for filter, want := range map[string]uint16{"(title=Boss)": 122, "(title=Clerk)": 0} {
		packet, err := ldap.CompileFilter(filter)
		if err != nil {
			t.Fatal(err)
		}
		req := ldap.NewModifyRequest(ada, []ldap.Control{ldap.NewControlString(oidAssertion, true, string(packet.Bytes()))})
		req.Replace("description", []string{filter})
		if err := c.Modify(req); code(err) != want {
			t.Errorf("%s: %v", filter, err)
		}
	}
}

func TestAddAndDelete(t *testing.T) {
	s := serve(t, Options{})
	c := dial(t, s)
	ada := person(t, c, "ada")
	entry := func(dn string, pairs ...string) *ldap.AddRequest {
		req := ldap.NewAddRequest(dn, nil)
		for i := 0; i+1 < len(pairs); i += 2 {
			req.Attribute(pairs[i], strings.Split(pairs[i+1], "|"))
		}
		return req
	}
	for _, a := range []struct {
		req  *ldap.AddRequest
		code uint16
	}{
		{entry("UID=ada,"+people, "objectClass", "inetOrgPerson", "uid", "ada", "cn", "x", "sn", "x"), 68},
		{entry("uid=x,ou=nowhere,"+base, "objectClass", "inetOrgPerson", "uid", "x", "cn", "x", "sn", "x"), 32},
		{entry("uid=x,"+people, "objectClass", "inetOrgPerson", "uid", "x", "cn", "x"), 65},
		{entry("uid=x,"+people, "uid", "x"), 65},
		{entry("uid=x,"+people, "objectClass", "inetOrgPerson", "uid", "y", "cn", "x", "sn", "x"), 64},
		{entry("uid=x,"+people, "objectClass", "inetOrgPerson", "uid", "x", "cn", "x|X", "sn", "x"), 20},
		{entry("cn=empty,"+groups, "objectClass", "groupOfNames", "cn", "empty"), 65},
		{entry("not a name", "objectClass", "top"), 34},
		{entry("dc=org", "objectClass", "domain", "dc", "org"), 32},
		{entry(`cn=a\2cb\+c,`+groups, "objectClass", "groupOfNames", "cn", "a,b+c", "member", ada), 0},
	} {
		if err := c.Add(a.req); code(err) != a.code {
			t.Errorf("add %s: %v, want code %d", a.req.DN, err, a.code)
		}
	}
	for _, d := range []struct {
		dn   string
		code uint16
	}{{people, 66}, {"uid=nobody," + people, 32}, {ada, 0}, {ada, 32}, {`cn=a\,b\2Bc,` + groups, 0}} {
		if err := c.Del(ldap.NewDelRequest(d.dn, nil)); code(err) != d.code {
			t.Errorf("delete %s: %v, want code %d", d.dn, err, d.code)
		}
	}
}

func TestRename(t *testing.T) {
	s := serve(t, Options{})
	c := dial(t, s)
	ada := person(t, c, "ada")
	person(t, c, "bob")
	uuid := s.Values(ada, "entryUUID")
	if err := c.ModifyDN(ldap.NewModifyDNRequest(ada, "uid=bob", true, "")); code(err) != 68 {
		t.Errorf("onto bob: %v", err)
	}
	if err := c.ModifyDN(ldap.NewModifyDNRequest(ada, "uid=ada.l", true, groups)); err != nil {
		t.Fatal(err)
	}
	moved := "uid=ada.l," + groups
	if d := cmp.Diff(uuid, s.Values(moved, "entryUUID")); d != "" || len(uuid) != 1 {
		t.Errorf("the entryUUID changed: %s", d)
	}
	if d := cmp.Diff([]string{"ada.l"}, s.Values(moved, "uid")); d != "" {
		t.Error(d)
	}
	if err := c.ModifyDN(ldap.NewModifyDNRequest(people, "ou=staff", true, "")); err != nil {
		t.Fatal(err)
	}
	if got, err := search(c, "ou=staff,"+base, ldap.ScopeSingleLevel, "(uid=*)"); err != nil || len(got) != 1 {
		t.Errorf("below the renamed branch: %v %v", got, err)
	}
	if err := c.ModifyDN(ldap.NewModifyDNRequest("ou=staff,"+base, "ou=staff", true, "uid=bob,ou=staff,"+base)); code(err) != 53 {
		t.Errorf("below itself: %v", err)
	}
}

func TestBinds(t *testing.T) {
	s := serve(t, Options{})
	c := dial(t, s)
	ada := person(t, c, "ada", "userPassword", "pw")
	for _, b := range []struct {
		dn, password string
		code         uint16
	}{
		{admin, "wrong", 49}, {"cn=nobody," + base, "x", 49}, {"not a dn", "x", 34}, {ada, "pw", 0}, {"CN=Admin," + base, "secret", 0},
	} {
		if err := c.Bind(b.dn, b.password); code(err) != b.code {
			t.Errorf("bind %s: %v, want code %d", b.dn, err, b.code)
		}
	}
	if err := c.Bind(ada, "pw"); err != nil {
		t.Fatal(err)
	}
	if who, err := c.WhoAmI(nil); err != nil || who.AuthzID != "dn:"+ada {
		t.Errorf("who am I: %v %v", who, err)
	}
	if same, err := c.Compare(ada, "cn", "ADA"); !same || err != nil {
		t.Errorf("compare: %v %v", same, err)
	}
	if err := c.Del(ldap.NewDelRequest(ada, nil)); code(err) != 50 {
		t.Errorf("a person may delete: %v", err)
	}
	anonymous, err := ldap.DialURL(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer anonymous.Close()
	if _, err := search(anonymous, base, ldap.ScopeWholeSubtree, "(uid=*)"); code(err) != 50 {
		t.Errorf("nobody may search: %v", err)
	}
	r, err := anonymous.Search(ldap.NewSearchRequest("", ldap.ScopeBaseObject, 0, 0, 0, false, "(objectClass=*)", nil, nil))
	if err != nil || r.Entries[0].GetAttributeValue("namingContexts") != base {
		t.Errorf("root DSE: %v %v", r, err)
	}
}

func TestOutage(t *testing.T) {
	s := serve(t, Options{})
	c := dial(t, s)
	person(t, c, "ada")
	s.Down()
	if _, err := search(c, base, ldap.ScopeWholeSubtree, "(uid=*)"); err == nil {
		t.Error("the connection was not cut")
	}
	if _, err := ldap.DialURL(s.URL()); err == nil {
		t.Error("a new connection was taken")
	}
	if err := s.Up(); err != nil {
		t.Fatal(err)
	}
	if got, err := search(dial(t, s), base, ldap.ScopeWholeSubtree, "(uid=*)"); err != nil || len(got) != 1 {
		t.Errorf("after the outage: %v %v", got, err)
	}
}

func TestCompanyLoads(t *testing.T) {
	s := serve(t, Options{})
	sample := company.Generate(1, 1000, time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC))
	var ldif bytes.Buffer
	if err := sample.WriteLDIF(&ldif, base); err != nil {
		t.Fatal(err)
	}
	fresh, err := Start(Options{Suffixes: []string{base}}, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fresh.Down)
	top := "dn: " + base + "\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example\n\n"
	if err := fresh.Load(strings.NewReader(top + ldif.String())); err != nil {
		t.Fatal(err)
	}
	if n := len(fresh.Entries()); n < 980 || n > 1020 {
		t.Errorf("%d entries", n)
	}
	if err := s.Load(strings.NewReader("dn: uid=x," + base + "\nuid: x\n")); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("a broken entry: %v", err)
	}
}

func TestMalformedRequestsEndTheConnectionOnly(t *testing.T) {
	s := serve(t, Options{})
	for _, op := range []int{bindRequest, searchRequest, modifyRequest, addRequest, renameRequest, compareRequest, extendedRequest, 29} {
		c := dial(t, s)
		raw := message(7, ber.Encode(ber.ClassApplication, ber.TypeConstructed, ber.Tag(op), nil, ""))
		if _, err := rawConn(t, s).Write(raw); err != nil {
			t.Fatal(err)
		}
		if _, err := search(c, base, ldap.ScopeBaseObject, "(objectClass=*)"); err != nil {
			t.Errorf("after a malformed request %d: %v", op, err)
		}
	}
}
