package app

import (
	"errors"
	"fmt"
	"io"
	"path"
	"slices"

	"birthright/audit"
	"birthright/grants"
	"birthright/internal/duration"
	"birthright/reviews/evidence"
	"birthright/store"
)

// requestsAtOnce is how many requests are looked up at once.
const requestsAtOnce = 1000

// requests writes what was asked for and decided, the newest first.
func (c *collector) requests() error {
	return c.out.Rows(evidence.RequestsFile, func(put func(any) error) error {
		return c.eachRequests(func(rows []grants.Request, ns []int64) error {
			votes, err := c.tx.Votes(c.ctx, ns)
			if err != nil {
				return err
			}
			for _, r := range rows {
				if c.overlaps(r.Created, r.DecidedAt) || c.manifest.From.Equal(r.DecidedAt) {
					if err := put(c.request(r, votes)); err != nil {
						return err
					}
				}
			}
			return nil
		})
	})
}

// eachRequests hands the requests that were made before the end of the period to fn,
// some at once.
func (c *collector) eachRequests(fn func(rows []grants.Request, ns []int64) error) error {
	f := store.RequestFilter{To: c.manifest.Until, Limit: requestsAtOnce}
	for {
		rows, err := c.tx.Requests(c.ctx, f)
		if err != nil || len(rows) == 0 {
			return err
		}
		ns := make([]int64, len(rows))
		for i, r := range rows {
			ns[i] = r.N
		}
		if err := fn(rows, ns); err != nil {
			return err
		}
		f.BeforeN = rows[len(rows)-1].N
	}
}

func (c *collector) request(r grants.Request, votes []grants.Vote) evidence.Request {
	out := evidence.Request{
		ID: r.ID, Kind: r.Kind, User: r.User, By: r.By, Group: r.Group, Reason: r.Reason, Ticket: r.Ticket, Duration: duration.Format(r.Duration),
		Created: r.Created, DecidedAt: c.by(r.DecidedAt), Votes: []evidence.Vote{},
	}
	if out.DecidedAt != nil {
		out.Outcome, out.DecidedBy, out.Note, out.Auto = r.Outcome, r.DecidedBy, r.Note, r.Auto
	}
	for _, v := range votes {
		if v.RequestN == r.N && c.by(v.At) != nil {
			out.Votes = append(out.Votes, evidence.Vote{By: v.By, At: v.At, Approve: v.Approve, Stage: v.Stage + 1, Note: v.Note})
		}
	}
	return out
}

// grants writes what was given for a time, in the order of the requests.
func (c *collector) grants() error {
	return c.out.Rows(evidence.GrantsFile, func(put func(any) error) error {
		return c.eachRequests(func(rows []grants.Request, ns []int64) error {
			ids := map[int64]string{}
			for _, r := range rows {
				ids[r.N] = r.ID
			}
			given, err := c.tx.GrantsOfRequests(c.ctx, ns)
			if err != nil {
				return err
			}
			for _, g := range given {
				if c.overlaps(g.StartsAt, g.SettledAt) {
					if err := put(c.grant(g, ids[g.RequestN])); err != nil {
						return err
					}
				}
			}
			return nil
		})
	})
}

func (c *collector) grant(g grants.Grant, request string) evidence.Grant {
	out := evidence.Grant{
		ID: g.ID, Request: request, Kind: g.Kind, User: g.User, Group: g.Group, StartsAt: g.StartsAt,
		ActivatedAt: c.by(g.ActivatedAt), OverAt: c.by(g.OverAt), SettledAt: c.by(g.SettledAt),
	}
	if out.OverAt != nil {
		out.Over, out.OverBy, out.OverReason = g.Over, g.OverBy, g.OverReason
	}
	return out
}

// revocations writes what was taken away from people.
func (c *collector) revocations() error {
	rows, err := c.tx.Revocations(c.ctx)
	if err != nil {
		return err
	}
	slices.SortFunc(rows, func(a, b store.RevocationRow) int { return int(a.N - b.N) })
	return c.out.Rows(evidence.RevocationsFile, func(put func(any) error) error {
		for _, r := range rows {
			if !c.overlaps(r.At, r.LiftedAt) {
				continue
			}
			row := evidence.Revocation{ID: r.ID, User: r.User, Group: r.Group, By: r.By, Reason: r.Reason, Source: r.Source, At: r.At, LiftedAt: c.by(r.LiftedAt)}
			if row.LiftedAt != nil {
				row.LiftedBy = r.LiftedBy
			}
			if err := put(row); err != nil {
				return err
			}
		}
		return nil
	})
}

// orders writes what people ordered to go from targets.
func (c *collector) orders() error {
	rows, err := c.tx.Orders(c.ctx)
	if err != nil {
		return err
	}
	slices.SortFunc(rows, func(a, b store.OrderRow) int { return int(a.N - b.N) })
	return c.out.Rows(evidence.OrdersFile, func(put func(any) error) error {
		for _, o := range rows {
			if !c.overlaps(o.At, o.DoneAt) {
				continue
			}
			row := evidence.Order{ID: o.ID, Account: o.Account, Entitlement: o.Entitlement.String(), By: o.By, Reason: o.Reason, Source: o.Source, At: o.At, DoneAt: c.by(o.DoneAt)}
			if row.DoneAt != nil {
				row.Outcome = o.Outcome
			}
			if err := put(row); err != nil {
				return err
			}
		}
		return nil
	})
}

