package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"birthright/bench/hub"
	"birthright/bench/measure"
	"birthright/reconcile"
	"birthright/store"
	"birthright/targets"
	"birthright/targets/memory"
)

const configuration = `
database: {url: "sqlite:hub.db"}
policies: [policies/*.yaml]
sources: [{name: idp, kind: scim}]
targets: [{name: app, kind: memory, accounts: {create: true}}]
`

// policy gives everybody ten groups, as a department, a place and a title do.
const policy = `
rules:
  - {name: all, when: "true", groups: [everyone]}
  - {name: department, when: 'user.department != ""', groups: ["department-{department}"]}
  - {name: location, when: 'user.location != ""', groups: ["location-{location}"]}
  - {name: title, when: 'user.title != ""', groups: ["title-{title}"]}
  - {name: type, when: 'user.employeeType != ""', groups: ["type-{employeeType}"]}
  - {name: cost, when: 'user.costCenter != ""', groups: ["cost-{costCenter}"]}
  - {name: locale, when: 'user.locale != ""', groups: ["locale-{locale}"]}
  - {name: zone, when: 'user.timezone != ""', groups: ["zone-{timezone}"]}
  - {name: site, when: 'user.department != "" && user.location != ""', groups: ["site-{department}-{location}"]}
  - {name: kind, when: 'user.employeeType != "" && user.location != ""', groups: ["kind-{employeeType}-{location}"]}
groups:
  - {name: everyone, access: ["app:group/everyone"]}
templates:
  - {match: "*-*", access: ["app:group/{name}"]}
`

// syncTask sets up a hub with nothing left to do, and has it look twice.
func syncTask(ctx context.Context, args []string) (result measure.Result, err error) {
	people, err := strconv.Atoi(args[0])
	if err != nil {
		return result, err
	}
	dir, err := os.MkdirTemp("", "birthright-bench-")
	if err != nil {
		return result, err
	}
	defer os.RemoveAll(dir)
	target := memory.New("app")
	h, err := hub.Open(ctx, dir, configuration, policy, map[string]targets.Target{"app": target})
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, h.Close(ctx)) }()
	if err := h.Fill(ctx, people); err != nil {
		return result, err
	}
	if err := h.Provision(ctx, target, "app"); err != nil {
		return result, err
	}
	if err := h.Adopt(ctx); err != nil {
		return result, err
	}
	given, err := h.Memberships(ctx)
	if err == nil && given != 10*people {
		err = fmt.Errorf("%d people have %d memberships, want ten each", people, given)
	}
	if err != nil {
		return result, err
	}
	result.Figures = map[string]float64{}
	measure.ForgetPeak()
	result.Figures["resting"] = float64(measure.Memory())
	for name, full := range map[string]bool{"remembered": false, "full": true} {
		if result.Figures[name], err = quiet(ctx, h, target, full); err != nil {
			return result, err
		}
	}
	result.Counts = map[string]int{"people": people, "memberships": given}
	return result, floor(ctx, dir, given, result.Figures)
}

// quiet runs one sync and sees that it wrote nothing: not on the target, and
// nothing about anybody into the log.
func quiet(ctx context.Context, h *hub.Hub, target *memory.Target, full bool) (seconds float64, err error) {
	before, err := auditLength(ctx, h)
	if err != nil {
		return 0, err
	}
	ops := target.Counts().Ops
	began := time.Now()
	report, err := h.Runner.Sync(ctx, reconcile.Request{Full: full, Actor: "operator:bench"})
	seconds = time.Since(began).Seconds()
	if err != nil {
		return 0, err
	}
	run := report.Runs[0]
	if !run.Complete || len(run.Changes)+len(run.Held)+len(run.Drift)+len(run.Waiting) != 0 {
		return 0, fmt.Errorf("the sync was not quiet: complete %t, %d changes, %d held, %d drift, %d waiting: %s",
			run.Complete, len(run.Changes), len(run.Held), len(run.Drift), len(run.Waiting), run.Error)
	}
	if kind := map[bool]string{false: "incremental", true: "full"}[full]; run.Kind != kind {
		return 0, fmt.Errorf("the sync was %s, want %s", run.Kind, kind)
	}
	after, err := auditLength(ctx, h)
	if err != nil {
		return 0, err
	}
	if n := target.Counts().Ops - ops; n != 0 || after != before {
		return 0, fmt.Errorf("the sync sent %d ops and logged %d events", n, after-before)
	}
	return seconds, nil
}

func auditLength(ctx context.Context, h *hub.Hub) (n int64, err error) {
	err = h.Store.View(ctx, func(tx *store.Tx) error {
		head, err := tx.AuditHead(ctx)
		n = head.Seq
		return err
	})
	return n, err
}
