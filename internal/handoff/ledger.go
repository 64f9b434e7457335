package handoff

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"birthright/identity"
	"birthright/targets"
)

// ledger is what a receiver without a listing said yes to, in a file: it is what is
// known of what it holds. What was sent and not answered stands there as open until
// the receiver says, by its key, what became of it.
type ledger struct {
	path, name string
	abilities  Abilities

	// turn is held by a call of Apply from start to end: between programs, whoever
	// applies has the target's lock.
	turn sync.Mutex
	mu   sync.Mutex
}

// book is the file: what is held, and what was sent since and is not part of that yet.
type book struct {
	Version int `json:"version"`
	Model
	Sent []entry `json:"sent"` // in the order in which it was sent
}

// entry is an op with its outcome, "" as long as nobody knows.
type entry struct {
	Op        Op              `json:"op"`
	Outcome   targets.Outcome `json:"outcome,omitempty"`
	AccountID string          `json:"account_id,omitempty"`
}

// intend puts ops on record before they are sent: a crash must not lose them.
func (l *ledger) intend(ops []Op) error {
	return l.change(func(b *book) {
		for _, op := range ops {
			if !slices.ContainsFunc(b.Sent, func(e entry) bool { return e.Op.Key == op.Key }) {
				b.Sent = append(b.Sent, entry{Op: op})
			}
		}
	})
}

// record keeps what answers say. In a file that cannot be written the ops stay open,
// and the next read asks about them.
func (l *ledger) record(answers map[string]Answer) {
	_ = l.change(func(b *book) {
		for i, e := range b.Sent {
			if a, ok := answers[e.Op.Key]; ok && a.Outcome != targets.Unknown {
				b.Sent[i].Outcome, b.Sent[i].AccountID = a.Outcome, a.AccountID
			}
		}
		b.drain()
	})
}

// drain makes what is known to have happened part of what is held, in order: nothing
// overtakes an op whose fate is open, except that what is pending holds nobody up.
func (b *book) drain() {
	var kept []entry
	for i, e := range b.Sent {
		switch e.Outcome {
		case "":
			b.Sent = append(kept, b.Sent[i:]...)
			return
		case targets.Pending:
			kept = append(kept, e)
		case targets.Done, targets.Already:
			b.perform(e)
		}
	}
	b.Sent = kept
}

// perform takes over what the receiver said yes to. It knows accounts that were not
// made through the hub.
func (b *book) perform(e entry) {
	b.NewID = func(a Account) string { return cmp.Or(e.AccountID, a.ID, a.Name) }
	if r := b.Perform(e.Op); r.Outcome == Stale && e.Op.Action == targets.Add {
		b.Put(*e.Op.Account)
		b.PutEntitlement(*e.Op.Entitlement)
		b.Perform(e.Op)
	}
}

// open returns what is known, after asking about everything that has no answer. It
// writes nothing: an op may be on its way just now.
func (l *ledger) open(ctx context.Context, line Line) (*book, error) {
	if _, err := line.Describe(ctx); err != nil {
		return nil, err // one that is not there may hold anything
	}
	b, err := l.load()
	if err != nil {
		return nil, err
	}
	return b, b.resolve(ctx, line)
}

// catchUp puts on record what became of ops that were not answered, while none is on
// its way. What cannot be learned stays open.
func (l *ledger) catchUp(ctx context.Context, line Line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, err := l.load()
	if err != nil || len(b.Sent) == 0 || b.resolve(ctx, line) != nil {
		return
	}
	_ = l.save(b) // else it is asked about again
}

func (b *book) resolve(ctx context.Context, line Line) error {
	for i, e := range b.Sent {
		if e.Outcome != "" && e.Outcome != targets.Pending {
			continue
		}
		outcome, accountID, err := became(ctx, line, e.Op)
		if err != nil {
			return err
		}
		b.Sent[i].Outcome, b.Sent[i].AccountID = outcome, accountID
	}
	b.drain()
	return nil
}

// became asks what became of an op that was not answered. One that never arrived had
// no effect.
func became(ctx context.Context, line Line, op Op) (targets.Outcome, string, error) {
	r, err := line.Status(ctx, op.Key, "")
	switch {
	case identity.KindOf(err) == identity.NotFound:
		return targets.Unreachable, "", nil
	case err != nil:
		return "", "", err
	case r.Version != Version || r.Key != op.Key:
		return "", "", torn("the answer about an op that is open is not to this request")
	case r.Outcome == Failed:
		return "", "", torn("the receiver does not know what became of an op")
	case r.Outcome == Done || r.Outcome == Already || r.Outcome == Pending:
		return targets.Outcome(r.Outcome), r.AccountID, nil
	}
	return targets.Refused, "", nil
}

func (l *ledger) change(with func(*book)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, err := l.load()
	if err != nil {
		return err
	}
	with(b)
	return l.save(b)
}

func (l *ledger) load() (*book, error) {
	b := &book{Version: Version}
	data, err := os.ReadFile(l.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, l.fault(err)
	default:
		if err := json.Unmarshal(data, b); err != nil {
			return nil, l.fault(err)
		}
	}
	b.Abilities = l.abilities
	b.ready()
	return b, nil
}

// save writes the file: it is there whole or as it was before.
func (l *ledger) save(b *book) error {
	data, err := json.MarshalIndent(b, "", " ")
	if err == nil {
		err = os.MkdirAll(filepath.Dir(l.path), 0o700)
	}
	if err == nil {
		err = write(l.path+".new", data)
	}
	if err == nil {
		err = os.Rename(l.path+".new", l.path)
	}
	if err != nil {
		return l.fault(err)
	}
	return nil
}

func write(path string, data []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Sync(), file.Close())
}

func (l *ledger) fault(err error) error {
	return &identity.Error{Kind: identity.Invalid, Op: "ledger of target " + l.name, Object: l.path, Err: err,
		Hint: "what the receiver holds is known from this file alone: bring it back rather than delete it"}
}

// CheckLedger says what of a configuration cannot be where nothing is listed.
func CheckLedger(a Abilities, state bool, path string, concurrency int) []error {
	switch {
	case state && path != "":
		return []error{errors.New("ledger: the receiver lists what it holds (state: true): leave it out")}
	case state:
		return nil
	}
	var faults []error
	if path == "" {
		faults = append(faults, errors.New("ledger is missing: the file that keeps what the receiver said yes to, or state: true where it lists what it holds"))
	}
	if !a.ImplicitEntitlements && !a.can(targets.CreateEntitlement) {
		faults = append(faults, errors.New("implicit_entitlements: nobody can look what entitlements there are: set it to true, or have actions create-entitlement"))
	}
	if !a.ImplicitAccounts && !a.can(targets.CreateAccount) {
		faults = append(faults, errors.New("implicit_accounts: nobody can look what accounts there are: set it to true, or have actions create-account"))
	}
	if concurrency > 1 {
		faults = append(faults, errors.New("concurrency: a ledger is written by one change after the other: leave it out"))
	}
	return faults
}
