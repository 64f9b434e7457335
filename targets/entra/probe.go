package entra

import (
	"context"
	"net/http"
	"net/url"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// nobody is an id that nothing has: what is asked of it changes nothing, and is refused
// for want of a right or because there is no such thing.
const nobody = "00000000-0000-0000-0000-000000000000"

// Probe asks for one of everything that reading needs, and for changes of a user who
// is not there.
func (t *Target) Probe(ctx context.Context) (targets.Report, error) {
	one := url.Values{"$top": {"1"}, "$select": {"id"}}
	err := t.get(ctx, "/users", one, nil)
	if f := httpkit.AsFailure(err); f != nil && (f.Status == 0 || f.Kind() == identity.Unavailable) {
		return targets.Report{Findings: []targets.Finding{finding("reach", err, "")}}, ctx.Err()
	}
	report := targets.Report{Reachable: true, Findings: []targets.Finding{finding("read users", err, "User.Read.All")}}
	add := func(check string, err error, right string) {
		report.Findings = append(report.Findings, finding(check, err, right))
	}
	if t.signIns {
		one.Set("$select", "id,"+signInActivity)
		add("read sign-ins", t.get(ctx, "/users", one, nil), "AuditLog.Read.All")
	}
	groups, err := t.allGroups(ctx)
	add("read groups", err, "GroupMember.Read.All")
	_, err = t.write(ctx, http.MethodPatch, "/users/"+nobody, map[string]any{"accountEnabled": false}, false)
	add("change users", allowed(err), "User.ReadWrite.All")
	add("sign users out", allowed(t.revoke(ctx, nobody)), "User.RevokeSessions.All")
	for _, g := range groups {
		if t.left(g) == "" {
			_, err = t.write(ctx, http.MethodDelete, "/groups/"+g.ID+"/members/"+nobody+"/$ref", nil, true)
			add("change members of groups", allowed(err), "GroupMember.ReadWrite.All")
			break
		}
	}
	return report, ctx.Err()
}

// allowed is nil where a change failed only because there is nothing to change.
func allowed(err error) error {
	if f := httpkit.AsFailure(err); f != nil && (f.Status == http.StatusNotFound || f.Status == http.StatusBadRequest) {
		return nil
	}
	return err
}

// finding tells of a right that is missing where it can be had.
func finding(check string, err error, right string) targets.Finding {
	f := httpkit.AsFailure(err)
	switch {
	case err == nil:
		return targets.Finding{OK: true, Check: check, Detail: "allowed"}
	case f == nil:
		return identity.Found(check, "", err)
	case f.Status == http.StatusForbidden:
		return targets.Finding{Check: check, Detail: f.Err.Error(),
			Remedy: "give the app the application permission " + right + " of Microsoft Graph, and grant admin consent"}
	case f.Status == 0:
		return targets.Finding{Check: check, Detail: f.Error(), Remedy: f.Hint}
	}
	return targets.Finding{Check: check, Detail: f.Err.Error(), Remedy: f.Hint}
}
