package api

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Pace is how many requests somebody may send: so many a second on average, and so many
// at once.
type Pace struct{ PerSecond, Burst float64 }

// DefaultPace is the pace of a token.
var DefaultPace = Pace{PerSecond: 50, Burst: 200}

// manyBuckets is how many are kept before the full ones are thrown away.
const manyBuckets = 10_000

// pacer holds a bucket for each token.
type pacer struct {
	pace    Pace
	mu      sync.Mutex
	buckets map[string]*bucket
}

// bucket is what is left of a burst, at a time.
type bucket struct {
	left float64
	at   time.Time
}

// take takes one from the bucket of name, or says how long to wait.
func (p *pacer) take(name string, now time.Time) (wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.buckets) >= manyBuckets {
		p.tidy(now)
	}
	b := p.buckets[name]
	if b == nil {
		b = &bucket{left: p.pace.Burst, at: now}
		p.buckets[name] = b
	}
	b.fill(p.pace, now)
	if b.left < 1 {
		return time.Duration((1 - b.left) / p.pace.PerSecond * float64(time.Second))
	}
	b.left--
	return 0
}

func (b *bucket) fill(p Pace, now time.Time) {
	if passed := now.Sub(b.at).Seconds(); passed > 0 {
		b.left = math.Min(p.Burst, b.left+passed*p.PerSecond)
	}
	b.at = now
}

// tidy forgets those who have not asked for a while: a full bucket is like none.
func (p *pacer) tidy(now time.Time) {
	for name, b := range p.buckets {
		if b.fill(p.pace, now); b.left >= p.pace.Burst {
			delete(p.buckets, name)
		}
	}
}

// paced turns away who sends too much.
func (s *server) paced(next http.Handler) http.Handler {
	p := &pacer{pace: s.Pace, buckets: map[string]*bucket{}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if wait := p.take(caller(r.Context()).Token, s.Now()); wait > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
			plain(http.StatusTooManyRequests, "Too many requests with this token; wait as Retry-After says.").write(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}
