package salesforce

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// need is a right that the target cannot do without, and what gives it.
type need struct {
	object, remedy string
	// make, change and remove say which rights on records are needed.
	make, change, remove bool
	// field is one that must be there to be written.
	field string
}

func (t *Target) needs() []need {
	out := []need{
		{object: assignmentObject, make: true, change: true, remove: true, field: "ExpirationDate",
			remedy: "give the user of the connected app the permission Assign Permission Sets"},
		{object: memberObject, make: true, remove: true, remedy: "give the user of the connected app the permission Manage Users"},
		{object: "User", make: t.settings.Users.Profile != "", change: true, field: "IsActive",
			remedy: "give the user of the connected app the permission Manage Internal Users"},
	}
	return out
}

// Probe looks at what may be read and written, and changes nothing.
func (t *Target) Probe(ctx context.Context) (targets.Report, error) {
	var limits map[string]struct{ Max, Remaining int }
	_, err := t.client.JSON(ctx, httpkit.Request{Method: http.MethodGet, Path: t.root + "/limits"}, nil, &limits)
	if err != nil {
		f := failure(err)
		report := targets.Report{Reachable: f != nil && f.Status >= 400, Findings: []targets.Finding{unhappy("reach", err)}}
		return report, ctx.Err()
	}
	report := targets.Report{Reachable: true, Version: "REST API " + strings.TrimPrefix(t.root, "/services/data/")}
	daily := limits["DailyApiRequests"]
	report.Findings = append(report.Findings, targets.Finding{OK: daily.Remaining > daily.Max/20, Check: "requests left today",
		Detail: fmt.Sprintf("%d of %d", daily.Remaining, daily.Max), Remedy: "see who uses them up: Setup, System Overview"})
	for _, s := range sorts() {
		report.Findings = append(report.Findings, t.aboutList(ctx, s))
	}
	for _, n := range t.needs() {
		report.Findings = append(report.Findings, t.aboutRight(ctx, n))
	}
	for _, name := range []string{t.settings.DefaultProfile, t.settings.Users.Profile} {
		if name != "" {
			report.Findings = append(report.Findings, t.aboutProfile(ctx, name))
		}
	}
	return report, ctx.Err()
}

func (t *Target) aboutList(ctx context.Context, s sort) targets.Finding {
	n := 0
	if err := t.catalog(ctx, s, nil, func(thing) error { n++; return nil }); err != nil {
		return unhappy("read "+s.object, err)
	}
	return targets.Finding{OK: true, Check: "read " + s.object, Detail: fmt.Sprintf("%d there", n)}
}

// described is what an organisation says of an object to the one who asks.
type described struct {
	Createable, Updateable, Deletable bool
	Fields                            []struct {
		Name       string
		Createable bool
		Updateable bool
	}
}

func (t *Target) aboutRight(ctx context.Context, n need) targets.Finding {
	f := targets.Finding{Check: "change " + n.object}
	var d described
	_, err := t.client.JSON(ctx, httpkit.Request{Method: http.MethodGet, Path: t.root + "/sobjects/" + n.object + "/describe"}, nil, &d)
	if err != nil {
		return unhappy(f.Check, err)
	}
	var lacks []string
	for _, x := range []struct {
		wanted, there bool
		word          string
	}{{n.make, d.Createable, "create"}, {n.change, d.Updateable, "update"}, {n.remove, d.Deletable, "delete"}, {n.field != "", d.writes(n.field), "write " + n.field}} {
		if x.wanted && !x.there {
			lacks = append(lacks, x.word)
		}
	}
	if len(lacks) > 0 {
		f.Detail, f.Remedy = "may not "+strings.Join(lacks, ", "), n.remedy
		return f
	}
	f.OK, f.Detail = true, "allowed"
	return f
}

func (d described) writes(field string) bool {
	for _, f := range d.Fields {
		if f.Name == field {
			return f.Updateable || f.Createable
		}
	}
	return false
}

func (t *Target) aboutProfile(ctx context.Context, name string) targets.Finding {
	check := "profile " + name
	a := &application{t: t, ctx: ctx}
	if _, err := a.profileID(name); err != nil {
		return unhappy(check, err)
	}
	return targets.Finding{OK: true, Check: check, Detail: "is there"}
}

// unhappy makes a finding of an error; an HTTP failure tells its own remedy.
func unhappy(check string, err error) targets.Finding {
	if f := failure(err); f != nil {
		return targets.Finding{Check: check, Detail: f.Err.Error(), Remedy: f.Hint}
	}
	var known *identity.Error
	if errors.As(err, &known) {
		return targets.Finding{Check: check, Detail: known.Error(), Remedy: known.Hint}
	}
	return identity.Found(check, "", err)
}
