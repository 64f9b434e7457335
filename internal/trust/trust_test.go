package trust

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"birthright/identity"
)

// server speaks TLS with a certificate for example.com and 127.0.0.1 that signs
// itself; file holds it.
func server(t *testing.T) (address, file string) {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	t.Cleanup(s.Close)
	file = filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(file, block, 0o600); err != nil {
		t.Fatal(err)
	}
	return s.Listener.Addr().String(), file
}

// dial shakes hands as a caller would, at a time of its own where that is given.
func dial(t *testing.T, settings TLS, dir, address string, now time.Time) error {
	t.Helper()
	conf, err := settings.Config(dir, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	if !now.IsZero() {
		conf.Time = func() time.Time { return now }
	}
	conn, err := tls.Dial("tcp", address, conf)
	if err == nil {
		err = conn.Close()
	}
	return err
}

func TestTrust(t *testing.T) {
	t.Parallel()
	address, file := server(t)
	dir, name := filepath.Split(file)
	for what, c := range map[string]struct {
		settings TLS
		now      time.Time
		remedy   string
	}{
		"nobody vouches":       {TLS{}, time.Time{}, "set tls.ca_file"},
		"the file vouches":     {TLS{CAFile: name}, time.Time{}, ""},
		"another of its names": {TLS{CAFile: file, ServerName: "example.com"}, time.Time{}, ""},
		"not its name":         {TLS{CAFile: file, ServerName: "else.example.org"}, time.Time{}, "set tls.server_name"},
		"not its time":         {TLS{CAFile: file}, time.Unix(0, 0).AddDate(-10, 0, 0), "check the clocks"},
	} {
		err := dial(t, c.settings, dir, address, c.now)
		if (err == nil) != (c.remedy == "") {
			t.Errorf("%s: error %v", what, err)
			continue
		}
		if err == nil {
			continue
		}
		// As it is, and as libraries pass it on that keep the words alone.
		for _, e := range []error{err, errors.New("TLS handshake failed (" + err.Error() + ")")} {
			if got := Remedy(e); !strings.Contains(got, c.remedy) {
				t.Errorf("%s: the remedy for %q is %q, want %q in it", what, e, got, c.remedy)
			}
		}
	}
}

func TestRemedyIsForTrustAlone(t *testing.T) {
	t.Parallel()
	for _, err := range []error{nil, errors.New("connection refused")} {
		if got := Remedy(err); got != "" {
			t.Errorf("%v: %q", err, got)
		}
	}
	if got := Remedy(x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign}); got == "" {
		t.Error("no remedy for a certificate that may not sign")
	}
}

func TestBadFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "empty.pem"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"empty.pem", "absent.pem"} {
		_, err := TLS{CAFile: file}.Config(dir, "h")
		if identity.KindOf(err) != identity.Invalid || !strings.Contains(err.Error(), "tls.ca_file") || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestLocal(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost": true, "127.0.0.1": true, "127.9.9.9": true, "::1": true,
		"": false, "localhost.example.com": false, "10.0.0.1": false, "example.com": false, "0.0.0.0": false,
	} {
		if Local(host) != want {
			t.Errorf("%q: %v", host, !want)
		}
	}
}

// Certificates that come as text are believed and shown like those in files.
func TestTextInPlaceOfFiles(t *testing.T) {
	_, file := server(t)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	conf, err := TLS{Authorities: string(data)}.Config("", "")
	if err != nil || conf.RootCAs == nil {
		t.Errorf("%v", err)
	}
	for want, bad := range map[string]TLS{
		"holds no certificate in PEM form": {Authorities: "hello"},
		"do not go together":               {Certificate: string(data), Key: "hello"},
	} {
		if _, err := bad.Config("", ""); err == nil || !strings.Contains(err.Error(), want) || identity.KindOf(err) != identity.Invalid {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}
