package ldapapp

import (
	"slices"
	"strconv"

	ber "github.com/go-asn1-ber/asn1-ber"
)

// The scopes of a search.
const (
	scopeBase = 0
	scopeOne  = 1
	scopeSub  = 2
)

// query is a search request.
type query struct {
	base      string
	scope     int64
	sizeLimit int
	typesOnly bool
	filter    filter
	attrs     []string
}

func parseQuery(p *ber.Packet) (query, *refusal) {
	if !complete(p, 8) {
		return query{}, refuse(protocolError, "the search is malformed")
	}
	f, r := parseFilter(p.Children[6], 0)
	if r != nil {
		return query{}, r
	}
	typesOnly, _ := p.Children[5].Value.(bool)
	return query{
		base: content(p.Children[0]), scope: number(p.Children[1]), sizeLimit: int(number(p.Children[3])),
		typesOnly: typesOnly, filter: f, attrs: stringsOf(p.Children[7]),
	}, nil
}

// search answers a search: entries, then the result.
func (c *conn) search(id int64, q query, ctl controls) *refusal {
	if q.base == "" && q.scope == scopeBase {
		c.write(message(id, found("", c.s.rootDSE())))
		return nil
	}
	if r := c.mayRead(); r != nil {
		return r
	}
	matches, r := c.matches(q, ctl)
	if r != nil {
		return r
	}
	limit, cookie := len(matches), ""
	switch {
	case ctl.paging && ctl.pageSize > 0 && ctl.pageSize < len(matches):
		limit = ctl.pageSize
		cookie = c.keep(matches[limit:])
	case !ctl.paging && c.s.opt.SizeLimit > 0:
		limit = min(limit, c.s.opt.SizeLimit)
	}
	if q.sizeLimit > 0 {
		limit = min(limit, q.sizeLimit)
	}
	c.send(id, q, matches[:limit], ctl.extended)
	if limit < len(matches) && cookie == "" {
		r = refuse(sizeLimitExceeded, "size limit exceeded")
	}
	if ctl.paging {
		c.write(message(id, result(searchDone, r), pagingAnswer(cookie)))
		return errAnswered
	}
	return r
}

// errAnswered says that the result was written already.
var errAnswered = &refusal{code: -1}

// matches returns the entries that q selects, or the rest of an earlier search.
func (c *conn) matches(q query, ctl controls) ([]*entry, *refusal) {
	if ctl.cookie != "" {
		rest, ok := c.pages[ctl.cookie]
		if !ok {
			return nil, refuse(unwillingToPerform, "the paging cookie is not of this connection")
		}
		delete(c.pages, ctl.cookie)
		return rest, nil
	}
	t := c.s.tree
	t.mu.RLock()
	defer t.mu.RUnlock()
	base, _, r := t.find(q.base)
	if r != nil {
		return nil, r
	}
	var out []*entry
	wanted := t.localise(q.filter)
	take := func(e *entry) {
		if wanted.match(e) == yes {
			out = append(out, e)
		}
	}
	switch q.scope {
	case scopeBase:
		take(base)
	case scopeOne:
		for _, e := range base.children {
			take(e)
		}
	case scopeSub:
		walk(base, take)
	default:
		return nil, refuse(protocolError, "scope %d is not known", q.scope)
	}
	return out, nil
}

func walk(e *entry, take func(*entry)) {
	take(e)
	for _, child := range e.children {
		walk(child, take)
	}
}

// keep remembers the rest of a paged search for this connection.
func (c *conn) keep(rest []*entry) string {
	c.lastPage++
	cookie := strconv.Itoa(c.lastPage)
	c.pages[cookie] = rest
	return cookie
}

// send writes entries; those that went meanwhile are left out.
func (c *conn) send(id int64, q query, entries []*entry, extended bool) {
	t := c.s.tree
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, e := range entries {
		if !e.gone {
			c.write(message(id, found(t.shown(e, extended), t.rendered(e.selected(q), q, extended))))
		}
	}
}

// selected returns the attributes that q asks for.
func (e *entry) selected(q query) []newAttr {
	all := len(q.attrs) == 0 || slices.Contains(q.attrs, "*")
	var out []newAttr
	give := func(name string, values []string) {
		if q.typesOnly {
			values = nil
		}
		out = append(out, newAttr{name, values})
	}
	wanted := map[string]bool{}
	for _, name := range q.attrs {
		wanted[attrKey(name)] = true
	}
	for _, key := range e.order {
		if all || wanted[key] {
			give(e.attrs[key].name, e.attrs[key].values)
		}
	}
	for _, name := range e.unasked() {
		if key := attrKey(name); wanted[key] || wanted["+"] {
			give(name, e.values(key))
		}
	}
	return out
}

// unasked are the attributes that are told only to those who ask by name.
func (e *entry) unasked() []string {
	if !e.domain {
		return []string{"entryUUID", "entryDN", "createTimestamp", "modifyTimestamp"}
	}
	return []string{"objectGUID", "objectSid", "distinguishedName", "name", "sAMAccountType", "allowedAttributesEffective", "allowedChildClassesEffective"}
}
