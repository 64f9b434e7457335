package scim

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"

	"birthright/targets"
)

// walkByCursor lists by cursors (RFC 9865): the list ends where the server names no
// next one. A server that counts as well is held to its count.
func (t *Target) walkByCursor(ctx context.Context, l *listing, q url.Values) error {
	used := map[string]bool{}
	for cursor := ""; ; {
		p, err := t.page(ctx, l.endpoint, q, t.window(0, cursor, t.habits.PageSize))
		if err != nil {
			return err
		}
		if p.Resources == nil && p.TotalResults == nil {
			return notSCIM(l.endpoint, errors.New("the answer has no Resources"))
		}
		if err := l.takeAll(p); err != nil {
			return err
		}
		if p.NextCursor == "" {
			if p.TotalResults != nil && *p.TotalResults != l.got {
				return l.torn("the server says that there are %d and sent %d", *p.TotalResults, l.got)
			}
			return nil
		}
		if used[p.NextCursor] {
			return l.torn("the server names a cursor again that was used already")
		}
		cursor, used[p.NextCursor] = p.NextCursor, true
	}
}

// groupsOf asks which groups an account is in, directly: the only way to see members
// where a server shows none. errNoAccount where the server says that there is no such
// account.
func (t *Target) groupsOf(ctx context.Context, accountID string) (map[string]bool, error) {
	in := map[string]bool{}
	q := url.Values{"filter": {"members.value eq " + quote(accountID)}}
	err := t.search(ctx, groups, q, func(raw json.RawMessage) (string, error) {
		g, err := parseGroup(raw)
		in[g.id] = true
		return g.id, err
	})
	if isMissing(err) {
		err = errNoAccount
	}
	return in, err
}

// openByAccount leaves out what is true already, where each account has to be asked.
func (a *application) openByAccount(id string, removing bool, ask []change) (out []change) {
	for _, c := range ask {
		var in map[string]bool
		r := a.settle(a.ops[c.i], func() targets.Result {
			var err error
			if in, err = a.t.groupsOf(a.ctx, c.id); err != nil {
				return explain(a.ops[c.i], err)
			}
			return targets.Result{Outcome: targets.Already, AccountID: c.id}
		})
		switch {
		case !r.Outcome.OK():
			a.results[c.i] = r
		case in[id] == removing:
			out = append(out, c)
		case removing:
			a.results[c.i] = a.settle(a.ops[c.i], func() targets.Result { return a.notHeld(c) })
		default:
			a.results[c.i] = r
		}
	}
	return out
}
