package config_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"birthright/config"
	"birthright/internal/httpkit"
	"birthright/internal/trust"
)

const signalsFile = `
server: {public_url: "https://hub.example.com"}
signals:
  receivers:
    - name: zscaler
      delivery: push
      url: "https://events.example.net/caep"
      token: "env:TOKEN"
      headers: [{name: X-Org, value: "env:ORG"}]
      tls: {ca_file: ca.pem}
      audience: "https://events.example.net"
      events: [session-revoked, account-enabled]
      subject: {format: iss_sub, issuer: "https://idp.example.com", attribute: EMAIL}
    - {name: siem, delivery: poll, audience: siem}
`

func TestSignals(t *testing.T) {
	got := load(t, write(t, signalsFile), "BIRTHRIGHT_SIGNALS_RECEIVERS_SIEM_AUDIENCE=other", "BIRTHRIGHT_SIGNALS_ISSUER=https://signs.example.com")
	want := config.Signals{
		Issuer: "https://signs.example.com", Algorithm: "ES256",
		Receivers: []config.Receiver{
			{
				Name: "zscaler", Delivery: "push", URL: "https://events.example.net/caep", Token: ref(t, "env:TOKEN"),
				Headers: []httpkit.Header{{Name: "X-Org", Value: ref(t, "env:ORG")}}, TLS: trust.TLS{CAFile: "ca.pem"},
				Audience: "https://events.example.net", Events: []string{"session-revoked", "account-enabled"},
				Subject: config.Subject{Format: "iss_sub", Issuer: "https://idp.example.com", Attribute: "email"},
			},
			{
				Name: "siem", Delivery: "poll", Audience: "other",
				Events:  []string{"session-revoked", "account-disabled", "account-purged", "deactivate", "delete"},
				Subject: config.Subject{Format: "email", Issuer: "https://signs.example.com"},
			},
		},
	}
	if diff := cmp.Diff(want, got.Signals); diff != "" {
		t.Error(diff)
	}
	var secrets []string
	for _, c := range got.CheckSecrets(t.Context()) {
		secrets = append(secrets, c.Path)
	}
	if diff := cmp.Diff([]string{"signals.receivers[0].token", "signals.receivers[0].headers[0].value"}, secrets); diff != "" {
		t.Error(diff)
	}
	if issuer := load(t, write(t, signalsFile)).Signals.Issuer; issuer != "https://hub.example.com" {
		t.Errorf("the issuer is %s", issuer)
	}
}

// A key of the operator's decides by itself what it signs with.
func TestSignalsKeyDecides(t *testing.T) {
	got := load(t, write(t, signalsFile+"  signing_key: file:key.pem\n"))
	if got.Signals.Algorithm != "" || got.Signals.SigningKey.Reference() != "file:key.pem" {
		t.Errorf("%+v", got.Signals)
	}
}
