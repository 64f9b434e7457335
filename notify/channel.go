package notify

import (
	"context"
	"time"
)

// Channel is one way to people.
type Channel interface {
	// Takes says whom a notice of a kind goes to: each person who is to be told,
	// whoever listens to the channel, both or nobody.
	Takes(kind string) (people, topic bool)
	// Send brings one message. What it returns is the place of a message that can be
	// updated later, the zero Mark for none. A failure is a *Fault, or is tried again.
	Send(ctx context.Context, m Message) (Mark, error)
	// Fingerprint changes with the settings that say where messages go.
	Fingerprint() string
}

// Updater is a channel whose messages can be changed after they were sent.
type Updater interface {
	Update(ctx context.Context, at Mark, m Message) error
}

// Mark is where an Updater finds a message again.
type Mark struct{ Place, ID string }

// Message is what one recipient is told.
type Message struct {
	// ID is the same on every attempt.
	ID string
	To Recipient
	Story
	Words
	// Thread is common to all messages about one request; "" for none.
	Thread string
	// Open is set where the recipient may decide on the request now; Outcome says
	// what became of a request that is decided, "" while it is not.
	Open    bool
	Outcome string
}

// Recipient is a person, or with the zero value whoever listens.
type Recipient struct {
	UserN int64
	Name  string // user name
	Email string
	// Zone is where the person's clock is.
	Zone *time.Location
}

// Fault says what a failure means for the message. The zero Fault is tried again,
// after the others of the channel have waited too.
type Fault struct {
	Err error
	// Alone means that only this message failed, and others may well get through.
	Alone bool
	// Final means that it need not be tried again, Gone that the other side wants
	// nothing more at all.
	Final, Gone bool
	// RetryAt is when the other side asked to come back; zero if it did not.
	RetryAt time.Time
}

// Error returns the cause.
func (f *Fault) Error() string { return f.Err.Error() }

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.Err }

// Secret fetches a password or token when it is needed.
type Secret func(ctx context.Context) (string, error)

// Way is a channel under the name that the configuration gives it.
type Way struct {
	Name string
	Channel
	// Events are the kinds of notice that go this way, "glass.*" for all that begin
	// so; nil for every one.
	Events []string
}
