package mysql

// change is one statement that changes something.
type change interface{ isChange() }

type (
	// createAccount makes an account; without a plugin, one that nobody can log in to.
	createAccount struct {
		account id
		login   Login
		locked  bool
	}
	createRole struct{ role id }
	setLock    struct {
		account id
		locked  bool
	}
	rename    struct{ from, to id }
	drop      struct{ account id }
	giveRole  struct{ role, account id }
	takeRole  struct{ role, account id }
	setActive struct { // the default roles
		account id
		roles   []id
	}
)

func (createAccount) isChange() {}
func (createRole) isChange()    {}
func (setLock) isChange()       {}
func (rename) isChange()        {}
func (drop) isChange()          {}
func (giveRole) isChange()      {}
func (takeRole) isChange()      {}
func (setActive) isChange()     {}
