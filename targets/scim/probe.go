package scim

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// Probe looks at what reading needs and at what the server says of itself.
// Whether it may write shows only when it writes.
func (t *Target) Probe(ctx context.Context) (targets.Report, error) {
	if err := t.learnAgain(ctx); err != nil {
		return targets.Report{Findings: []targets.Finding{unhappy("reach", err)}}, nil
	}
	report := targets.Report{Reachable: true}
	report.Findings = append(report.Findings, t.aboutServer()...)
	for _, endpoint := range []string{users, groups} {
		report.Findings = append(report.Findings, t.aboutList(ctx, endpoint))
	}
	if !t.knows().noFilter {
		report.Findings = append(report.Findings, t.aboutFilter(ctx))
	}
	if t.habits.MembersRead == byAccount {
		report.Findings = append(report.Findings, t.aboutMembers(ctx))
	}
	return report, ctx.Err()
}

func (t *Target) aboutServer() []targets.Finding {
	s := t.knows()
	document := targets.Finding{OK: s.documented, Check: "ServiceProviderConfig", Detail: "read"}
	if !s.documented {
		document.Detail = "absent or not readable; PATCH and filters are tried and given up when refused"
		document.Remedy = "check that url is the base URL of the SCIM server"
	}
	patch := targets.Finding{OK: !s.noPatch, Check: "change by PATCH", Detail: "supported"}
	if s.noPatch {
		patch.Detail = "not supported: whole groups are read, changed and replaced"
		patch.Remedy = "let nobody else change the members of these groups meanwhile"
	}
	filter := targets.Finding{OK: !s.noFilter, Check: "filters", Detail: "supported"}
	if s.noFilter {
		filter.Detail = "not supported: looking one account up reads them all"
	}
	return []targets.Finding{document, patch, filter}
}

// aboutList asks for one resource of an endpoint.
func (t *Target) aboutList(ctx context.Context, endpoint string) targets.Finding {
	check := "read " + endpoint
	resp, err := t.client.Do(ctx, httpkit.Request{
		Method: http.MethodGet, Path: endpoint, Query: t.window(1, "", 1), Accept: t.habits.ContentType, Scope: reads(endpoint),
	})
	if err != nil {
		return unhappy(check, err)
	}
	p, err := parsePage(endpoint, resp.Body)
	switch {
	case err != nil:
		return unhappy(check, err)
	case p.TotalResults == nil && t.habits.Paging == byIndex:
		return unhappy(check, errors.New("the answer has no totalResults, so a read can never be known to be whole"))
	}
	if p.TotalResults == nil {
		return targets.Finding{OK: true, Check: check, Detail: "the list is there"}
	}
	return targets.Finding{OK: true, Check: check, Detail: fmt.Sprintf("%d there", *p.TotalResults)}
}

// aboutFilter looks for an account that nobody has.
func (t *Target) aboutFilter(ctx context.Context) targets.Finding {
	const check = "find one account"
	_, err := t.findByName(ctx, nobody)
	if err != nil && !errors.Is(err, errNoAccount) {
		return unhappy(check, err)
	}
	return targets.Finding{OK: true, Check: check, Detail: "userName eq works"}
}

// aboutMembers asks for the groups of an account that nobody has: a server that ignores
// the question would have everybody be in every group.
func (t *Target) aboutMembers(ctx context.Context) targets.Finding {
	const check = "ask for the groups of an account"
	in, err := t.groupsOf(ctx, nobody)
	switch {
	case err != nil && !errors.Is(err, errNoAccount):
		return unhappy(check, err)
	case len(in) > 0:
		return targets.Finding{Check: check, Detail: "the server ignores the filter members.value", Remedy: "set members_read to lists or groups"}
	}
	return targets.Finding{OK: true, Check: check, Detail: "members.value eq works"}
}

// nobody is a name and an id that no account has.
const nobody = "birthright-probe-4f1c2a"

// unhappy makes a finding of an error; an HTTP failure tells its own remedy.
func unhappy(check string, err error) targets.Finding {
	if http := failure(err); http != nil {
		return targets.Finding{Check: check, Detail: http.Err.Error(), Remedy: http.Hint}
	}
	return identity.Found(check, "", err)
}
