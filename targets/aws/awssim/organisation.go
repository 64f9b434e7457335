package awssim

import "slices"

type account struct {
	ID        string
	Suspended bool
}

// organisation are the calls of AWS Organizations.
func (s *System) organisation() map[string]func(input) (output, *fault) {
	return map[string]func(input) (output, *fault){"ListAccounts": s.listAccounts}
}

func (s *System) listAccounts(in input) (output, *fault) {
	return paged(s, "Accounts", "accounts", in, s.state.Accounts, func(a *account) any {
		status := "ACTIVE"
		if a.Suspended {
			status = "SUSPENDED"
		}
		return output{"Id": a.ID, "Arn": "arn:aws:organizations::999900001111:account/o-simulated/" + a.ID, "Status": status, "State": status}
	})
}

func (s *System) account(id string) *account {
	i := slices.IndexFunc(s.state.Accounts, func(a *account) bool { return a.ID == id })
	if i < 0 {
		return nil
	}
	return s.state.Accounts[i]
}

func (s *System) addAccount(id string) {
	if s.account(id) == nil {
		s.state.Accounts = append(s.state.Accounts, &account{ID: id})
	}
}
