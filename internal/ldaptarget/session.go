package ldaptarget

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/maphash"

	"birthright/identity"

	goldap "github.com/go-ldap/ldap/v3"
)

// Session is one call's use of a connection.
type Session struct {
	t    *Directory
	ctx  context.Context
	conn *goldap.Conn
	// broken is set once the connection is lost; nothing is sent after that.
	broken error
	stop   func() bool
}

// Begin takes a connection that ends with ctx.
func (t *Directory) Begin(ctx context.Context) (*Session, error) {
	if err := ctx.Err(); err != nil {
		return nil, &identity.Error{Kind: identity.Unavailable, Op: t.Op("connect"), Err: err}
	}
	conn, err := t.take(ctx)
	if err != nil {
		return nil, err
	}
	s := &Session{t: t, ctx: ctx, conn: conn}
	s.stop = context.AfterFunc(ctx, func() { conn.Close() })
	return s, nil
}

// End gives the connection back, or closes it where it is lost.
func (s *Session) End() {
	if !s.stop() || s.broken != nil {
		s.conn.Close()
	} else {
		s.t.put(s.conn)
	}
	if s.t.simulator == nil {
		return
	}
	if err := s.t.simulator.Keep(); err != nil {
		s.t.Env.Log.Error("the simulated directory is not kept", "target", s.t.Env.Name, "error", err)
	}
}

// Ready tells why nothing can be sent any more.
func (s *Session) Ready() error {
	cause := s.broken
	switch {
	case s.ctx.Err() != nil:
		cause = s.ctx.Err()
	case cause == nil && s.conn.IsClosing():
		cause = errors.New("the connection was closed")
	case cause == nil:
		return nil
	}
	return &identity.Error{Kind: identity.Unavailable, Op: s.t.Op("send"), Err: fmt.Errorf("not sent: %w", cause)}
}

// Write sends a change. An *identity.Error means that it was not sent; any other
// error is the server's, or that of a connection lost on the way.
func (s *Session) Write(send func(*goldap.Conn) error) error {
	if err := s.Ready(); err != nil {
		return err
	}
	s.t.calls.Add(1)
	err := send(s.conn)
	if lost(err) {
		s.broken = err
	}
	return err
}

// Search is what to look for.
type Search struct {
	What   string // for messages: "users"
	Base   string
	Scope  int
	Filter string
	Fields []string
}

// Each hands every entry found to use, page by page. Its nil error means that
// there are no others.
func (s *Session) Each(q Search, use func(*goldap.Entry) error) error {
	paging := goldap.NewControlPaging(uint32(s.t.Settings.PageSize))
	request := goldap.NewSearchRequest(q.Base, q.Scope, goldap.NeverDerefAliases, 0, 0, false, q.Filter, q.Fields, append([]goldap.Control{paging}, s.t.Layout.Controls...))
	given := map[uint64]bool{} // what was handed out: a page that comes again must not pass for the next
	for seen := 0; ; {
		if err := s.Ready(); err != nil {
			return err
		}
		page, err := s.ask(request)
		if err == nil && s.ctx.Err() != nil {
			err = s.ctx.Err()
		}
		if err != nil {
			return s.cut(q, seen, err)
		}
		if len(page.Referrals) > 0 && !s.t.Settings.IgnoreReferrals {
			return s.incomplete(q, seen, fmt.Errorf("a part of the tree lies elsewhere: %s", page.Referrals[0]),
				"narrow base_dn, or accept it with ignore_referrals: true")
		}
		seen += len(page.Entries)
		for _, e := range page.Entries {
			key := maphash.String(s.t.seed, e.DN)
			if given[key] {
				return s.incomplete(q, seen, fmt.Errorf("%s came twice", e.DN), "read again: it may have been moved meanwhile")
			}
			given[key] = true
			if err := s.gather(e); err != nil {
				return err
			}
			if err := use(e); err != nil {
				return err
			}
		}
		more, err := nextPage(paging, page)
		if err != nil {
			return s.incomplete(q, seen, err, "the server does not page as it should")
		}
		if !more {
			return nil
		}
	}
}

// ask sends a search.
func (s *Session) ask(request *goldap.SearchRequest) (*goldap.SearchResult, error) {
	s.t.calls.Add(1)
	return s.conn.Search(request)
}

// nextPage puts the answer's cookie into the request and says if there is one.
func nextPage(paging *goldap.ControlPaging, page *goldap.SearchResult) (bool, error) {
	answer, ok := goldap.FindControl(page.Controls, goldap.ControlTypePaging).(*goldap.ControlPaging)
	if !ok || len(answer.Cookie) == 0 {
		return false, nil
	}
	if len(page.Entries) == 0 && bytes.Equal(answer.Cookie, paging.Cookie) {
		return false, errors.New("it repeats a page without entries")
	}
	paging.SetCookie(answer.Cookie)
	return true, nil
}

// cut explains a search that ended early.
func (s *Session) cut(q Search, seen int, err error) error {
	if lost(err) {
		s.broken = err
	}
	hint := "try again; if it happens again, look into the server's log"
	switch {
	case goldap.IsErrorWithCode(err, goldap.LDAPResultNoSuchObject):
		return &identity.Error{Kind: identity.Invalid, Op: s.t.Op("read " + q.What), Object: q.Base, Err: err,
			Hint: "correct base_dn, or let the bind account see it"}
	case goldap.IsErrorAnyOf(err, goldap.LDAPResultSizeLimitExceeded, goldap.LDAPResultAdminLimitExceeded):
		hint = "lift the server's size limit for the bind account, also for paged searches"
	case goldap.IsErrorWithCode(err, goldap.LDAPResultInsufficientAccessRights):
		hint = "let the bind account read it"
	}
	return s.incomplete(q, seen, err, hint)
}

func (s *Session) incomplete(q Search, seen int, err error, hint string) error {
	return &identity.Error{Kind: identity.Incomplete, Op: s.t.Op("read " + q.What),
		Object: fmt.Sprintf("ended after %d entries", seen), Err: err, Hint: hint}
}

// All returns the entries found.
func (s *Session) All(q Search) ([]*goldap.Entry, error) {
	var out []*goldap.Entry
	err := s.Each(q, func(e *goldap.Entry) error {
		out = append(out, e)
		return nil
	})
	return out, err
}

// At looks at one entry by its DN; nil where it is not there or does not match.
func (s *Session) At(what, dn, filter string, fields ...string) (*goldap.Entry, error) {
	if err := s.Ready(); err != nil {
		return nil, err
	}
	found, err := s.ask(goldap.NewSearchRequest(dn, goldap.ScopeBaseObject, goldap.NeverDerefAliases, 0, 0, false, filter, fields, s.t.Layout.Controls))
	switch {
	case goldap.IsErrorWithCode(err, goldap.LDAPResultNoSuchObject):
		return nil, nil
	case err != nil:
		return nil, s.cut(Search{What: what, Base: dn}, 0, err)
	case len(found.Entries) == 0:
		return nil, nil
	}
	return found.Entries[0], s.gather(found.Entries[0])
}
