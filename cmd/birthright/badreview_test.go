package main

import "testing"

func TestBadUsageOfReportsAndReviews(t *testing.T) {
	t.Parallel()
	for _, b := range []bad{
		{name: "report alone", args: "report", code: 2, want: `report: say which of creep, dormant, jit, orphans, sod, suggestions, verify, write \(see .*\)`},
		{name: "creep of no target", args: "report creep --target nowhere", code: 2, want: `there is no target "nowhere" .*`},
		{name: "creep below nothing", args: "report creep --min-score -1", code: 2, want: `--min-score -1: write a number from 0 up; 0 means all`},
		{name: "apply without a reason", args: "report creep --apply", code: 2, want: `--apply: say why with --reason`},
		{name: "a reason for nothing", args: "report creep --reason x", code: 2, want: `--reason: only with --apply`},
		{name: "a part that is kept", args: "report creep --user ada --file x.html", code: 2, want: `--file: a report that is kept is whole; .*`},
		{name: "no form", args: "report sod --file sod.pdf", code: 2, want: `--file sod.pdf: its ending says no form: write .html, .xlsx, .json, .md or .csv`},
		{name: "dormant for ever", args: "report dormant --dormant always", code: 2, want: `--dormant always: write how long, such as 90d or 12w`},
		{name: "stale at once", args: "report creep --stale 0s", code: 2, want: `--stale 0s: write how long, such as 90d or 12w`},
		{name: "jit since ever", args: "report jit --since ever", code: 2, want: `--since ever: write how long ago, such as 90d or 12w`},
		{name: "output of no form", args: "report creep --output pdf", code: 2, want: `--output pdf: choose one of table, json, yaml, csv, markdown, html, xlsx`},
		{name: "verify nothing", args: "report verify nothing.html", code: 2, want: `check report: open nothing.html: no such file or directory`},
		{name: "review alone", args: "review", code: 2, want: `review: say which of close, decide, items, lift, list, orders, preview, report, revocations, show, start, waiting, withdraw \(see .*\)`},
		{name: "campaign without a name", args: "review start", code: 2, want: `review start: an argument is missing: it takes NAME \(see .*\)`},
		{name: "due some day", args: "review start Q4 --due someday", code: 2, want: `--due someday: write how long, such as 14d or 2w`},
		{name: "burn what is undecided", args: "review preview Q4 --undecided burn", code: 2, want: `--undecided burn: choose one of keep, freeze, revoke`},
		{name: "waiting for nobody", args: "review waiting", code: 2, want: `for whom\? Say --as USER`},
		{name: "decide nothing", args: "review decide i1", code: 2, want: `what is decided\? Say one of keep, revoke, shorten, reassign`},
		{name: "revoke without a reason", args: "review decide i1 revoke", code: 2, want: `to revoke needs --reason`},
		{name: "reassign to nobody", args: "review decide i1 reassign --reason x", code: 2, want: `who decides instead\? Say --to USER`},
		{name: "keep for an hour", args: "review decide i1 keep --for 1h", code: 2, want: `--for: only with shorten`},
		{name: "alike of everything", args: "review decide keep --campaign c1", code: 2, want: `--campaign: say which items of it, .*`},
		{name: "items and alike", args: "review decide i1 keep --campaign c1", code: 2, want: `name items, or choose them with --campaign: not both`},
		{name: "no such campaign", args: "review items c99", code: 1, want: `there is no campaign "?c99"?.*`},
		{name: "no such item", args: "review decide i99 keep", code: 1, want: `find items: there is no item i99`},
		{name: "lift without a reason", args: "review lift v1", code: 2, want: `--reason .*`},
		{name: "lift for somebody", args: "review lift v1 --reason x --as ada", code: 2, want: `--as: this is for whoever runs the hub, not for a user`},
		{name: "lift nothing", args: "review lift v99 --reason x", code: 1, want: `there is no revocation v99 in force .*`},
		{name: "withdraw nothing", args: "review withdraw o99 --reason x", code: 1, want: `there is no order o99 in force .*`},
	} {
		t.Run(b.name, b.try)
	}
}
