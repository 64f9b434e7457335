package desk

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"birthright/grants"
	"birthright/identity"
	"birthright/internal/textsearch"
	"birthright/rules"
	"birthright/store"
)

// good is something that somebody may ask for, ready to be searched.
type good struct {
	name, kind string
	text       textsearch.Text
	// about is what it has in common with others: of single entitlements, what the policy
	// says of them. It is never nil.
	about *textsearch.Text
	// policy is how it is asked for, and groups those of a bundle.
	policy *rules.Request
	groups []string
}

// goods is all that the policy lets be asked for, by name. It is made once for a policy and
// what was seen on targets, and then only read.
type goods struct {
	engine *rules.Engine
	state  store.Registry
	goods  []good
	titles map[string]string // what targets call what groups give, by address
}

// named is the one of that name, nil where there is none.
func (g *goods) named(name string) *good {
	at, known := slices.BinarySearchFunc(g.goods, name, func(g good, name string) int { return cmp.Compare(g.name, name) })
	if !known {
		return nil
	}
	return &g.goods[at]
}

// shelf keeps the goods that were made last.
type shelf struct {
	mu   sync.Mutex
	last *goods
}

// goods returns all that may be asked for: as it was made before, unless the policy or what
// is on targets has changed since.
func (s *session) goods() (*goods, error) {
	state, err := s.tx.Registry(s.ctx)
	if err != nil {
		return nil, err
	}
	s.shelf.mu.Lock()
	defer s.shelf.mu.Unlock()
	if last := s.shelf.last; last != nil && last.engine == s.engine && last.state == state {
		return last, nil
	}
	made := &goods{engine: s.engine, state: state, titles: map[string]string{}}
	if err := s.stock(made); err != nil {
		return nil, err
	}
	s.shelf.last = made
	return made, nil
}

// stock gathers what may be asked for.
func (s *session) stock(into *goods) error {
	if err := s.stockEntitlements(into); err != nil {
		return err
	}
	names := s.engine.GroupNames()
	made, err := s.madeGroups()
	if err != nil {
		return err
	}
	for _, name := range append(slices.Clone(names), made...) {
		if policy := s.engine.Request(name); policy != nil {
			into.goods = append(into.goods, s.goodGroup(name, policy, into.titles))
		}
	}
	for i := range s.engine.Policy().Bundles {
		b := &s.engine.Policy().Bundles[i]
		into.goods = append(into.goods, good{
			name: b.Name, kind: OfferBundle, groups: b.Groups, about: &textsearch.Text{}, text: textsearch.Of(
				textsearch.Field{Text: b.Name, Weight: weighName}, textsearch.Field{Text: b.Title, Weight: weighTitle},
				textsearch.Field{Text: strings.Join(append(s.given(b.Groups, into.titles), b.Groups...), " "), Weight: weighGives},
				textsearch.Field{Text: b.Description, Weight: weighDescription}),
		})
	}
	slices.SortFunc(into.goods, func(a, b good) int { return cmp.Compare(a.name, b.name) })
	return nil
}

// What is found in a name counts for more than what is found in a description.
const (
	weighName        = 8
	weighTitle       = 6
	weighGives       = 5
	weighDescription = 3
	weighOwners      = 1
)

// given is what groups give, by address and by what targets call it.
func (s *session) given(groups []string, titles map[string]string) (out []string) {
	for _, name := range groups {
		for _, e := range s.reaches(name) {
			address := e.String()
			out = append(out, address)
			if title := titles[address]; title != "" {
				out = append(out, title)
			}
		}
	}
	return out
}

func (s *session) goodGroup(name string, policy *rules.Request, titles map[string]string) good {
	definition, _ := s.engine.Group(name)
	return good{
		name: name, kind: OfferGroup, policy: policy, about: &textsearch.Text{}, text: textsearch.Of(
			textsearch.Field{Text: name, Weight: weighName}, textsearch.Field{Text: definition.Title, Weight: weighTitle},
			textsearch.Field{Text: strings.Join(s.given([]string{name}, titles), " "), Weight: weighGives},
			textsearch.Field{Text: definition.Description, Weight: weighDescription},
			textsearch.Field{Text: strings.Join(definition.Owners, " "), Weight: weighOwners}),
	}
}

