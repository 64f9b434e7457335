package github

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// nobody is a login that GitHub lets nobody have.
const nobody = "-birthright-probe-4f1c2a-"

// Probe looks at each right that is needed. Whether members may be changed shows when
// one is taken out whom nobody can be.
func (t *Target) Probe(ctx context.Context) (targets.Report, error) {
	resp, err := t.client.Do(ctx, httpkit.Request{Method: http.MethodGet, Path: t.orgPath(""), Accept: media, Cost: readCost})
	if err != nil {
		return targets.Report{Findings: []targets.Finding{t.unreached(err)}}, nil
	}
	report := targets.Report{Reachable: true, Version: resp.Header.Get("X-GitHub-Enterprise-Version")}
	add := func(f targets.Finding) { report.Findings = append(report.Findings, f) }
	add(targets.Finding{OK: true, Check: "organisation", Detail: t.org + " is there"})
	add(t.aboutToken(resp.Header))
	add(t.mayRead(ctx, "read members", t.orgPath("/members"), "members: read"))
	add(t.mayRead(ctx, "read invitations", t.orgPath("/invitations"), "members: read, and an owner's token"))
	if t.has(kindTeam) || t.has(kindRepo) {
		add(t.mayRead(ctx, "read teams", t.orgPath("/teams"), "members: read"))
	}
	if t.has(kindRepo) {
		add(t.mayRead(ctx, "read repositories", t.orgPath("/repos"), "administration and metadata: read, for all repositories"))
		add(t.mayRead(ctx, "read outside collaborators", t.orgPath("/outside_collaborators"), "members: read"))
	}
	if t.fields.nameID != "" {
		add(t.mayIdentify(ctx))
	}
	add(t.mayChange(ctx))
	return report, ctx.Err()
}

func (t *Target) unreached(err error) targets.Finding {
	f := unhappy("organisation", err)
	if missing(err) {
		f.Remedy = "check org; a token that the organisation has not approved sees it as missing"
	}
	return f
}

// scopes are what a classic token needs, by kind of entitlement.
var scopes = map[string]string{kindTeam: "admin:org", kindOrg: "admin:org", kindRepo: "repo"}

// aboutToken tells what sort of credential it is and, where GitHub says, what it may.
func (t *Target) aboutToken(h http.Header) targets.Finding {
	f := targets.Finding{OK: true, Check: "token", Detail: "fine-grained, or GitHub does not say what it may"}
	if t.app {
		f.Detail = "an installation of a GitHub App"
	}
	if until := h.Get("GitHub-Authentication-Token-Expiration"); until != "" {
		f.Detail += ", good until " + until
	}
	granted, classic := h["X-Oauth-Scopes"]
	if !classic || t.app {
		return f
	}
	have := map[string]bool{}
	for scope := range strings.SplitSeq(strings.Join(granted, ","), ",") {
		have[strings.TrimSpace(scope)] = true
	}
	f.Detail = "classic, with " + strings.Join(granted, ",")
	for _, kind := range t.kinds {
		if need := scopes[kind]; !have[need] {
			f.OK, f.Detail = false, f.Detail+"; without "+need
			f.Remedy = "give the token the scope " + need + ", or use a fine-grained one or a GitHub App"
		}
	}
	return f
}

// mayRead asks for one of a list.
func (t *Target) mayRead(ctx context.Context, check, path, right string) targets.Finding {
	_, err := t.client.Do(ctx, httpkit.Request{Method: http.MethodGet, Path: path, Query: url.Values{"per_page": {"1"}}, Accept: media, Cost: readCost})
	if err == nil {
		return targets.Finding{OK: true, Check: check, Detail: "works"}
	}
	f := unhappy(check, err)
	if denied(err) {
		f.Remedy = "give the token " + right
	}
	return f
}

// mayIdentify asks what people are called at the identity provider.
func (t *Target) mayIdentify(ctx context.Context) targets.Finding {
	const check = "read SAML identities"
	if _, err := t.identityPage(ctx, "", ""); err != nil {
		return unhappy(check, err)
	}
	return targets.Finding{OK: true, Check: check, Detail: "works"}
}

// mayChange takes somebody out of the organisation whom nobody can be.
func (t *Target) mayChange(ctx context.Context) targets.Finding {
	const check = "change members"
	_, err := t.send(ctx, http.MethodDelete, t.membershipPath(nobody), false, nil, nil)
	switch {
	case missing(err):
		return targets.Finding{OK: true, Check: check, Detail: "works"}
	case err == nil:
		err = errors.New("GitHub took somebody out who cannot be")
	}
	f := unhappy(check, err)
	if denied(err) {
		f.Remedy = "members: write is wanted, and for a token of a person that they are an owner of " + t.org
	}
	return f
}

func denied(err error) bool {
	f := httpkit.AsFailure(err)
	return missing(err) || f != nil && f.Status == http.StatusForbidden && f.RetryAt.IsZero()
}

// unhappy makes a finding of an error; an HTTP failure tells its own remedy.
func unhappy(check string, err error) targets.Finding {
	if f := httpkit.AsFailure(err); f != nil {
		return targets.Finding{Check: check, Detail: f.Err.Error(), Remedy: f.Hint}
	}
	return identity.Found(check, "", err)
}
