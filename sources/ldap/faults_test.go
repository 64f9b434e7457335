package ldap

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"birthright/identity"
	"birthright/internal/slapdtest"
	"birthright/internal/trust"
	"birthright/sources"
)

// fails pulls from c and wants an error of that kind with those words, and no
// claim of being complete.
func fails(t *testing.T, c Config, kind identity.Kind, words ...string) {
	t.Helper()
	failsWith(t, t.Context(), c, newSeen(), kind, words...)
}

func failsWith(t *testing.T, ctx context.Context, c Config, sink sources.Sink, kind identity.Kind, words ...string) {
	t.Helper()
	checkpoint, err := open(t, c).Pull(ctx, "", sink)
	if err == nil {
		t.Fatalf("the pull went well with %+v, want an error of kind %s", checkpoint, kind)
	}
	if checkpoint.Complete {
		t.Errorf("complete although %v", err)
	}
	if got := identity.KindOf(err); got != kind {
		t.Errorf("got kind %q of %v, want %q", got, err, kind)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("got %q, want %q in it", err, w)
		}
	}
}

func TestCutShort(t *testing.T) {
	t.Parallel()
	s := slapdtest.Start(t, slapdtest.Options{SizeLimit: 100, PagedTotal: 100})
	s.MustLoad(t, slapdtest.ExampleLDIF(t))
	c := configFor(t, s)

	t.Run("size limit in the first page", func(t *testing.T) {
		t.Parallel()
		fails(t, c, identity.Incomplete, "source corp", "0 pages and 100 entries", "LDAP result 4", "raise its limit")
	})
	t.Run("size limit in a later page", func(t *testing.T) {
		t.Parallel()
		c := c
		c.PageSize = 40
		fails(t, c, identity.Incomplete, "2 pages and", "size limit exceeded", s.ReaderDN)
	})
	t.Run("connection cut in mid page", func(t *testing.T) {
		t.Parallel()
		proxy := slapdtest.StartProxy(t, s)
		proxy.CutAfter(20_000)
		c := c
		c.URL, c.BindDN, c.BindPassword = proxy.URL, s.AdminDN, ref(t, s.AdminPassword)
		fails(t, c, identity.Incomplete, "ended after 0 pages and", "EOF")
	})
	t.Run("cancelled", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		c := c
		c.BindDN, c.BindPassword = s.AdminDN, ref(t, s.AdminPassword)
		sink := &cancelling{seen: newSeen(), cancel: cancel}
		failsWith(t, ctx, c, sink, identity.Incomplete, context.Canceled.Error())
	})
}

// cancelling is a sink in whose hands the context ends.
type cancelling struct {
	*seen
	cancel func()
}

func (s *cancelling) Record(r identity.Record) error {
	s.cancel()
	return s.seen.Record(r)
}

// A server that dies in the middle must not leave a smaller directory behind.
func TestServerKilled(t *testing.T) {
	t.Parallel()
	s := slapdtest.Start(t, slapdtest.Options{})
	if err := s.Bulk(s.Suffix, strings.NewReader(crowd(s.Suffix, 20_000, 0, 0))); err != nil {
		t.Fatal(err)
	}
	c := configFor(t, s)
	sink := &killing{seen: newSeen(), server: s}
	failsWith(t, t.Context(), c, sink, identity.Incomplete, "users")
	if sink.err != nil {
		t.Fatal(sink.err)
	}
	fails(t, c, identity.Unavailable, "connect to", "check url")
	if err := s.Restart(); err != nil {
		t.Fatal(err)
	}
	if got, _ := pull(t, open(t, c)); got.count != 20_000 {
		t.Errorf("after the restart: %d people, want 20000", got.count)
	}
}

// killing is a sink in whose hands the server dies.
type killing struct {
	*seen
	server *slapdtest.Server
	err    error
}

func (s *killing) Record(r identity.Record) error {
	if s.count == 700 {
		s.err = s.server.Kill()
	}
	return s.seen.Record(r)
}

func TestSinkErrorIsReturnedAsItIs(t *testing.T) {
	t.Parallel()
	s := slapdtest.Start(t, slapdtest.Options{})
	s.MustLoad(t, slapdtest.ExampleLDIF(t))
	for _, sink := range []sources.Sink{refusing{records: true}, refusing{groups: true}} {
		if _, err := open(t, configFor(t, s)).Pull(t.Context(), "", sink); err != errFull {
			t.Errorf("%+v: got %v, want the sink's own error", sink, err)
		}
	}
}

var errFull = errors.New("the sink is full")

type refusing struct{ records, groups bool }

func (r refusing) Record(identity.Record) error {
	if r.records {
		return errFull
	}
	return nil
}

func (r refusing) Group(identity.SourceGroup, []identity.MemberRef) error {
	if r.groups {
		return errFull
	}
	return nil
}