// stockEntitlements gathers what was seen on targets and may be asked for by itself, and
// what targets call what groups give.
func (s *session) stockEntitlements(into *goods) error {
	carried := map[string]bool{}
	var targets []string
	for _, name := range s.engine.GroupNames() {
		definition, _ := s.engine.Group(name)
		for _, e := range definition.Access {
			carried[e.String()] = true
			targets = append(targets, e.Target)
		}
	}
	for i := range s.engine.Policy().Entitlements {
		target, _, _ := strings.Cut(s.engine.Policy().Entitlements[i].Match, ":")
		targets = append(targets, target)
	}
	slices.Sort(targets)
	abouts := map[*rules.Requestable]*textsearch.Text{}
	for _, target := range slices.Compact(targets) {
		rows, err := s.tx.Entitlements(s.ctx, target)
		if err != nil {
			return err
		}
		for i := range rows {
			address := rows[i].Address.String()
			entry := s.engine.Offered(address)
			if rows[i].Title != "" && (entry != nil || carried[address]) {
				into.titles[address] = rows[i].Title
			}
			if entry != nil && rows[i].Present {
				into.goods = append(into.goods, goodEntitlement(&rows[i], address, entry, abouts))
			}
		}
	}
	return nil
}

func goodEntitlement(row *store.EntitlementRow, address string, entry *rules.Requestable, abouts map[*rules.Requestable]*textsearch.Text) good {
	about := abouts[entry]
	if about == nil {
		made := textsearch.Of(textsearch.Field{Text: ""}, textsearch.Field{Text: entry.Title, Weight: weighTitle},
			textsearch.Field{Text: entry.Description, Weight: weighDescription}, textsearch.Field{Text: strings.Join(entry.Owners, " "), Weight: weighOwners})
		about = &made
		abouts[entry] = about
	}
	return good{
		name: address, kind: OfferEntitlement, policy: entry.Request, about: about,
		text: textsearch.Of(textsearch.Field{Text: address, Weight: weighGives}, textsearch.Field{Text: row.Title, Weight: weighTitle}),
	}
}

// asker is somebody who looks at what they could ask for; userN is 0 for one who sees
// everything.
type asker struct {
	*session
	userN int64
	user  identity.User
	world rules.World
	// could is what is known of those who may ask for whichever group has a policy.
	could map[*rules.Request]rules.Chance
}

func (s *session) asker(userN int64) (*asker, error) {
	out := &asker{session: s, userN: userN, could: map[*rules.Request]rules.Chance{}}
	if userN == 0 {
		return out, nil
	}
	out.user, _ = s.people.User(userN)
	world, known := s.people.worldOf(userN)
	if !known {
		return nil, s.people.or(errNoUser(out.user.UserName))
	}
	out.world = world
	return out, nil
}

// shop is what somebody can ask for, and how long people took to decide on it.
type shop struct {
	*asker
	index *goods
	took  map[string][]time.Duration
}

// shop opens the catalog for a user; 0 sees everything.
func (s *session) shop(userN int64) (*shop, error) {
	who, err := s.asker(userN)
	if err != nil {
		return nil, err
	}
	out := &shop{asker: who}
	if out.index, err = s.goods(); err != nil {
		return nil, err
	}
	out.took, err = s.decisionTimes()
	return out, err
}

// offers reports whether the user could get it by asking, whatever they say of why, for
// which ticket, for how long and from when.
func (s *asker) offers(g *good) bool {
	if s.userN == 0 {
		return true
	}
	if g.kind != OfferBundle {
		return s.allows(g.name, g.policy)
	}
	return !slices.ContainsFunc(g.groups, func(name string) bool {
		policy := s.engine.Request(name)
		return policy == nil || !s.allows(name, policy)
	})
}

func (s *asker) allows(group string, policy *rules.Request) bool {
	known, asked := s.could[policy]
	if !asked {
		known = s.engine.CouldOfAny(policy.Allow, s.user, s.world, s.wanted(group, policy))
		s.could[policy] = known
	}
	if known == rules.Sometimes {
		known = s.engine.Could(policy.Allow, s.user, s.world, s.wanted(group, policy))
	}
	return known != rules.Never
}

// wanted is what conditions may read of a request that nobody has made yet.
func (s *asker) wanted(group string, policy *rules.Request) rules.Inquiry {
	in, err := s.inquiry(&grants.Request{Kind: grants.KindRequest, UserN: s.userN, ByN: s.userN, Group: group, Duration: policy.Usual()})
	_ = s.people.fail(err)
	return in
}

// describe says all of one.
func (s *shop) describe(name, kind string) Offer {
	if kind == OfferBundle {
		return s.bundle(s.engine.Bundle(name), s.userN, s.took)
	}
	o := s.offer(name, kind, s.userN, s.took)
	if title := s.index.titles[name]; title != "" && kind == OfferEntitlement {
		o.Title = title
		return o
	}
	for _, address := range o.Gives {
		if title := s.index.titles[address]; title != "" {
			o.GivesTitles = append(o.GivesTitles, title)
		}
	}
	return o
}
