package population

import (
	"runtime"
	"slices"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
)

// MaxN is the largest user number that a population can hold. Numbers are given
// once and never again, so it bounds how many people a hub ever saw.
const MaxN = identity.FirstStranger - 1

// Population is a set of people by what conditions read of them. One goroutine
// may change it, several may ask it while nobody changes it.
type Population struct {
	readings []Reading
	columns  map[Reading]*Column
	posted   *roaring.Bitmap // the active people
	staged   *roaring.Bitmap // people before their first day
	sealing  sync.Mutex
	// whole holds everything of everybody, by user number, if a reading asks for it.
	whole []identity.Attributes
}

// New returns an empty population that keeps what these readings see.
func New(readings []Reading) *Population {
	p := &Population{columns: map[Reading]*Column{}, posted: roaring.New(), staged: roaring.New()}
	p.readings = slices.SortedFunc(slices.Values(readings), Compare)
	p.readings = slices.Compact(p.readings)
	for _, r := range p.readings {
		if r.kept() {
			p.columns[r] = newColumn(r)
		}
	}
	return p
}

// Readings returns what the population keeps, sorted.
func (p *Population) Readings() []Reading { return p.readings }

// Column returns what a reading sees of everybody, nil where it is not kept.
func (p *Population) Column(r Reading) *Column { return p.columns[r] }

// Active returns the people who get what rules say. The set is the population's own.
func (p *Population) Active() *roaring.Bitmap { return p.posted }

// Staged returns the people before their first day. The set is the population's own.
func (p *Population) Staged() *roaring.Bitmap { return p.staged }

// Len is the number of people kept.
func (p *Population) Len() int { return int(p.posted.GetCardinality() + p.staged.GetCardinality()) }

// Has reports whether user n is kept: active or before the first day.
func (p *Population) Has(n uint32) bool { return p.posted.Contains(n) || p.staged.Contains(n) }

// Put adds u, or takes over what is new about u. Who is neither active nor
// staged is dropped.
func (p *Population) Put(u *identity.User) {
	n := uint32(u.N)
	was, is := p.posted.Contains(n), u.State == identity.Active
	if !is && u.State != identity.Staged {
		p.Drop(u.N)
		return
	}
	for _, r := range p.readings {
		if r.Kind == Whole {
			p.putWhole(n, u.Attributes)
		}
		c := p.columns[r]
		if c == nil {
			continue
		}
		var code uint32
		if r.Listed() {
			code = c.intern("", r.List(u))
		} else {
			code = c.intern(r.Text(u), nil)
		}
		c.set(n, code, was, is)
	}
	if is {
		p.posted.Add(n)
		p.staged.Remove(n)
	} else {
		p.posted.Remove(n)
		p.staged.Add(n)
	}
}

func (p *Population) putWhole(n uint32, attributes identity.Attributes) {
	if need := int(n) + 1; need > len(p.whole) {
		p.whole = append(p.whole, make([]identity.Attributes, max(need, min(2*need, need+1<<20))-len(p.whole))...)
	}
	p.whole[n] = attributes.Clone()
}

// Drop removes user number n.
func (p *Population) Drop(userN int64) {
	n := uint32(userN)
	if !p.Has(n) {
		return
	}
	for _, c := range p.columns {
		c.set(n, 0, p.posted.Contains(n), false)
	}
	if int(n) < len(p.whole) {
		p.whole[n] = nil
	}
	p.posted.Remove(n)
	p.staged.Remove(n)
}

// Seal makes postings of columns that have none yet, after many were put. Asking
// without it panics; putting after it keeps them up to date. Several may call it.
func (p *Population) Seal() {
	p.sealing.Lock()
	defer p.sealing.Unlock()
	var wait sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, r := range p.readings {
		c := p.columns[r]
		if c == nil || c.sealed {
			continue
		}
		slots <- struct{}{}
		wait.Go(func() {
			c.seal(p.posted)
			<-slots
		})
	}
	wait.Wait()
}

// User returns user n as far as the readings see it: enough for every condition
// that the population was made for. It shares lists with the population.
func (p *Population) User(n uint32) identity.User {
	u := identity.User{N: int64(n), State: identity.Active, Attributes: identity.Attributes{}}
	if p.staged.Contains(n) {
		u.State = identity.Staged
	}
	if int(n) < len(p.whole) && p.whole[n] != nil {
		u.Attributes = p.whole[n].Clone()
	}
	for _, r := range p.readings {
		c := p.columns[r]
		if c == nil {
			continue
		}
		code := c.Code(n)
		switch r.Kind {
		case Groups:
			u.Groups = c.List(code)
		case All:
			if list := c.List(code); len(list) > 0 {
				u.Attributes[r.Attribute] = list
			}
		case Name:
			u.UserName = c.Text(code)
		case Login:
			if name := u.UserName; name != "" && name != c.Text(code) {
				u.Attributes[identity.AttrUserName] = []string{name}
			}
			u.UserName = c.Text(code)
		case First:
			if text := c.Text(code); text != "" && len(u.Attributes[r.Attribute]) == 0 {
				u.Attributes[r.Attribute] = []string{text}
			}
		}
	}
	return u
}

// Face is one person of the population, read without being put together.
type Face struct {
	of *Population
	n  uint32
}

// Face returns user n.
func (p *Population) Face(n uint32) Face { return Face{p, n} }

// Text returns what a reading of one value sees.
func (f Face) Text(r Reading) string {
	if r.Kind == State {
		return string(f.State())
	}
	if c := f.of.columns[r]; c != nil {
		return c.Text(c.Code(f.n))
	}
	return f.Whole().First(r.Attribute)
}

// List returns what a reading of several values sees.
func (f Face) List(r Reading) []string {
	if c := f.of.columns[r]; c != nil {
		return c.List(c.Code(f.n))
	}
	return f.Whole()[r.Attribute]
}

// Whole returns every attribute, if the population keeps them.
func (f Face) Whole() identity.Attributes {
	if int(f.n) < len(f.of.whole) {
		return f.of.whole[f.n]
	}
	return nil
}

// State is active, or staged.
func (f Face) State() identity.State {
	if f.of.staged.Contains(f.n) {
		return identity.Staged
	}
	return identity.Active
}
