package main

import (
	"context"
	"errors"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/identity"
	"birthright/internal/strictyaml"
	"birthright/reconcile"
	"birthright/rules"
	"birthright/store"
)

func (p *program) policyExplainCommand() *cobra.Command {
	limit, when := 20, ""
	cmd := &cobra.Command{
		Use:   "explain RULE | GROUP | --when CONDITION",
		Short: "Say whom a rule is about, clause by clause, or who is in a group because of what",
		Long: `Says of each clause of a rule for how many people it holds, how many are left
after it, and whether it has to be asked about one person after the other; then
who that is. Of a group it says so for every rule that gives it. It counts active
people as the directory knows them now. With --when it says of whom a condition
holds that is in no rule yet.`,
		Args: takes(0, 1),
		RunE: p.with(func(ctx context.Context, a *app.App, args []string) error {
			if when != "" {
				return p.explainCondition(ctx, a, when, limit)
			}
			var all reaches
			err := a.Store.View(ctx, func(tx *store.Tx) (err error) {
				all, err = reachOf(ctx, tx, a, args[0], limit)
				return err
			})
			if err != nil {
				return err
			}
			return p.print(all.listing())
		}, func(a *app.App, args []string) error {
			switch {
			case (when == "") == (len(args) == 0):
				return usageError{errors.New("name a rule or a group, or give a condition with --when")}
			case when == "":
				return knownInPolicy(a.Engine(), args[0])
			}
			return nil
		}),
	}
	cmd.Flags().StringVar(&when, "when", "", "a `CONDITION` instead of a rule")
	cmd.Flags().IntVar(&limit, "limit", limit, "name at most `N` people of each rule; 0 names all")
	return cmd
}

// knownInPolicy refuses what is neither a rule nor a group.
func knownInPolicy(e *rules.Engine, name string) error {
	_, rule := e.Rule(name)
	if _, group := e.Group(name); rule || group {
		return nil
	}
	hint := "`birthright group list` shows the groups"
	if near := strictyaml.Nearest(name, slices.Concat(e.RuleNames(), e.GroupNames())); near != "" {
		hint = "did you mean " + near + "?"
	}
	return &identity.Error{Kind: identity.NotFound, Op: "explain", Object: name, Err: errors.New("there is no rule and no group of that name"), Hint: hint}
}

// reachOf answers about a rule, or about a group and every rule that gives it.
func reachOf(ctx context.Context, tx *store.Tx, a *app.App, name string, limit int) (reaches, error) {
	e := a.Engine()
	out := reaches{Name: name, Rules: []ruleReach{}}
	names := e.RulesGiving(name)
	if _, ok := e.Rule(name); ok && !slices.Contains(names, name) {
		names = append([]string{name}, names...)
	}
	crowd, err := a.Runner.Crowd(ctx, tx, nil, e)
	if err != nil {
		return out, err
	}
	everyone := e.Everyone(crowd.Population, crowd.World)
	if g, ok := e.Group(name); ok {
		out.Group = &groupReach{Group: name, Title: g.Title, People: int(everyone.Users(name).GetCardinality())}
	}
	for _, rule := range names {
		one, err := ruleReachOf(ctx, tx, e, crowd, everyone, rule, limit)
		if err != nil {
			return out, err
		}
		out.Rules = append(out.Rules, one)
	}
	return out, nil
}

func ruleReachOf(ctx context.Context, tx *store.Tx, e *rules.Engine, crowd reconcile.Crowd, everyone *rules.Everyone, rule string, limit int) (ruleReach, error) {
	r, _ := e.Reach(rule, crowd.Population, crowd.World, everyone)
	names, err := userNames(ctx, tx, r.Holds, limit)
	return newRuleReach(r, names), err
}

// userNames returns the names of the first users of a set, all where limit is 0.
func userNames(ctx context.Context, tx *store.Tx, set *roaring.Bitmap, limit int) ([]string, error) {
	var ns []int64
	for it := set.Iterator(); it.HasNext() && (limit <= 0 || len(ns) < limit); {
		ns = append(ns, int64(it.Next()))
	}
	users, err := tx.UsersByN(ctx, ns)
	names := make([]string, len(users))
	for i, u := range users {
		names[i] = u.UserName
	}
	slices.Sort(names)
	return names, err
}
