package httpkit

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"birthright/internal/ratelimit"
)

const (
	// A write is held back for a moment; what has to wait longer is the engine's to
	// do later, for it has other work. A read would otherwise fail as a whole.
	writePatience, readPatience = 500 * time.Millisecond, time.Minute
	// mostTries is how often a read is asked again that was told to wait.
	mostTries = 4
	// unsaid is for how long nothing is sent after a 429 that names no time.
	unsaid = time.Second
)

// pace holds the buckets that requests draw on, by scope.
type pace struct {
	buckets map[string]*ratelimit.Bucket
	now     func() time.Time
}

func newPace(opt Options) pace {
	p := pace{buckets: map[string]*ratelimit.Bucket{}, now: opt.Now}
	budgets := opt.Budgets
	if budgets == nil {
		budgets = ratelimit.New(opt.Now)
	}
	credential := opt.Base
	if opt.Auth != nil {
		credential += "\x00" + opt.Auth.Fingerprint()
	}
	limits := opt.Limits
	if !slices.ContainsFunc(limits, func(l ratelimit.Limit) bool { return l.Scope == "" }) {
		limits = append(slices.Clone(limits), unlimited)
	}
	for _, l := range limits {
		p.buckets[l.Scope] = budgets.Bucket(credential, l)
	}
	return p
}

// unlimited is where nobody said what the limit is: the answers may.
var unlimited = ratelimit.Limit{Tokens: 1 << 30, Per: time.Second}

// of returns the buckets that r draws on, the narrow one first.
func (p pace) of(r Request) []*ratelimit.Bucket {
	out := []*ratelimit.Bucket{p.buckets[""]}
	if b := p.buckets[r.Scope]; b != nil && r.Scope != "" {
		out = append([]*ratelimit.Bucket{b}, out...)
	}
	return out
}

func (r Request) cost() int { return max(1, r.Cost) }

func (r Request) reads() bool {
	return r.Reads || r.Method == http.MethodGet || r.Method == http.MethodHead
}

// await waits for r's turn, or tells when that is.
func (c *Client) await(ctx context.Context, r Request) *Failure {
	patience := writePatience
	if c.opt.Patient && r.reads() {
		patience = readPatience
	}
	for _, b := range c.pace.of(r) {
		at, err := b.Wait(ctx, r.cost(), r.Removes, patience)
		switch {
		case err != nil:
			return &Failure{Request: r.name(), Err: err}
		case !at.IsZero():
			return &Failure{Request: r.name(), RetryAt: at, limited: true,
				Err: fmt.Errorf("held back until %s, to keep within what the system allows", at.UTC().Format(time.TimeOnly))}
		}
	}
	return nil
}

// observe takes over what an answer says of the budgets.
func (c *Client) observe(r Request, resp *http.Response) {
	if c.opt.Readings != nil {
		for scope, reading := range c.opt.Readings(r, resp.Header) {
			if b := c.pace.buckets[scope]; b != nil {
				b.Observe(reading)
			}
		}
		return
	}
	if reading, ok := ratelimit.FromHeaders(resp.Header, c.opt.Now()); ok {
		c.pace.of(r)[0].Observe(reading)
	}
}

// told closes r's bucket for as long as the system said.
func (c *Client) told(r Request, f *Failure) {
	if f.outcome() != throttled {
		return
	}
	until := f.RetryAt
	if until.IsZero() {
		until = c.opt.Now().Add(unsaid)
	}
	c.pace.of(r)[0].Close(until)
}
