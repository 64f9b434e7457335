package handoff

import (
	"crypto/rand"
	"sync"
	"time"

	"birthright/targets"
)

// keyLife is how long a key is used again; a receiver remembers it for longer.
const keyLife = 12 * time.Hour

// keys holds the key of each aim whose fate is not known yet: sent again, it must not
// have an effect twice. Once the fate is known, or was looked at, the same aim is a
// new need and gets a new key. A restart forgets them: then the state is looked at.
type keys struct {
	now func() time.Time

	mu   sync.Mutex
	open map[string]open // by aim
}

// open is an aim on its way.
type open struct {
	key, status string
	name, id    string // of the account
	entitlement string
	pending     bool
	at          time.Time
}

func newKeys(now func() time.Time) *keys { return &keys{now: now, open: map[string]open{}} }

// of returns the op's key, and what is known of it; fresh where it was not sent.
func (k *keys) of(aim string, op targets.Op) (known open, fresh bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if o, ok := k.open[aim]; ok && k.now().Sub(o.at) < keyLife {
		return o, false
	}
	o := open{key: rand.Text(), name: op.Account.Name, id: op.Account.ID, entitlement: op.Entitlement.String(), at: k.now()}
	if op.Entitlement.IsZero() {
		o.entitlement = ""
	}
	k.overtake(o, op)
	k.open[aim] = o
	return o, true
}

// overtake forgets the keys of other aims that o is about, too: after "remove", an
// "add" that was sent before is no longer answered by what was answered then.
func (k *keys) overtake(o open, op targets.Op) {
	for aim, other := range k.open {
		if named([]targets.Account{op.Account}, other) && (o.entitlement == "" || other.entitlement == "" || o.entitlement == other.entitlement) {
			delete(k.open, aim)
		}
	}
}

// take notes what became of an op that was sent with key.
func (k *keys) take(aim, key string, a Answer) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.open[aim].key != key {
		return // overtaken meanwhile
	}
	switch a.Outcome {
	case targets.Pending:
		o := k.open[aim]
		o.pending, o.status = true, a.Status
		k.open[aim] = o
	case targets.Unknown:
	default:
		delete(k.open, aim)
	}
}

// seen forgets the keys of ops whose fate a read has shown, and those that are old.
func (k *keys) seen(q targets.Query) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.now()
	for aim, o := range k.open {
		if now.Sub(o.at) >= keyLife || !o.pending && (q.Accounts == nil || named(q.Accounts, o)) {
			delete(k.open, aim)
		}
	}
}

func named(accounts []targets.Account, o open) bool {
	for _, a := range accounts {
		if a.ID != "" && a.ID == o.id || a.Name != "" && a.Name == o.name {
			return true
		}
	}
	return false
}
