package handoff

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"birthright/targets"
)

// Model is what a receiver holds, and what ops do to it: the reference receiver is
// made of it, and the ledger. It is not safe for concurrent use.
type Model struct {
	Abilities    Abilities              `json:"-"`
	Held         map[string]*Holder     `json:"accounts"`     // by id
	Entitlements map[string]Entitlement `json:"entitlements"` // by KIND/ID
	Last         int                    `json:"last"`         // the number of the newest account

	// NewID names a new account; nil numbers them.
	NewID func(Account) string `json:"-"`
}

// Holder is an account with what it holds.
type Holder struct {
	Account
	// Implicit is true where it is there only as long as it holds something.
	Implicit bool               `json:"implicit,omitempty"`
	Holds    map[string]Holding `json:"holds"`
}

// Holding is how something is held.
type Holding struct {
	NotAfter *time.Time `json:"not_after,omitempty"`
	Indirect bool       `json:"indirect,omitempty"`
}

// Path is KIND/ID.
func (e Entitlement) Path() string { return e.Kind + "/" + e.ID }

// ParsePath reads KIND/ID.
func ParsePath(path string) Entitlement {
	kind, id, _ := strings.Cut(path, "/")
	return Entitlement{Kind: kind, ID: id}
}

// ready makes the maps of a fresh or decoded model.
func (m *Model) ready() {
	if m.Held == nil {
		m.Held = map[string]*Holder{}
	}
	if m.Entitlements == nil {
		m.Entitlements = map[string]Entitlement{}
	}
	for _, h := range m.Held {
		if h.Holds == nil {
			h.Holds = map[string]Holding{}
		}
	}
}

// Perform makes op true. The result has no key yet.
func (m *Model) Perform(op Op) Result {
	m.ready()
	switch {
	case !m.Abilities.Understands(op.Action):
		return refuse("this receiver does not do that")
	case op.Action == targets.CreateEntitlement && op.Entitlement != nil:
		return m.createEntitlement(*op.Entitlement)
	case op.Account == nil || op.Account.ID == "" && op.Account.Name == "":
		return refuse("the op names no account")
	case op.Action == targets.CreateAccount:
		return m.create(*op.Account)
	case (op.Action == targets.Add || op.Action == targets.Remove) && (op.Entitlement == nil || !m.Abilities.Knows(op.Entitlement.Kind)):
		return refuse("the op names no entitlement that this receiver knows")
	case op.Action == targets.Add:
		return m.add(op)
	}
	h := m.Find(*op.Account)
	if h == nil && op.Action == targets.Remove && m.Abilities.ImplicitAccounts { // as in add
		h = m.Find(Account{Name: op.Account.Name})
	}
	if h == nil {
		if op.Action == targets.DeleteAccount || op.Action == targets.Remove && m.Abilities.ImplicitAccounts {
			return Result{Outcome: Already}
		}
		return Result{Outcome: Stale, Detail: "there is no such account"}
	}
	switch op.Action {
	case targets.UpdateAccount:
		return m.update(h, *op.Account)
	case targets.EnableAccount, targets.DisableAccount:
		return m.setActive(h, op.Action == targets.EnableAccount)
	case targets.DeleteAccount:
		for path := range h.Holds {
			m.take(h, path)
		}
		delete(m.Held, h.ID)
		return did(h)
	}
	return m.remove(h, *op.Entitlement)
}

func refuse(why string) Result { return Result{Outcome: Refused, Detail: why} }
func did(h *Holder) Result     { return Result{Outcome: Done, AccountID: h.ID} }
func wasSo(h *Holder) Result   { return Result{Outcome: Already, AccountID: h.ID} }
func clash(h *Holder) Result {
	return Result{Outcome: Conflict, AccountID: h.ID, Detail: "another account has that name"}
}

func (m *Model) fold(name string) string {
	if m.Abilities.FoldNames {
		return strings.ToLower(name)
	}
	return name
}

// Find returns the account by its id or, where that is empty, by its name; nil where
// it is not there.
func (m *Model) Find(a Account) *Holder {
	if a.ID != "" {
		return m.Held[a.ID]
	}
	for _, h := range m.Held {
		if m.fold(h.Name) == m.fold(a.Name) {
			return h
		}
	}
	return nil
}

