package ldapconn

import (
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
)

func TestValidateTellsEveryFault(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		settings Settings
		want     []string
	}{
		"good":                {Settings{URL: "ldaps://h"}, nil},
		"no url":              {Settings{}, []string{"url is missing"}},
		"no url at all":       {Settings{URL: "ldaps://ada:hunter2@h:x"}, []string{"url cannot be read"}},
		"another protocol":    {Settings{URL: "https://ada:hunter2@h"}, []string{"write ldaps:// or ldap://"}},
		"no host":             {Settings{URL: "ldaps://"}, []string{"host is missing"}},
		"a path":              {Settings{URL: "ldaps://h/dc=x"}, []string{"scheme, host and port only"}},
		"a password":          {Settings{URL: "ldaps://ada:hunter2@h"}, []string{"scheme, host and port only"}},
		"plain text":          {Settings{URL: "ldap://10.0.0.1"}, []string{"in plain text"}},
		"a name like ours":    {Settings{URL: "ldap://localhost.example.com"}, []string{"in plain text"}},
		"plain text allowed":  {Settings{URL: "ldap://10.0.0.1", Insecure: true}, nil},
		"plain text at home":  {Settings{URL: "ldap://[::1]:3890"}, nil},
		"StartTLS":            {Settings{URL: "ldap://h", StartTLS: true}, nil},
		"TLS twice":           {Settings{URL: "ldaps://h", StartTLS: true}, []string{"drop one of them"}},
		"all of them at once": {Settings{PageSize: 1 << 30, Timeout: -1}, []string{"url is", "page_size is", "timeout is"}},
	} {
		faults := c.settings.Validate()
		if len(faults) != len(c.want) {
			t.Errorf("%s: got %v, want %d faults", name, faults, len(c.want))
			continue
		}
		for i, f := range faults {
			if !strings.Contains(f.Error(), c.want[i]) || strings.Contains(f.Error(), "hunter2") {
				t.Errorf("%s: got %q, want %q and no password in it", name, f, c.want[i])
			}
		}
	}
}

func TestEndpoint(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]Endpoint{
		"ldaps://dir.example.com":  {Address: "dir.example.com:636", Host: "dir.example.com", TLS: true},
		"ldap://localhost":         {Address: "localhost:389", Host: "localhost"},
		"ldap://[::1]:3890":        {Address: "[::1]:3890", Host: "::1"},
		"ldaps://dir.example.com/": {Address: "dir.example.com:636", Host: "dir.example.com", TLS: true},
	} {
		got, err := Settings{URL: url}.Endpoint()
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got)\n%s", url, err, diff)
		}
	}
}

func TestPlainTextHasNoTLS(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		settings Settings
		security string
	}{
		{Settings{URL: "ldap://localhost"}, "plain text"},
		{Settings{URL: "ldap://localhost", StartTLS: true}, "StartTLS"},
		{Settings{URL: "ldaps://localhost"}, "TLS"},
	} {
		e, err := c.settings.Endpoint()
		if err != nil {
			t.Fatal(err)
		}
		conf, err := c.settings.TLSConfig(e, "")
		if err != nil || (conf == nil) != (c.security == "plain text") || c.settings.Security(e) != c.security {
			t.Errorf("%s: TLS %v, %s, error %v", c.settings.URL, conf != nil, c.settings.Security(e), err)
		}
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	got := Settings{}.WithDefaults()
	if got.PageSize != 1000 || got.Timeout != 30*time.Second || got.Who() != "anonymous" {
		t.Errorf("got %+v", got)
	}
}

func TestAdvice(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind identity.Kind
		hint string
		want identity.Kind
		says string
	}{
		"nobody there":      with(DialAdvice(errors.New("connection refused"), NoAnswer))(identity.Unavailable, "check url"),
		"StartTLS refused":  with(DialAdvice(errors.New("unwilling"), 53))(identity.Unavailable, "drop start_tls"),
		"stranger":          with(DialAdvice(fmt.Errorf("tls: %w", x509.UnknownAuthorityError{}), NoAnswer))(identity.Denied, "tls.ca_file"),
		"busy":              with(BindAdvice(51))(identity.Unavailable, "later"),
		"cut off":           with(BindAdvice(NoAnswer))(identity.Unavailable, "later"),
		"wants encryption":  with(BindAdvice(13))(identity.Denied, "start_tls"),
		"wants more":        with(BindAdvice(8))(identity.Denied, "start_tls"),
		"wrong credentials": with(BindAdvice(49))(identity.Denied, "bind_password"),
	} {
		if c.kind != c.want || !strings.Contains(c.hint, c.says) {
			t.Errorf("%s: got %s, %q; want %s, %q", name, c.kind, c.hint, c.want, c.says)
		}
	}
}

type advice = struct {
	kind identity.Kind
	hint string
	want identity.Kind
	says string
}

func with(kind identity.Kind, hint string) func(identity.Kind, string) advice {
	return func(want identity.Kind, says string) advice { return advice{kind, hint, want, says} }
}
