package mysql

import (
	"errors"

	"birthright/targets"
)

// verify looks whether the server shows what it was told: statements about accounts
// are no transaction, and a warning is easily taken for a yes. An op that does not
// show is unknown, so that it is read back before anything else. Where nothing can be
// seen, what the server said of each statement stands.
func (a *application) verify() {
	changed := false
	for _, r := range a.results {
		changed = changed || r.Outcome == targets.Done
	}
	if !changed || a.lost != nil {
		return
	}
	now, err := a.lookUp()
	if err != nil {
		return
	}
	for i, op := range a.ops {
		if a.results[i].Outcome == targets.Done && !a.shows(op, a.results[i], now) {
			a.results[i] = a.t.lost(op, targets.Unknown, errors.New("the server took the change and does not show it"))
		}
	}
}

// shows reports whether what an op was about is as it should be after all of them.
func (a *application) shows(op targets.Op, r targets.Result, now *known) bool {
	role := roleID(a.where().dialect, op.Entitlement.ID)
	if op.Action == targets.CreateEntitlement {
		return now.role(role) != nil
	}
	i, _ := parseID(r.AccountID) // it was written by String
	is, should := now.account(i), a.known.account(i)
	if is == nil || should == nil {
		return is == nil && should == nil
	}
	if op.Action == targets.Add || op.Action == targets.Remove {
		return now.holds[i][role] == a.known.holds[i][role]
	}
	return is.locked == should.locked
}
