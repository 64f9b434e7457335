package slack

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// need is a scope of the token, and what it is for. Any of several will do.
type need struct {
	check string
	any   []string
}

func (t *Target) needs() []need {
	out := []need{
		{"read users", []string{"users:read"}},
		{"read addresses", []string{"users:read.email"}},
		{"read user groups", []string{"usergroups:read"}},
		{"change user groups", []string{"usergroups:write"}},
	}
	if len(t.config.Channels) > 0 {
		out = append(out,
			need{"read public channels", []string{"channels:read"}},
			need{"read private channels", []string{"groups:read"}},
			need{"change public channels", []string{"channels:manage", "channels:write"}},
			need{"change private channels", []string{"groups:write"}})
	}
	return out
}

// Probe asks who the token is, and compares its scopes, which Slack tells in a header,
// with those that are needed. Whether the workspace lets the app edit user groups shows
// only when it does.
func (t *Target) Probe(ctx context.Context) (targets.Report, error) {
	resp, err := t.client.Do(ctx, httpkit.Request{Method: http.MethodGet, Path: "/auth.test", Scope: "auth.test"})
	var who struct {
		answer
		Team string `json:"team"`
		User string `json:"user"`
	}
	if err == nil {
		err = resp.Decode(&who)
	}
	if err == nil && !who.OK {
		err = apiError{"auth.test", who.Error, who.Needed}
	}
	if err != nil {
		f := httpkit.AsFailure(err)
		return targets.Report{Reachable: f == nil || f.Status != 0, Findings: []targets.Finding{unhappy("sign in", err)}}, ctx.Err()
	}
	report := targets.Report{Reachable: true, Version: "workspace " + who.Team}
	report.Findings = append(report.Findings, targets.Finding{OK: true, Check: "sign in", Detail: "as " + who.User})
	scopes := strings.FieldsFunc(resp.Header.Get("X-OAuth-Scopes"), func(r rune) bool { return r == ',' || r == ' ' })
	for _, n := range t.needs() {
		report.Findings = append(report.Findings, n.finding(scopes))
	}
	return report, ctx.Err()
}

// finding says whether one of the scopes is there.
func (n need) finding(scopes []string) targets.Finding {
	if slices.ContainsFunc(n.any, func(s string) bool { return slices.Contains(scopes, s) }) {
		return targets.Finding{OK: true, Check: n.check, Detail: "allowed"}
	}
	return targets.Finding{Check: n.check, Detail: "the token lacks the scope " + n.any[0],
		Remedy: fmt.Sprintf("add the scope %s to the app, under OAuth & Permissions, and install it anew", n.any[0])}
}

// unhappy makes a finding of an error.
func unhappy(check string, err error) targets.Finding {
	if f := httpkit.AsFailure(err); f != nil {
		return targets.Finding{Check: check, Detail: f.Err.Error(), Remedy: f.Hint}
	}
	out := identity.Found(check, "", err)
	if slices.Contains(dead, code(err)) {
		out.Remedy = "check token: it is wrong, was revoked, or the app was removed from the workspace"
	}
	return out
}
