package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"birthright/app"
	"birthright/grants/desk"
	"birthright/store"
)

// grantChecks look for access that should be gone, and for emergencies that nobody
// has looked at.
func grantChecks(ctx context.Context, a *app.App) ([]checkView, error) {
	late, err := a.Desk.Overdue(ctx, desk.Operator(a.Actor))
	if err != nil {
		return nil, err
	}
	late = slices.DeleteFunc(late, func(g desk.Grant) bool { return g.OverdueSeconds == 0 }) // it is being taken away
	var unreviewed []string
	err = a.Store.View(ctx, func(tx *store.Tx) error {
		broken, err := tx.GlassToReview(ctx)
		for _, r := range broken {
			unreviewed = append(unreviewed, fmt.Sprintf("%s by %s for %s", r.ID, who(r.By), r.Group))
		}
		return err
	})
	configured := func(name string) bool { _, err := a.Destination(name); return err == nil }
	return []checkView{overdueCheck(late, configured), glassCheck(unreviewed)}, err
}

// overdueCheck fails where a grant is over and something of it is left.
func overdueCheck(late []desk.Grant, configured func(target string) bool) checkView {
	if len(late) == 0 {
		return good("grants", "nothing is left of any that is over")
	}
	lines := make([]string, len(late))
	for i, g := range late {
		lines[i] = fmt.Sprintf("%s of %s (%s)", g.ID, g.User, g.Group)
		if len(g.LeftOn) > 0 {
			lines[i] += " on " + strings.Join(g.LeftOn, " and ")
		}
		lines[i] += " for " + seconds(g.OverdueSeconds)
	}
	remedy := "`birthright sync` tries again, `birthright serve` by itself"
	if on := late[0].LeftOn; len(on) > 0 && configured(on[0]) {
		remedy = "see why with `birthright target check " + on[0] + "`; " + remedy
	} else if len(on) > 0 {
		remedy = on[0] + " is no longer configured: put it back, or say with `birthright target forget " + on[0] + " --reason TEXT` that it is no longer"
	}
	return checkView{Check: "grants", Detail: "over and not gone: " + someOf(lines), Remedy: remedy}
}

// glassCheck fails where somebody took access in an emergency and nobody has looked
// at it.
func glassCheck(unreviewed []string) checkView {
	const name = "broken glasses without review"
	if len(unreviewed) == 0 {
		return good(name, "none")
	}
	return checkView{
		Check: name, Detail: someOf(unreviewed), Remedy: "look at them with `birthright break-glass list`, and close them with `birthright break-glass close`",
	}
}

// someOf is the beginning of a long list.
func someOf(lines []string) string {
	const most = 5
	text := strings.Join(lines[:min(most, len(lines))], ", ")
	if rest := len(lines) - most; rest > 0 {
		text += fmt.Sprintf(" and %d more", rest)
	}
	return text
}