func (m *Model) insert(a Account, implicit bool) *Holder {
	m.Last++
	a.ID = "a" + strconv.Itoa(m.Last)
	if m.NewID != nil {
		a.ID = m.NewID(a)
	}
	h := &Holder{Account: a, Implicit: implicit, Holds: map[string]Holding{}}
	m.Held[a.ID] = h
	return h
}

// create makes an account. One that is there just as wanted is what an earlier try
// left; one that differs is somebody else's.
func (m *Model) create(a Account) Result {
	h := m.Find(Account{Name: a.Name})
	switch {
	case h == nil:
		return did(m.insert(a, false))
	case h.Active != a.Active || !sameValues(h.Attributes, a.Attributes):
		return clash(h)
	case h.Implicit:
		h.Implicit = false
		return did(h)
	}
	return wasSo(h)
}

func (m *Model) update(h *Holder, a Account) Result {
	name := cmp.Or(a.Name, h.Name)
	if other := m.Find(Account{Name: name}); other != nil && other != h {
		return clash(other)
	}
	if h.Name == name && sameValues(h.Attributes, a.Attributes) {
		return wasSo(h)
	}
	h.Name, h.Attributes = name, a.Attributes
	return did(h)
}

func sameValues(a, b map[string][]string) bool { return maps.EqualFunc(a, b, slices.Equal[[]string]) }

func (m *Model) setActive(h *Holder, active bool) Result {
	if h.Active == active {
		return wasSo(h)
	}
	h.Active = active
	return did(h)
}

func (m *Model) createEntitlement(e Entitlement) Result {
	if _, there := m.Entitlements[e.Path()]; there {
		return Result{Outcome: Already}
	}
	m.Entitlements[e.Path()] = Entitlement{Kind: e.Kind, ID: e.ID}
	return Result{Outcome: Done}
}

func (m *Model) add(op Op) Result {
	path := op.Entitlement.Path()
	e, known := m.Entitlements[path]
	if !known && !m.Abilities.ImplicitEntitlements {
		return Result{Outcome: Stale, Detail: "there is no such entitlement"}
	}
	if e.ReadOnly {
		return refuse("its members are not ours to change")
	}
	h := m.Find(*op.Account)
	if h == nil && m.Abilities.ImplicitAccounts { // the one of that id ended with the last thing it held
		h = m.Find(Account{Name: op.Account.Name})
	}
	if h == nil {
		if !m.Abilities.ImplicitAccounts {
			return Result{Outcome: Stale, Detail: "there is no such account"}
		}
		a := *op.Account
		a.Active = true
		h = m.insert(a, true)
	}
	end := op.NotAfter
	if !m.Abilities.Ends {
		end = nil
	}
	if held, there := h.Holds[path]; there && !held.Indirect && sameEnd(held.NotAfter, end) {
		return wasSo(h)
	}
	if !known {
		m.Entitlements[path] = Entitlement{Kind: op.Entitlement.Kind, ID: op.Entitlement.ID}
	}
	h.Holds[path] = Holding{NotAfter: end}
	return did(h)
}

func sameEnd(a, b *time.Time) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
}

func (m *Model) remove(h *Holder, e Entitlement) Result {
	path := e.Path()
	there, known := m.Entitlements[path]
	held, holds := h.Holds[path]
	switch {
	case !known && !m.Abilities.ImplicitEntitlements:
		return Result{Outcome: Stale, Detail: "there is no such entitlement"}
	case there.ReadOnly:
		return refuse("its members are not ours to change")
	case !holds:
		return wasSo(h)
	case held.Indirect:
		return Result{Outcome: Conflict, AccountID: h.ID, Detail: "the account holds it through something else"}
	}
	m.take(h, path)
	return did(h)
}

// take ends what h holds, and h with it where it was there for that alone.
func (m *Model) take(h *Holder, path string) {
	delete(h.Holds, path)
	if h.Implicit && len(h.Holds) == 0 {
		delete(m.Held, h.ID)
	}
	if !m.Abilities.ImplicitEntitlements {
		return
	}
	for _, other := range m.Held {
		if _, holds := other.Holds[path]; holds {
			return
		}
	}
	delete(m.Entitlements, path)
}

// Lapse ends what has come to its end.
func (m *Model) Lapse(now time.Time) {
	for _, h := range m.Held {
		for path, held := range h.Holds {
			if held.NotAfter != nil && !now.Before(*held.NotAfter) {
				m.take(h, path)
			}
		}
	}
}
