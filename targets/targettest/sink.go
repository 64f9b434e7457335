package targettest

import (
	"errors"

	"birthright/targets"
)

var errStubborn = errors.New("the sink takes no more")

func sinkSaid(err error) bool { return errors.Is(err, errStubborn) }

// stubborn is a sink that fails at the first item of one sort.
type stubborn struct {
	at     string
	failed bool
	after  bool // it was given something after it had failed
}

func (s *stubborn) take(what string) error {
	s.after = s.after || s.failed
	if what == s.at {
		s.failed = true
		return errStubborn
	}
	return nil
}

func (s *stubborn) Account(targets.Account) error         { return s.take("account") }
func (s *stubborn) Entitlement(targets.Entitlement) error { return s.take("entitlement") }
func (s *stubborn) Assignment(targets.Assignment) error   { return s.take("assignment") }

// orderly is a sink that notes what comes before what it belongs to.
type orderly struct {
	targets.State
	accounts, entitlements map[string]bool
	early                  []string
	twice                  []string
}

func newOrderly() *orderly {
	return &orderly{accounts: map[string]bool{}, entitlements: map[string]bool{}}
}

func (s *orderly) Account(a targets.Account) error {
	if s.accounts[a.ID] {
		s.twice = append(s.twice, a.Name)
	}
	s.accounts[a.ID] = true
	return s.State.Account(a)
}

func (s *orderly) Entitlement(e targets.Entitlement) error {
	if s.entitlements[e.Address.String()] {
		s.twice = append(s.twice, e.Address.String())
	}
	s.entitlements[e.Address.String()] = true
	return s.State.Entitlement(e)
}

func (s *orderly) Assignment(a targets.Assignment) error {
	if !s.accounts[a.AccountID] || !s.entitlements[a.Entitlement.String()] {
		s.early = append(s.early, a.AccountID+" "+a.Entitlement.String())
	}
	return s.State.Assignment(a)
}
