package main

import (
	"cmp"
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/reviews/paper"
)

// heldReport is a command that lists one part of what people hold.
func (p *program) heldReport(kind, short string, list func(*hub.Report) listing) *cobra.Command {
	var f heldFlags
	cmd := &cobra.Command{
		Use: kind, Short: short, Args: takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			r, done, err := p.look(ctx, o, actor, hub.ReportQuery{Kind: kind}, &f)
			if done || err != nil {
				return err
			}
			if err := p.print(list(r)); err != nil {
				return err
			}
			p.remarkIncomplete(r.Creep)
			return nil
		}, f.check),
	}
	f.add(cmd)
	return cmd
}

func (p *program) reportOrphansCommand() *cobra.Command {
	return p.heldReport("orphans", "Accounts on targets that belong to no user, and what they hold", func(of *hub.Report) listing {
		r := of.Creep
		l := listing{data: of.Shown(hub.ReportOrphans), header: []string{"target", "account", "entitlement", "first_seen", "risk", "score"}, empty: "Every account that holds something belongs to somebody."}
		for i := range r.Orphans {
			for k := range r.Orphans[i].Holds {
				e := &r.Orphans[i].Holds[k]
				l.rows = append(l.rows, []string{e.Target, r.Orphans[i].Account, e.Entitlement, minute(e.FirstSeen), cmp.Or(e.Risk, "not said"), strconv.Itoa(e.Score)})
			}
		}
		return l
	})
}

func (p *program) reportDormantCommand() *cobra.Command {
	return p.heldReport("dormant", "Accounts that hold something and that nobody used for long", func(of *hub.Report) listing {
		r := of.Creep
		l := listing{data: of.Shown(hub.ReportDormant), header: []string{"target", "user", "account", "last_used", "days"}, empty: "No account is known to lie unused."}
		for i := range r.Dormant {
			d := &r.Dormant[i]
			for _, x := range d.Accounts {
				last, days := "never", ""
				if !x.LastUsed.IsZero() {
					last, days = x.LastUsed.Format("2006-01-02"), strconv.Itoa(x.Days)
				}
				l.rows = append(l.rows, []string{d.Target, x.User, x.Account, last, days})
			}
			if !d.Known && d.Unknown > 0 {
				p.remark("%s does not tell when accounts were used: of %s nobody knows", d.Target, count(d.Unknown, "account", "accounts"))
			}
		}
		return l
	})
}

func (p *program) reportSoDCommand() *cobra.Command {
	return p.heldReport("sod", "Who holds together what constraints keep apart, whoever gave it", func(of *hub.Report) listing {
		r := of.Creep
		l := listing{data: of.Shown(hub.ReportSoD), header: []string{"constraint", "mode", "user", "groups", "since", "how"}, empty: "Nobody holds together what constraints keep apart."}
		for i := range r.SoD {
			x := &r.SoD[i]
			l.rows = append(l.rows, []string{x.Constraint, x.Mode, cmp.Or(x.User, x.Account), paper.SidesText(x), strings.TrimSuffix(timeText(x.Since), "Z"), paper.HowText(x)})
		}
		return l
	})
}
