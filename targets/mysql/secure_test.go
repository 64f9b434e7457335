package mysql

import (
	"testing"

	"birthright/internal/secret"
	"birthright/targets"
)

// Another machine proves over TLS who it is; this one need not.
func TestHowServersAreTalkedTo(t *testing.T) {
	for _, tt := range []struct {
		url      string
		insecure bool
		want     string
		address  string
	}{
		{url: "mysql://hub:x@db.example.com", want: "over TLS", address: "db.example.com:3306"},
		{url: "mariadb://hub:x@10.0.0.7:3307", want: "over TLS", address: "10.0.0.7:3307"},
		{url: "mysql://hub:x@db.example.com", insecure: true, want: "", address: "db.example.com:3306"},
		{url: "mysql://hub:x@localhost/", want: "in plain text, on this machine", address: "localhost:3306"},
		{url: "mysql://hub:x@[::1]", want: "in plain text, on this machine", address: "[::1]:3306"},
		{url: "mysql://hub:%2F%3F%23@/?socket=/run/mysqld/mysqld.sock", want: "in plain text, on this machine", address: "/run/mysqld/mysqld.sock"},
	} {
		target, err := (&Config{URL: secret.Value(tt.url), Insecure: tt.insecure}).Open(targets.Env{Name: "db"})
		if err != nil {
			t.Fatal(err)
		}
		config, err := target.(ending).settings(t.Context())
		if err != nil {
			t.Errorf("%s: %v", tt.url, err)
			continue
		}
		if got := keeping(config); got != tt.want || config.Addr != tt.address {
			t.Errorf("%s, insecure %v: %q at %s, want %q at %s", tt.url, tt.insecure, got, config.Addr, tt.want, tt.address)
		}
		if config.TLS != nil && (config.TLS.InsecureSkipVerify || config.TLS.ServerName == "" || config.AllowFallbackToPlaintext) {
			t.Errorf("%s: nobody proves who they are: %+v", tt.url, config.TLS)
		}
		if config.AllowCleartextPasswords {
			t.Errorf("%s: the password may go in the clear", tt.url)
		}
	}
}
