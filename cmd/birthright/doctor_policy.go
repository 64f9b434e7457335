package main

import (
	"context"
	"fmt"

	"birthright/app"
	"birthright/audit"
	"birthright/config"
	"birthright/identity"
	"birthright/store"
)

// policyInForce names the check of what was put in force last.
const policyInForce = "policy in force"

// policyCheck compares the policy files with what was put in force last, and
// tells of a reload that failed since. hash is that of the files, "" where they
// have faults.
func policyCheck(ctx context.Context, tx *store.Tx, hash string) (checkView, error) {
	newest, err := tx.Policies(ctx, 1)
	if err != nil {
		return checkView{}, err
	}
	if len(newest) == 0 {
		return good(policyInForce, "none yet; `birthright sync` or `birthright serve` puts it in force"), nil
	}
	last := newest[0]
	detail := fmt.Sprintf("version %s, loaded %s by %s", last.Version(), timeText(last.LoadedAt), last.LoadedBy)
	if last.Hash == hash {
		return good(policyInForce, detail), nil
	}
	check := checkView{
		Check: policyInForce, Detail: detail + "; the policy files differ from it",
		Remedy: "see what would change with `birthright plan`; then send SIGHUP to the hub, or run `birthright sync`",
	}
	if hash == "" {
		check.Detail = detail + "; the policy files have faults, so that it stays"
		check.Remedy = "mend the files until `birthright policy check` is content; then send SIGHUP to the hub, or run `birthright sync`"
	}
	refused, err := refusedSince(ctx, tx, last)
	if refused != "" {
		check.Detail += "; " + refused
	}
	return check, err
}

// refusedSince tells of the last reload that failed after a policy was loaded,
// "" if there is none.
func refusedSince(ctx context.Context, tx *store.Tx, last store.PolicyRow) (text string, err error) {
	q := store.AuditQuery{Action: "policy.refused", Since: last.LoadedAt, Limit: 1, Desc: true}
	err = tx.EachAudit(ctx, q, func(r audit.Record) error {
		faults, _ := r.Detail["faults"].([]any)
		text = fmt.Sprintf("a hub refused to load them at %s: %s", timeText(r.At), count(len(faults), "fault", "faults"))
		return nil
	})
	return text, err
}

// examineFaulty is what can be said of a policy that cannot be loaded: what was
// wrong, and what stays in force meanwhile.
func (p *program) examineFaulty(ctx context.Context, cfg *config.Config, err error) []checkView {
	checks := []checkView{failedCheck("policy", err)}
	if _, faulty := app.Policy(cfg); faulty == nil { // something else was wrong
		return checks
	}
	url, err := cfg.DatabaseURL(ctx)
	if err != nil {
		return append(checks, failedCheck("database", err))
	}
	db, err := store.Open(ctx, url, store.Options{Log: p.log()})
	if identity.KindOf(err) == identity.NotFound {
		return checks
	}
	if err != nil {
		return append(checks, failedCheck("database", err))
	}
	defer func() { _ = db.Close() }() // nothing was written
	var check checkView
	err = db.View(ctx, func(tx *store.Tx) (err error) {
		check, err = policyCheck(ctx, tx, "")
		return err
	})
	if err != nil {
		return append(checks, failedCheck("database", err))
	}
	return append(checks, check)
}
