package ldapapp

import (
	"bufio"
	"crypto/subtle"
	"errors"
	"net"

	ber "github.com/go-asn1-ber/asn1-ber"
)

// conn is one client. Requests are answered one after the other.
type conn struct {
	s   *Server
	net net.Conn
	out *bufio.Writer

	bound    string // DN, "" for nobody
	manager  bool
	pages    map[string][]*entry
	lastPage int
}

// serve answers until the client goes or the server ends.
func (c *conn) serve() {
	in := bufio.NewReader(c.net)
	for {
		p, err := ber.ReadPacket(in)
		if err != nil || !complete(p, 2) {
			return
		}
		if goOn := c.answer(p); !goOn || c.out.Flush() != nil {
			return
		}
	}
}

func (c *conn) write(data []byte) { _, _ = c.out.Write(data) } // Flush reports the error

// answer handles one request; false ends the connection.
func (c *conn) answer(p *ber.Packet) bool {
	id, op := number(p.Children[0]), p.Children[1]
	if op.ClassType != ber.ClassApplication {
		return false
	}
	c.s.count(int(op.Tag))
	ctl, r := parseControls(child(p, 2))
	tag := int(op.Tag) + 1
	switch int(op.Tag) {
	case unbindRequest:
		return false
	case abandonRequest:
		return true
	case searchRequest:
		tag = searchDone
	case deleteRequest:
		tag = deleteResponse
	}
	if r == nil {
		r = c.do(id, op, ctl)
	}
	if !errors.Is(r, errAnswered) {
		c.write(message(id, result(tag, r)))
	}
	return true
}

// do carries out one operation.
func (c *conn) do(id int64, op *ber.Packet, ctl controls) *refusal {
	switch int(op.Tag) {
	case bindRequest:
		return c.bind(op)
	case searchRequest:
		q, r := parseQuery(op)
		if r != nil {
			return r
		}
		return c.search(id, q, ctl)
	case compareRequest:
		return c.compare(op)
	case extendedRequest:
		return c.extended(id, op)
	case addRequest, modifyRequest, deleteRequest, renameRequest:
		if !c.manager {
			return refuse(insufficientAccess, "bind as the manager to change anything")
		}
		return c.change(op, ctl)
	}
	return refuse(protocolError, "operation %d is not known", op.Tag)
}

// change carries out a change, and counts it where it was made.
func (c *conn) change(op *ber.Packet, ctl controls) *refusal {
	r := c.carryOut(op, ctl)
	if r == nil {
		c.s.tree.changed()
	}
	return r
}

func (c *conn) carryOut(op *ber.Packet, ctl controls) *refusal {
	t := c.s.tree
	switch int(op.Tag) {
	case deleteRequest:
		return t.remove(content(op))
	case addRequest:
		if !complete(op, 2) {
			break
		}
		if attrs, ok := attributesOf(op.Children[1]); ok {
			if c.s.opt.MakeUnits {
				if r := t.ensureAbove(content(op.Children[0])); r != nil {
					return r
				}
			}
			return t.add(content(op.Children[0]), attrs)
		}
	case modifyRequest:
		if !complete(op, 2) {
			break
		}
		if changes, ok := modificationsOf(op.Children[1]); ok {
			return t.modify(content(op.Children[0]), changes, ctl.permissive, ctl.assert)
		}
	case renameRequest:
		if !complete(op, 3) {
			break
		}
		dropOld, _ := op.Children[2].Value.(bool)
		var superior *string
		if p := child(op, 3); p != nil {
			text := content(p)
			superior = &text
			if c.s.opt.MakeUnits {
				if r := t.ensure(text); r != nil {
					return r
				}
			}
		}
		return t.rename(content(op.Children[0]), content(op.Children[1]), dropOld, superior)
	}
	return refuse(protocolError, "the request is malformed")
}

func modificationsOf(p *ber.Packet) ([]modification, bool) {
	out := make([]modification, 0, len(p.Children))
	for _, m := range p.Children {
		if !complete(m, 2) || !complete(m.Children[1], 2) {
			return nil, false
		}
		attr := m.Children[1]
		out = append(out, modification{op: int(number(m.Children[0])),
			attr: newAttr{name: content(attr.Children[0]), values: stringsOf(attr.Children[1])}})
	}
	return out, true
}

// bind checks name and password: the manager's, or those of an entry.
func (c *conn) bind(op *ber.Packet) *refusal {
	c.bound, c.manager = "", false
	if !complete(op, 3) {
		return refuse(protocolError, "the bind is malformed")
	}
	if op.Children[2].Tag != 0 {
		return refuse(authMethodNotSupported, "only simple binds are possible")
	}
	name, password := content(op.Children[1]), content(op.Children[2])
	switch {
	case name == "" && password == "":
		return nil
	case password == "":
		return refuse(unwillingToPerform, "unauthenticated bind (DN with no password) disallowed")
	}
	key, ok := dnKey(name)
	if !ok {
		return refuse(invalidDNSyntax, "invalid DN")
	}
	manager, _ := dnKey(c.s.opt.BindDN)
	switch {
	case key == manager && same(password, c.s.opt.Password):
		c.manager = true
	case key == manager || !c.s.knows(name, password):
		return refuse(invalidCredentials, "invalid credentials")
	}
	c.bound = name
	return nil
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// mayRead lets everybody in where no manager is set, else those who are bound.
func (c *conn) mayRead() *refusal {
	if c.s.opt.BindDN != "" && c.bound == "" {
		return refuse(insufficientAccess, "bind first")
	}
	return nil
}

func (c *conn) compare(op *ber.Packet) *refusal {
	if !complete(op, 2) || !complete(op.Children[1], 2) {
		return refuse(protocolError, "the compare is malformed")
	}
	if r := c.mayRead(); r != nil {
		return r
	}
	t := c.s.tree
	t.mu.RLock()
	defer t.mu.RUnlock()
	e, _, r := t.find(content(op.Children[0]))
	if r != nil {
		return r
	}
	if e.holds(attrKey(content(op.Children[1].Children[0])), content(op.Children[1].Children[1])) {
		return &refusal{code: compareTrue}
	}
	return &refusal{code: compareFalse}
}

// extended knows "who am I" (RFC 4532).
func (c *conn) extended(id int64, op *ber.Packet) *refusal {
	if !complete(op, 1) || content(op.Children[0]) != oidWhoAmI {
		return refuse(protocolError, "unsupported extended operation")
	}
	answer := result(extendedAnswer, nil)
	who := ""
	if c.bound != "" {
		who = "dn:" + c.bound
	}
	answer.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 11, who, ""))
	c.write(message(id, answer))
	return errAnswered
}