func TestRefused(t *testing.T) {
	t.Parallel()
	s := slapdtest.Start(t, slapdtest.Options{})
	s.MustLoad(t, slapdtest.ExampleLDIF(t))
	other := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(other, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		change func(c *Config)
		kind   identity.Kind
		words  []string
	}{
		{"wrong password", func(c *Config) { c.BindPassword = ref(t, "wrong") }, identity.Denied, []string{"LDAP result 49", "check bind_dn and bind_password"}},
		{"password variable not set", func(c *Config) { c.BindPassword = ref(t, "env:NO_SUCH_VARIABLE_HERE") }, identity.Invalid, []string{"bind_password"}},
		{"nobody listens", func(c *Config) { c.URL = "ldap://127.0.0.1:1" }, identity.Unavailable, []string{"connect to 127.0.0.1:1"}},
		{"unknown authority", func(c *Config) { c.URL = s.TLSURL }, identity.Denied, []string{"tls.ca_file"}},
		{"unknown authority under StartTLS", func(c *Config) { c.StartTLS = true }, identity.Denied, []string{"tls.ca_file"}},
		{"certificate of another name", func(c *Config) {
			c.URL, c.TLS = s.TLSURL, trust.TLS{CAFile: s.CAFile, ServerName: "ldap.example.com"}
		}, identity.Denied, []string{"tls.server_name"}},
		{"no such authority file", func(c *Config) { c.URL, c.TLS.CAFile = s.TLSURL, "none.pem" }, identity.Invalid, []string{"tls.ca_file"}},
		{"authority file without a certificate", func(c *Config) { c.URL, c.TLS.CAFile = s.TLSURL, other }, identity.Invalid, []string{"no certificate"}},
		{"TLS to a plain port", func(c *Config) { c.URL = strings.Replace(s.URL, "ldap:", "ldaps:", 1) }, identity.Unavailable, nil},
		{"no such base", func(c *Config) { c.Users.BaseDN = "ou=Nowhere,dc=example,dc=com" }, identity.NotFound, []string{"base_dn of users", `nearest entry is "dc=example,dc=com"`}},
		{"no such base of groups", func(c *Config) { c.Groups.BaseDN = "ou=Nowhere,dc=example,dc=com" }, identity.NotFound, []string{"base_dn of groups"}},
		{"no key", func(c *Config) { c.Key = "employeeNumber" }, identity.Invalid, []string{"has no key", "employeeNumber"}},
		{"one key for many", func(c *Config) { c.Key = "l" }, identity.Conflict, []string{"another entry has its key"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := configFor(t, s)
			tt.change(&c)
			fails(t, c, tt.kind, tt.words...)
		})
	}
}

func TestSecured(t *testing.T) {
	t.Parallel()
	s := slapdtest.Start(t, slapdtest.Options{})
	s.MustLoad(t, slapdtest.ExampleLDIF(t))
	for _, startTLS := range []bool{false, true} {
		c := configFor(t, s)
		c.TLS.CAFile, c.StartTLS = s.CAFile, startTLS
		if !startTLS {
			c.URL = s.TLSURL
		}
		if got, _ := pull(t, open(t, c)); got.count != 150 {
			t.Errorf("StartTLS %v: %d people, want 150", startTLS, got.count)
		}
	}
}

func TestBadValues(t *testing.T) {
	t.Parallel()
	s := slapdtest.Start(t, slapdtest.Options{})
	s.MustLoad(t, oddTree)
	s.MustLoad(t, "dn: uid=bad,ou=People,dc=example,dc=com\nobjectClass: inetOrgPerson\nuid: bad\ncn: bad\nsn: bad\njpegPhoto:: /9j/AA==\nuserPassword:: AAH/\n")
	c := configFor(t, s)
	c.BindDN, c.BindPassword = s.AdminDN, ref(t, s.AdminPassword)

	source := open(t, c, sources.Mapping{To: "userName", From: "uid"}, sources.Mapping{To: "photo", From: "jpegPhoto"})
	if got, _ := pull(t, source); got.records["bad"].Attributes.First("photo") != "/9j/AA==" {
		t.Errorf("photo: %v", got.records["bad"].Attributes)
	}
	_, err := open(t, c, sources.Mapping{To: "userName", From: "uid"}, sources.Mapping{To: "x", From: "userPassword"}).Pull(t.Context(), "", newSeen())
	if identity.KindOf(err) != identity.Invalid || !strings.Contains(err.Error(), "uid=bad,ou=People") || !strings.Contains(err.Error(), "userPassword") {
		t.Errorf("got %v, want an error that names entry and attribute", err)
	}
	_, err = open(t, c, sources.Mapping{To: "active", From: "uid"}).Pull(t.Context(), "", newSeen())
	if identity.KindOf(err) != identity.Invalid || !strings.Contains(err.Error(), "write true or false") {
		t.Errorf("got %v, want an error about active", err)
	}
}
