package signals

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"birthright/identity"
)

// Receiver is who is told.
type Receiver struct {
	Name    string
	Events  []Event
	Subject Subject
}

// Change is a move of one person's standing.
type Change struct {
	From, To Standing
	Person   Person
	State    identity.State // the one that the person has now
	At       time.Time
	Txn      string // stands for this change, in every token about it
	ByPerson bool   // somebody at the hub ordered it
}

// Signal is one event for one receiver. Payload is the part of the token that is
// settled with the change.
type Signal struct {
	Receiver string
	Event    Event
	UserName string
	Payload  []byte
}

// payload is what Claims completes. The order of the fields is that of the JSON.
type payload struct {
	SubID  map[string]any            `json:"sub_id"`
	Txn    string                    `json:"txn"`
	TOE    int64                     `json:"toe"` // time of the event, RFC 8417 section 2.2
	Events map[string]map[string]any `json:"events"`
}

// Signals returns what each receiver is to be told: one event a token, as CAEP's
// interoperability profile wants it.
func (c Change) Signals(receivers []Receiver) ([]Signal, error) {
	var out []Signal
	follow := Follow(c.From, c.To)
	for _, r := range receivers {
		for _, e := range follow {
			if !slices.Contains(r.Events, e) {
				continue
			}
			subject := r.Subject.id(c.Person)
			if e.scim() {
				subject = c.Person.scimID()
			}
			data, err := json.Marshal(payload{
				SubID: subject, Txn: c.Txn, TOE: c.At.Unix(), Events: map[string]map[string]any{e.URI(): c.detail(e)},
			})
			if err != nil {
				return nil, fmt.Errorf("write the signal %s for %s: %w", e, r.Name, err)
			}
			out = append(out, Signal{Receiver: r.Name, Event: e, UserName: c.Person.UserName, Payload: data})
		}
	}
	return out, nil
}

// detail is what is said of the event itself. RISC's and SCIM's have nothing to
// say (RFC 9967 forbids it for these three).
func (c Change) detail(e Event) map[string]any {
	if e != SessionRevoked {
		return map[string]any{}
	}
	initiator := "system"
	if c.ByPerson {
		initiator = "admin"
	}
	return map[string]any{
		"event_timestamp": c.At.Unix(), "initiating_entity": initiator, "reason_admin": map[string]any{"en": c.reason()},
	}
}

func (c Change) reason() string {
	switch {
	case c.To == Gone:
		return "The account was deleted."
	case c.State == identity.Left:
		return "The time of employment has ended."
	}
	return "The account was deactivated."
}

// Verify returns the payload by which the way to a receiver is tried.
func Verify(receiver, txn string, now time.Time) ([]byte, error) {
	return json.Marshal(payload{
		SubID: map[string]any{"format": FormatOpaque, "id": receiver}, Txn: txn, TOE: now.Unix(),
		Events: map[string]map[string]any{Verification.URI(): {}},
	})
}
