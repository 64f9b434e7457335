package postgres

import (
	"testing"

	"birthright/internal/secret"
	"birthright/targets"
)

// Another machine proves over TLS who it is, whatever sslmode says or does not say.
func TestHowServersAreTalkedTo(t *testing.T) {
	for _, tt := range []struct {
		url      string
		insecure bool
		want     string
	}{
		{url: "postgres://hub@db.example.com/x", want: "verified"},
		{url: "postgres://hub@db.example.com/x?sslmode=disable", want: "verified"},
		{url: "postgres://hub@db.example.com/x?sslmode=prefer", want: "verified"},
		{url: "postgres://hub@db.example.com/x?sslmode=allow", want: "verified"},
		{url: "postgres://hub@db.example.com/x?sslmode=require", want: "verified"},
		{url: "postgres://hub@db.example.com/x?sslmode=verify-full", want: "verified"},
		{url: "postgres://hub@a.example.com,b.example.com/x?sslmode=prefer", want: "verified verified"},
		{url: "postgres://hub@db.example.com/x?sslmode=disable", insecure: true, want: "plain"},
		{url: "postgres://hub@localhost/x?sslmode=disable", want: "plain"},
		{url: "postgres://hub@127.0.0.1/x?sslmode=disable", want: "plain"},
		{url: "postgres:///x?host=/run/postgresql", want: "plain"},
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
		got, hosts := "plain", map[string]bool{config.Host: true}
		if c := config.TLSConfig; c != nil {
			got = "verified"
			if c.InsecureSkipVerify || c.ServerName != config.Host {
				got = "not verified"
			}
		}
		for _, f := range config.Fallbacks {
			switch {
			case f.TLSConfig == nil:
				got += " or plain"
			case f.TLSConfig.InsecureSkipVerify || f.TLSConfig.ServerName != f.Host:
				got += " or not verified"
			case !hosts[f.Host]:
				got, hosts[f.Host] = got+" verified", true
			}
		}
		if got != tt.want {
			t.Errorf("%s, insecure %v: %s, want %s", tt.url, tt.insecure, got, tt.want)
		}
	}
}
