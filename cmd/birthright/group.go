package main

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/hub"
)

// groupBook is what the commands about groups ask.
type groupBook interface {
	Groups(ctx context.Context, a approval.Actor, q hub.GroupQuery) (hub.Page[hub.Group], error)
	Group(ctx context.Context, a approval.Actor, name string) (hub.GroupDetail, error)
	Members(ctx context.Context, a approval.Actor, q hub.MemberQuery) (hub.Page[hub.Member], error)
	MembersThen(ctx context.Context, a approval.Actor, q hub.MomentQuery) (hub.Page[hub.HeldThen], error)
}

func (p *program) groupCommand() *cobra.Command {
	return p.family("group", "Groups: the units of access, and who is in them",
		reaching(p.groupListCommand()), reaching(p.groupShowCommand()), reaching(p.groupMembersCommand()))
}

func (p *program) groupListCommand() *cobra.Command {
	var q hub.GroupQuery
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List groups",
		Args:  takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			found, err := o.Hub.Groups(ctx, actor, q)
			if err != nil {
				return err
			}
			l := listing{
				data: found.Items, header: []string{"group", "members", "risk", "standing", "owners", "access"},
				empty: "The policy has no groups.",
			}
			if q.Search != "" {
				l.empty = "There are no such groups."
			}
			for _, v := range found.Items {
				l.rows = append(l.rows, []string{
					v.Name, strconv.Itoa(v.Members), v.Risk, v.Standing, strings.Join(v.Owners, " "), strings.Join(v.Access, " "),
				})
			}
			return p.print(l)
		}, func(*app.App, []string) error { return notNegative("limit", q.Limit) }),
	}
	cmd.Flags().StringVar(&q.Search, "search", "", "only groups whose name, title or description holds this `TEXT`")
	cmd.Flags().IntVar(&q.Limit, "limit", 0, "at most this many; 0 for all")
	return cmd
}

func (p *program) groupShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show GROUP",
		Short: "Show one group: what it gives, who owns it, how it is asked for",
		Args:  takes(1, 1),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			v, err := o.Hub.Group(ctx, actor, args[0])
			if err != nil {
				return err
			}
			rows := [][]string{
				{"name", v.Name}, {"title", v.Title}, {"description", v.Description},
				{"owners", strings.Join(v.Owners, " ")}, {"risk", v.Risk}, {"standing", v.Standing},
				{"access", strings.Join(v.Access, " ")}, {"members", strconv.Itoa(v.Members)}, {"made by rule", v.Rule},
				{"given by rules", strings.Join(v.Rules, " ")}, {"contains", strings.Join(v.Contains, " ")},
				{"within", strings.Join(v.Within, " ")}, {"constraints", strings.Join(v.Constraints, " ")},
				{"members by", sharesText(v.By)}, {"decided by", ""}, {"open grants", ""},
			}
			if v.Request != nil {
				rows[14][1], rows[15][1] = v.Request.Approval, strconv.Itoa(v.OpenGrants)
			}
			if p.output == "table" {
				rows = slices.DeleteFunc(rows, func(row []string) bool { return row[1] == "" })
			}
			return p.print(listing{data: v, header: []string{"field", "value"}, rows: rows})
		}),
	}
}

// sharesText says how many are in a group by what.
func sharesText(by []hub.CauseShare) string {
	parts := make([]string, len(by))
	for i, c := range by {
		parts[i] = strings.TrimSpace(c.Kind+" "+c.Name) + ": " + strconv.Itoa(c.Members)
	}
	return strings.Join(parts, ", ")
}

func (p *program) groupMembersCommand() *cobra.Command {
	var f momentFlags
	var q hub.MemberQuery
	cmd := &cobra.Command{
		Use:   "members GROUP",
		Short: "List who is in a group, and why, also as it was at a time",
		Args:  takes(1, 1),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			if f.at != "" {
				return p.showMembersAt(ctx, o, actor, args[0], f)
			}
			q.Group = args[0]
			found, err := o.Hub.Members(ctx, actor, q)
			if err != nil {
				return err
			}
			l := listing{data: found.Items, header: []string{"user", "name", "because", "policy"}, empty: "Nobody is in it."}
			if q.Search != "" {
				l.empty = "Nobody like that is in it."
			}
			for _, v := range found.Items {
				l.rows = append(l.rows, []string{v.User, v.Name, becauseOf(v.Causes), under(v.Causes)})
			}
			return p.print(l)
		}, f.check, func(*app.App, []string) error {
			if f.at != "" && (q.Search != "" || q.Limit != 0) {
				return usageError{errors.New("--at tells of everybody: leave out --search and --limit")}
			}
			return notNegative("limit", q.Limit)
		}),
	}
	f.add(cmd, false)
	cmd.Flags().StringVar(&q.Search, "search", "", "only members whose name or email holds this `TEXT`")
	cmd.Flags().IntVar(&q.Limit, "limit", 0, "at most this many; 0 for all")
	return cmd
}