// changes writes what was done on targets.
func (c *collector) changes() error {
	return c.out.Rows(evidence.ChangesFile, func(put func(any) error) error {
		return c.tx.EachChange(c.ctx, c.manifest.From, c.manifest.Until, func(r store.ChangeRow) error {
			row := evidence.Change{
				ID: r.ID, Run: r.Run, Target: r.Target, User: r.User, Action: r.Action, Account: r.Account, Entitlement: r.Entitlement, Causes: r.Causes,
				Intended: r.PlannedAt, Finished: c.by(r.FinishedAt),
			}
			if row.Finished != nil {
				row.Outcome, row.Error = r.Outcome, r.Error
			}
			return put(row)
		})
	})
}

// runs writes the passes over targets, and finds out which target was not read whole.
func (c *collector) runs() error {
	states, err := c.tx.TargetStates(c.ctx)
	if err != nil {
		return err
	}
	whole := map[string]bool{}
	err = c.out.Rows(evidence.RunsFile, func(put func(any) error) error {
		return c.tx.EachRun(c.ctx, c.manifest.From, c.manifest.Until, func(r store.RunRow) error {
			if r.Kind == "full" && r.Complete && r.Error == "" {
				whole[r.Target] = true
			}
			return put(evidence.Run{ID: r.ID, Target: r.Target, Kind: r.Kind, Started: r.Started, Finished: r.Finished, Complete: r.Complete, Counts: r.Counts, Error: r.Error})
		})
	})
	for _, s := range states {
		if !whole[s.Name] {
			c.manifest.NotRead = append(c.manifest.NotRead, s.Name)
		}
	}
	slices.Sort(c.manifest.NotRead)
	return err
}

// policyFiles writes the policies in force, the oldest first: that at the beginning, and
// those loaded later.
func (c *collector) policyFiles(newestFirst []store.PolicyRow) error {
	var rows []store.PolicyRow
	for _, p := range newestFirst {
		if p.LoadedAt.Before(c.manifest.Until) {
			rows = append(rows, p)
			if !p.LoadedAt.After(c.manifest.From) {
				break
			}
		}
	}
	slices.Reverse(rows)
	names := map[int64][]string{}
	for _, p := range rows {
		files, err := c.tx.PolicyFiles(c.ctx, p.N)
		if err != nil {
			return err
		}
		for i, f := range files {
			name := fmt.Sprintf("policies/%d/%02d-%s", p.N, i+1, path.Base(f.Name))
			names[p.N] = append(names[p.N], name)
			if err := c.out.Add(name, func(w io.Writer) error { _, err := io.WriteString(w, f.Text); return err }); err != nil {
				return err
			}
		}
	}
	return c.out.Rows(evidence.PoliciesFile, func(put func(any) error) error {
		for _, p := range rows {
			if err := put(evidence.Policy{Version: p.Version(), Hash: p.Hash, LoadedAt: p.LoadedAt, LoadedBy: p.LoadedBy, Files: names[p.N]}); err != nil {
				return err
			}
		}
		return nil
	})
}

// log writes the part of the audit log from the first to the last record of the period,
// with all between: a clock that was set back leaves others among them.
func (c *collector) log() error {
	edge := func(newest bool) (r audit.Record, err error) {
		q := store.AuditQuery{Since: c.manifest.From, Until: c.manifest.Until, Limit: 1, Desc: newest}
		err = c.tx.EachAudit(c.ctx, q, func(one audit.Record) error { r = one; return nil })
		return r, err
	}
	first, err := edge(false)
	if err != nil {
		return err
	}
	last, err := edge(true)
	if err != nil {
		return err
	}
	if first.Seq > 0 {
		c.manifest.After, c.manifest.Head = audit.Head{Seq: first.Seq - 1, Hash: first.Prev}, last.Head()
	}
	return c.out.Add(evidence.AuditFile, func(w io.Writer) error {
		return audit.Export(w, c.records(), c.manifest.After, c.manifest.Head)
	})
}

var errLast = errors.New("that was the last one")

// records yields the records between the two places.
func (c *collector) records() func(yield func(audit.Record, error) bool) {
	return func(yield func(audit.Record, error) bool) {
		if c.manifest.Head.Seq == 0 {
			return
		}
		err := c.tx.EachAudit(c.ctx, store.AuditQuery{AfterSeq: c.manifest.After.Seq}, func(r audit.Record) error {
			if !yield(r, nil) || r.Seq == c.manifest.Head.Seq {
				return errLast
			}
			return nil
		})
		if err != nil && !errors.Is(err, errLast) {
			yield(audit.Record{}, err)
		}
	}
}
