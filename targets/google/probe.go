package google

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// right is one thing that the hub must be allowed to do, and a request that shows it.
type right struct {
	check, scope, privilege string
	base, path              string
	query                   url.Values
	// absent is true where an answer that the thing is not there will do: the scope
	// was looked at before.
	absent bool
}

// rights are those that this configuration needs, each with its own scope.
func (t *Target) rights() []right {
	const directory, drive = "/admin/directory/v1", "/drive/v3"
	one := url.Values{"maxResults": {"1"}}
	users, groups := "Users, Read", "Groups, Read and Update"
	if t.config.Users.Manage {
		users = "Users, Read, Create, Update and Delete"
	}
	scopes := t.config.directoryScopes()
	out := []right{
		{"read users", scopes[0], users, directoryURL, directory + "/users", t.tenant(clone(one)), false},
		{"read groups", scopes[1], groups, directoryURL, directory + "/groups", t.tenant(clone(one)), false},
		{"members of groups", scopes[len(scopes)-1], groups, directoryURL, directory + "/groups/" + url.PathEscape(t.nowhere()) + "/members", one, true},
	}
	if t.config.Drives.GroupDomain != "" {
		out = append(out, right{"shared drives", scopeDrive, "Services, Drive and Docs, Settings", driveURL, drive + "/drives",
			url.Values{"pageSize": {"1"}, "useDomainAdminAccess": {"true"}}, false})
	}
	for _, id := range t.config.Files {
		out = append(out, right{"file " + id, scopeDrive, "", driveURL, drive + "/files/" + url.PathEscape(id) + "/permissions",
			url.Values{"pageSize": {"1"}, "supportsAllDrives": {"true"}}, false})
	}
	return out
}

func clone(q url.Values) url.Values {
	out := url.Values{}
	for name, values := range q {
		out[name] = values
	}
	return out
}

// nowhere is the address of a group that nobody has.
func (t *Target) nowhere() string {
	_, domain, ok := strings.Cut(t.config.Subject, "@")
	if !ok {
		domain = "example.com"
	}
	return "birthright-probe-4f1c2a@" + domain
}

// Probe asks for each right with a token that has only its scope: one that asks for
// several is refused as a whole, and says not which was missing. Whether members and
// users may be changed shows only when they are.
func (t *Target) Probe(ctx context.Context) (targets.Report, error) {
	var report targets.Report
	for _, r := range t.rights() {
		err := t.try(ctx, r)
		if err == nil || r.absent && isMissing(err) {
			report.Reachable = true
			report.Findings = append(report.Findings, targets.Finding{OK: true, Check: r.check, Detail: "allowed"})
			continue
		}
		f := httpkit.AsFailure(err)
		report.Reachable = report.Reachable || f != nil && (f.Status != 0 || f.Kind() == identity.Denied)
		report.Findings = append(report.Findings, t.finding(ctx, r, err))
		if !report.Reachable {
			break // the others would wait for nobody, too
		}
	}
	return report, ctx.Err()
}

func (t *Target) try(ctx context.Context, r right) error {
	client, err := t.open(r.base, r.scope)
	if err != nil {
		return err
	}
	defer client.Close()
	scope := "directory"
	if r.base == driveURL {
		scope = "drive"
	}
	resp, err := client.Do(ctx, httpkit.Request{Method: http.MethodGet, Path: r.path, Query: r.query, Scope: scope})
	if err != nil {
		return err
	}
	return resp.Decode(&map[string]any{})
}

// finding says what a person can do about a right that is missing.
func (t *Target) finding(ctx context.Context, r right, err error) targets.Finding {
	f := httpkit.AsFailure(err)
	if f == nil {
		return identity.Found(r.check, "", err)
	}
	out := targets.Finding{Check: r.check, Detail: f.Err.Error(), Remedy: f.Hint}
	reason, _ := parseRefusal(f.Body)
	allow := fmt.Sprintf("let a super administrator allow %s the scope %s: Admin console, Security, API controls, Domain-wide delegation", t.client(ctx), r.scope)
	switch {
	case f.Status == 0 && f.Kind() == identity.Denied, reason == "insufficientPermissions", reason == "ACCESS_TOKEN_SCOPE_INSUFFICIENT":
		out.Remedy = allow
	case reason == "accessNotConfigured", reason == "SERVICE_DISABLED":
		out.Remedy = "enable the Admin SDK API and the Google Drive API in the service account's project"
	case f.Status == http.StatusForbidden && r.privilege != "":
		out.Remedy = fmt.Sprintf("give %s an administrator's role with the privilege %s", t.config.Subject, r.privilege)
	case r.privilege == "" && (isMissing(err) || f.Status == http.StatusForbidden):
		out.Remedy = fmt.Sprintf("check the id, and share the file with %s so that others can be let in: as an editor, or a manager of its shared drive", t.config.Subject)
	}
	return out
}

// client is whom scopes are allowed to.
func (t *Target) client(ctx context.Context) string {
	return serviceAccount{credentials: t.config.Credentials}.clientID(ctx, t.dir)
}
