// Package receiver is the other side of the protocol: a receiver over HTTP that holds
// what it is told to hold. It is the example that people copy from, what `simulate:
// true` answers with, and what the webhook target is tested against.
//
//	request ─▶ signature and time ─▶ key known? ─▶ the answer of then
//	                                    └─ no ─▶ Model.Perform ─▶ kept, saved, answered
package receiver

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"birthright/internal/handoff"
	"birthright/targets"
)

// retention is for how long a key is remembered: longer than a hub may be down.
const retention = 30 * 24 * time.Hour

// Options make a Receiver.
type Options struct {
	Name      string
	Abilities handoff.Abilities
	// NoState lists nothing.
	NoState bool
	// Batch is how many ops it takes at once, Page how many things it lists at once at
	// most. 0 means 100.
	Batch, Page int
	// Secrets returns those that a signature may be made with; nil checks nothing.
	Secrets func() ([]string, error)
	// Slow are the kinds of entitlement that are given by somebody who takes his time:
	// Takes long.
	Slow  []string
	Takes time.Duration
	// Save keeps what is held before an answer says so; nil keeps nothing.
	Save func(*Memory) error
	Now  func() time.Time
}

// Memory is all that a receiver holds.
type Memory struct {
	handoff.Model
	Keys map[string]kept `json:"keys"`
	Jobs map[string]job  `json:"jobs"`
}

// kept is the answer to a key.
type kept struct {
	Digest string         `json:"digest"` // of what was asked
	Result handoff.Result `json:"result"`
	At     time.Time      `json:"at"`
	Job    string         `json:"job,omitempty"`
}

// job is an op that takes its time, by its aim.
type job struct {
	Op  handoff.Op `json:"op"`
	Due time.Time  `json:"due"`
}

// Receiver is safe for concurrent use.
type Receiver struct {
	o Options

	mu  sync.Mutex
	mem Memory
}

// New makes a receiver that holds nothing.
func New(o Options) *Receiver {
	if o.Now == nil {
		o.Now = time.Now
	}
	r := &Receiver{o: o}
	r.mem.Abilities = o.Abilities
	return r
}

// Memory is what it holds, for whoever fills or keeps it while no request is served.
func (r *Receiver) Memory() *Memory { return &r.mem }

// apply makes an op true, once for each key.
func (r *Receiver) apply(op handoff.Op) handoff.Result {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.advance()
	result := r.once(op)
	result.Version, result.Key = handoff.Version, op.Key
	if r.o.Save != nil {
		if err := r.o.Save(&r.mem); err != nil {
			result.Outcome, result.Detail = handoff.Failed, "what was done could not be kept"
		}
	}
	return result
}

// once answers a key that it knows as it did before.
func (r *Receiver) once(op handoff.Op) handoff.Result {
	digest := digestOf(op)
	if before, known := r.mem.Keys[op.Key]; known {
		if before.Digest != digest {
			return handoff.Result{Outcome: handoff.Refused, Detail: "the key was used for something else"}
		}
		return before.Result
	}
	k := kept{Digest: digest, At: r.o.Now()}
	k.Result, k.Job = r.perform(op)
	k.Result.Version, k.Result.Key = handoff.Version, op.Key
	if r.mem.Keys == nil {
		r.mem.Keys = map[string]kept{}
	}
	r.mem.Keys[op.Key] = k
	return k.Result
}

// perform makes an op true, or begins to.
func (r *Receiver) perform(op handoff.Op) (handoff.Result, string) {
	aim := aimOf(op)
	if op.Action != targets.Add || op.Entitlement == nil || !slices.Contains(r.o.Slow, op.Entitlement.Kind) {
		if op.Action == targets.Remove {
			delete(r.mem.Jobs, aim) // what is not given yet is not given any more
		}
		return r.mem.Perform(op), ""
	}
	if _, begun := r.mem.Jobs[aim]; !begun {
		trial := r.mem.trial()
		if result := trial.Perform(op); result.Outcome != handoff.Done {
			return result, ""
		}
		if r.mem.Jobs == nil {
			r.mem.Jobs = map[string]job{}
		}
		r.mem.Jobs[aim] = job{Op: op, Due: r.o.Now().Add(r.o.Takes)}
	}
	return handoff.Result{Outcome: handoff.Pending, Status: "/ops/" + op.Key, Detail: "somebody looks at it"}, aim
}

// trial is a copy to try something on.
func (m *Memory) trial() *handoff.Model {
	data, _ := json.Marshal(m.Model) // strings, numbers and times alone
	copied := handoff.Model{Abilities: m.Abilities}
	_ = json.Unmarshal(data, &copied)
	return &copied
}

// advance ends what is over, finishes what is due, and forgets old keys.
func (r *Receiver) advance() {
	now := r.o.Now()
	r.mem.Lapse(now)
	for _, aim := range slices.Sorted(maps.Keys(r.mem.Jobs)) {
		j := r.mem.Jobs[aim]
		if now.Before(j.Due) {
			continue
		}
		delete(r.mem.Jobs, aim)
		r.answer(aim, r.mem.Perform(j.Op))
	}
	maps.DeleteFunc(r.mem.Keys, func(_ string, k kept) bool { return now.Sub(k.At) > retention })
}

// answer changes what the keys of a job are answered with.
func (r *Receiver) answer(aim string, result handoff.Result) {
	for key, k := range r.mem.Keys {
		if k.Job == aim {
			result.Version, result.Key = handoff.Version, key
			k.Result, k.Job = result, ""
			r.mem.Keys[key] = k
		}
	}
}

// status tells what became of a key.
func (r *Receiver) status(key string) (handoff.Result, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.advance()
	k, known := r.mem.Keys[key]
	if known && k.Job != "" {
		if _, open := r.mem.Jobs[k.Job]; !open {
			k.Result = handoff.Result{Version: handoff.Version, Key: key, Outcome: handoff.Refused, Detail: "it was withdrawn"}
		}
	}
	return k.Result, known
}

func (r *Receiver) page(ask handoff.Ask) handoff.Page {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.advance()
	most := r.o.Page
	if most == 0 {
		most = 100
	}
	if ask.Limit <= 0 || ask.Limit > most {
		ask.Limit = most
	}
	return r.mem.Page(ask)
}

// digestOf is what makes two ops the same.
func digestOf(op handoff.Op) string {
	text, _ := json.Marshal(op) // strings, numbers and times alone
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// aimOf names who is to have what.
func aimOf(op handoff.Op) string {
	if op.Account == nil || op.Entitlement == nil {
		return ""
	}
	return op.Account.Name + "\x00" + op.Entitlement.Path()
}

// decode reads one JSON value strictly: what is not understood must not be ignored.
func decode(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("the body is not as the protocol has it: %w", err)
	}
	if d.More() {
		return errors.New("the body goes on after its end")
	}
	return nil
}

// Seed changes what is held as somebody else would.
func (r *Receiver) Seed(change func(*handoff.Model)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.mem.Model)
}
