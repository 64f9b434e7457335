package handoff

// Put puts an account in where none of that id or name is, as somebody else would.
func (m *Model) Put(a Account) {
	m.ready()
	if m.Find(Account{Name: a.Name}) == nil && (a.ID == "" || m.Held[a.ID] == nil) {
		m.insert(a, false)
	}
}

// PutEntitlement puts an entitlement in that is not there.
func (m *Model) PutEntitlement(e Entitlement) {
	m.ready()
	if _, there := m.Entitlements[e.Path()]; !there {
		m.Entitlements[e.Path()] = e
	}
}

// PutHolding has the account of that id or name hold e.
func (m *Model) PutHolding(account string, e Entitlement, how Holding) {
	m.PutEntitlement(e)
	h := m.Held[account]
	if h == nil {
		h = m.Find(Account{Name: account})
	}
	if h == nil && m.Abilities.ImplicitAccounts {
		h = m.insert(Account{Name: account, Active: true}, true)
	}
	if h == nil {
		return
	}
	if _, holds := h.Holds[e.Path()]; !holds {
		h.Holds[e.Path()] = how
	}
}
