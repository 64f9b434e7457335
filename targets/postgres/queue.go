package postgres

import "birthright/targets"

// mostQueued is how many grants travel in one message.
const mostQueued = 200

// pair is an account in a role, by their oids.
type pair struct{ role, member string }

// queued is a grant that is still to be sent, and whose op it is.
type queued struct {
	at     int
	member *role
	change change
}

// loadGrants reads by whose grants the accounts that ops name are in the roles that
// they name, all at once. What is made after that is not among them.
func (a *application) loadGrants() error {
	a.held = map[pair][]grant{}
	var asked []pair
	for i, op := range a.ops {
		if a.results[i].Outcome != "" || op.Action != targets.Add && op.Action != targets.Remove {
			continue
		}
		given, found := a.known.called(op.Entitlement.ID), a.known.find(op.Account)
		if given == nil || len(found) != 1 {
			continue
		}
		p := pair{given.oid, found[0].oid}
		if _, known := a.held[p]; !known {
			a.held[p] = nil
			asked = append(asked, p)
		}
	}
	if len(asked) == 0 {
		return nil
	}
	found, err := a.session.grants(asked)
	for p, grants := range found {
		a.held[p] = grants
	}
	return err
}

// later has a grant sent together with others. Its op counts as done until flush
// learns otherwise.
func (a *application) later(given, r *role) (targets.Result, error) {
	delete(a.held, pair{given.oid, r.oid}) // whoever asks again asks the server
	a.queue = append(a.queue, queued{a.at, r, grantRole{given.name, r.name}})
	if len(a.queue) < mostQueued {
		return targets.Result{Outcome: targets.Done, AccountID: r.oid}, nil
	}
	return targets.Result{Outcome: targets.Done, AccountID: r.oid}, a.flush()
}

// flush sends what is queued. Where the server refuses any of it, each is sent by
// itself, so that one bad grant holds up no other.
func (a *application) flush() error {
	queue := a.queue
	a.queue = nil
	if len(queue) == 0 {
		return nil
	}
	changes := make([]change, len(queue))
	for i, q := range queue {
		changes[i] = q.change
	}
	_, refusal, err := a.attempt(a.ops[queue[0].at], changes...)
	if err != nil || refusal == nil {
		return err
	}
	for _, q := range queue {
		r, err := a.change(a.ops[q.at], q.member, func() {}, q.change)
		if err != nil {
			return err
		}
		a.results[q.at] = r
	}
	return nil
}
