package sources

import (
	"context"
	"errors"
	"fmt"
	"time"

	"birthright/identity"
)

// Context is a place that can be asked what is so of people for a time: who is
// on call, whose ticket it is. The promise of Source holds here too:
//
//	Facts → facts … → Checkpoint{Complete: true}   the whole truth
//	Facts → facts … → error                        no claim at all
type Context interface {
	// Probe is as in Source.
	Probe(ctx context.Context) (Report, error)
	// Facts reads everything that is so now, and what is known of the time ahead,
	// and hands each fact to tell. Only Kind, Name, Key, Person, Start and End are
	// set. An error of tell's ends the read and is returned as it is.
	Facts(ctx context.Context, tell func(identity.Fact) error) (Checkpoint, error)
	// Terms says how far the source is believed.
	Terms() Terms
}

// Taker is a Context that is told by others instead of being asked.
type Taker interface {
	// Take understands a document that was sent, of a media type, and returns what it
	// says, to be read once. Kind Invalid means that the document is no good.
	Take(contentType string, data []byte) (Context, error)
}

// The terms that hold where the configuration says nothing.
const (
	defaultMaxAge      = 15 * time.Minute
	defaultExpireAfter = 24 * time.Hour
)

// Terms are the settings that all kinds of context source have.
type Terms struct {
	// Match lists the user attributes by which the people whom the source names
	// are recognised: the first that finds exactly one user. The default is email.
	Match []string `yaml:"match"`
	// MaxAge is how old the knowledge of a fact may be when the fact begins; the
	// default is 15m.
	MaxAge time.Duration `yaml:"max_age"`
	// ExpireAfter ends what has no end of its own that long after it was last
	// read; the default is 24h.
	ExpireAfter time.Duration `yaml:"expire_after"`
}

// Faults returns what is wrong with the terms.
func (t Terms) Faults() []error {
	var faults []error
	for _, d := range []struct {
		key   string
		value time.Duration
	}{{"max_age", t.MaxAge}, {"expire_after", t.ExpireAfter}} {
		if d.value < 0 {
			faults = append(faults, fmt.Errorf("%s: %s is negative", d.key, d.value))
		}
	}
	return faults
}

// MatchedBy returns the attributes that the terms match by, in the hub's spelling.
func (t Terms) MatchedBy() []string {
	if t.Match == nil {
		return []string{identity.AttrEmail}
	}
	names := make([]string, len(t.Match))
	for i, name := range t.Match {
		names[i] = identity.CanonicalAttribute(name)
	}
	return names
}

// Filled returns the terms with the defaults in place.
func (t Terms) Filled() Terms {
	t.Match = t.MatchedBy()
	if t.MaxAge == 0 {
		t.MaxAge = defaultMaxAge
	}
	if t.ExpireAfter == 0 {
		t.ExpireAfter = defaultExpireAfter
	}
	return t
}

// OfContext makes a Context one of the configured sources. It has nobody to tell
// of: a Pull is an error.
func OfContext(name string, c Context) Source { return contextSource{c, name} }

// contextSource is a Context among sources of people.
type contextSource struct {
	Context
	name string
}

// Taker returns what takes documents, and whether the Context is one that is told.
func (s contextSource) Taker() (Taker, bool) {
	t, ok := s.Context.(Taker)
	return t, ok
}

// Pull always fails.
func (s contextSource) Pull(context.Context, Cursor, Sink) (Checkpoint, error) {
	return Checkpoint{}, &identity.Error{Kind: identity.Invalid, Op: "import " + s.name, Err: errors.New("the source tells facts, and no people")}
}

// Close lets go of what the Context holds.
func (s contextSource) Close() error {
	if c, ok := s.Context.(interface{ Close() error }); ok {
		return c.Close()
	}
	return nil
}

// TellAll tells facts that were read whole, and ends the read well.
func TellAll(facts []identity.Fact, tell func(identity.Fact) error) (Checkpoint, error) {
	for _, f := range facts {
		if err := tell(f); err != nil {
			return Checkpoint{}, err
		}
	}
	return Checkpoint{Complete: true, Seen: len(facts)}, nil
}
