package reconcile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/internal/tracing"
	"birthright/plan"
	"birthright/store"
	"birthright/targets"
)

// sight is how much a run looks at before it plans.
type sight int

const (
	// trust what is remembered; ask only about what is not known.
	trust sight = iota
	// recheck what concerns the people that the run is for.
	recheck
	// everything: read the target from end to end, or all that a few people have.
	everything
)

// sightFor returns how much a request wants looked at.
func sightFor(req Request) sight {
	if req.Full {
		return everything
	}
	return trust
}

// fewUnknown is how many accounts a run that trusts what is remembered asks
// for one by one; beyond that, reading the target whole is cheaper.
const fewUnknown = 50

// look gets the picture of the target, of which p has what is remembered.
func (r *Runner) look(ctx context.Context, p *prepared, scope []int64, s sight) error {
	if scope != nil {
		if s != trust || p.leftBehind(scope) || len(p.orders) > 0 {
			return r.lookAgain(ctx, p)
		}
		p.asRemembered()
		return r.lookUp(ctx, p, p.strangersTo())
	}
	if s == trust && len(p.orders) == 0 && p.trusted(ctx) {
		p.asRemembered()
		unknown := p.strangersTo()
		if len(unknown) == 0 || len(unknown) <= fewUnknown && p.matchesByNameOnly() {
			return r.lookUp(ctx, p, unknown)
		}
		p.picture = p.unseen()
	}
	return r.readWhole(ctx, p)
}

// strangersTo returns the people of whom no account is known, and who should get
// something, or for whom an account was asked and not seen yet.
func (p *prepared) strangersTo() []decided {
	var unknown []decided
	for _, u := range p.decision.users {
		if _, ok := p.accountOf[u.n]; !ok && (p.wanted(u) || asked(p.rows[u.n])) {
			unknown = append(unknown, u)
		}
	}
	return unknown
}

// readWhole reads the target from end to end. An error, or an end that is not
// complete, leaves no picture at all.
func (r *Runner) readWhole(ctx context.Context, p *prepared) error {
	var err error
	if m, ok := p.dest.Target.(targets.Watermarker); ok {
		// Taken before the read: a change during it must not look as if it had been seen.
		if p.watermark, err = m.Watermark(ctx); err != nil {
			return readError(p.dest, err)
		}
	}
	clear(p.exists)
	if err := r.readAll(ctx, p); err != nil {
		return err
	}
	p.whole = true
	p.match(p.wants, p.decision.users)
	return nil
}

// readAll reads everything that the target has, also what no policy speaks of. Where
// it is not let, it reads what the policy gives: access must not stand still for what
// is only watched.
func (r *Runner) readAll(ctx context.Context, p *prepared) error {
	p.seenAt = r.Now()
	governed := targets.Query{Entitlements: p.addresses()}
	if p.dest.GovernedOnly {
		p.gap = "it is read as far as policies give something on it (observe: governed)"
		return p.read(ctx, r.Progress, p.picture, governed)
	}
	err := p.read(ctx, r.Progress, p.picture, targets.Query{})
	if err == nil {
		return r.readUnlisted(ctx, p, governed.Entitlements)
	}
	if identity.KindOf(err) != identity.Denied {
		return err
	}
	p.gap = "the hub may read only what policies give on it: " + err.Error()
	mark := p.watermark
	p.picture = p.unseen()
	p.watermark = mark
	clear(p.exists)
	return p.read(ctx, r.Progress, p.picture, governed)
}

// readUnlisted reads what policies give and a target has without listing it: a file
// among millions, a role that could be bound anywhere. Most have none of that, and
// are only asked whether they have what they did not name.
func (r *Runner) readUnlisted(ctx context.Context, p *prepared, governed []identity.Entitlement) error {
	unlisted := slices.DeleteFunc(governed, func(e identity.Entitlement) bool { return p.exists[p.ents.numbers[e]] })
	if len(unlisted) == 0 {
		return nil
	}
	found := p.unseen()
	clear(found.exists)
	if err := p.read(ctx, r.Progress, found, targets.Query{Accounts: []targets.Account{}, Entitlements: unlisted}); err != nil {
		return err
	}
	unlisted = slices.DeleteFunc(unlisted, func(e identity.Entitlement) bool { return !found.exists[p.ents.numbers[e]] })
	if len(unlisted) == 0 {
		return nil
	}
	found = p.unseen()
	clear(found.exists)
	if err := p.read(ctx, r.Progress, found, targets.Query{Entitlements: unlisted}); err != nil {
		return err
	}
	p.addUnlisted(found)
	return nil
}

// addUnlisted adds what a second look found to accounts of the first one.
func (p *picture) addUnlisted(found *picture) {
	index := make(map[string]int, len(p.accounts))
	for i := range p.accounts {
		index[p.accounts[i].ID] = i
	}
	for _, o := range found.observed {
		if i, known := index[found.accounts[o.account].ID]; known {
			o.account = i
			p.observed = append(p.observed, o)
		}
	}
	for n, there := range found.exists {
		p.exists[n] = p.exists[n] || there
	}
	maps.Copy(p.titles, found.titles)
	p.order()
}

// lookUp asks about people of whom no account is known, before anything is made
// for them: the account, or the entitlement, may be there already.
func (r *Runner) lookUp(ctx context.Context, p *prepared, people []decided) error {
	var entitlements []identity.Entitlement
	for n := range p.governed {
		if len(people) > 0 || !p.exists[n] {
			entitlements = append(entitlements, p.ents.name(n))
		}
	}
	if len(people)+len(entitlements) == 0 {
		return nil
	}
	slices.SortFunc(entitlements, identity.CompareEntitlements)
	if err := r.ask(ctx, p, people, p.byName(people), entitlements); err != nil {
		return err
	}
	r.noteUnfound(p, people)
	return nil
}

// lookAgain asks about everybody that the run is for, whatever is remembered:
// by the account's immutable id, and by name where that finds nothing.
func (r *Runner) lookAgain(ctx context.Context, p *prepared) error {
	people, entitlements := p.decision.users, p.addresses()
	var known, lost []decided
	byID := []targets.Account{}
	for _, u := range people {
		if row := p.rows[u.n]; row.NativeID != "" {
			known, byID = append(known, u), append(byID, targets.Account{ID: row.NativeID, Name: row.Name})
		} else {
			lost = append(lost, u)
		}
	}
	if err := r.ask(ctx, p, known, byID, entitlements); err != nil {
		return err
	}
	for _, u := range known {
		if _, found := p.accountOf[u.n]; !found {
			lost = append(lost, u)
		}
	}
	if len(lost) > 0 {
		if err := r.ask(ctx, p, lost, p.byName(lost), entitlements); err != nil {
			return err
		}
	}
	r.noteUnfound(p, people)
	return nil
}

// byName names the accounts that people should have.
func (w *wants) byName(people []decided) []targets.Account {
	accounts := make([]targets.Account, len(people)) // none at all rather than nil, which is everybody
	for i, u := range people {
		accounts[i] = targets.Account{Name: w.accountFor(u).Name}
	}
	return accounts
}

// ask reads some accounts and entitlements and takes them over for these people,
// none of whom has an account in the picture yet.
func (r *Runner) ask(ctx context.Context, p *prepared, people []decided, accounts []targets.Account, entitlements []identity.Entitlement) error {
	found := p.unseen()
	for _, e := range entitlements {
		delete(found.exists, p.ents.numbers[e])
	}
	if entitlements == nil {
		entitlements = []identity.Entitlement{} // none, rather than all
	}
	if err := p.read(ctx, r.Progress, found, targets.Query{Accounts: accounts, Entitlements: entitlements}); err != nil {
		return err
	}
	found.match(p.wants, people)
	if err := r.respectOwners(ctx, found); err != nil {
		return err
	}
	for _, e := range entitlements {
		n := p.ents.numbers[e]
		p.exists[n] = found.exists[n]
	}
	p.takeOver(found)
	return nil
}

// respectOwners undoes links to accounts that are known as somebody else's: a
// name that somebody gave up is not yet free on the target.
func (r *Runner) respectOwners(ctx context.Context, found *picture) error {
	if found.state.N == 0 || len(found.accounts) == 0 {
		return nil
	}
	ids := make([]string, len(found.accounts))
	for i, a := range found.accounts {
		ids[i] = a.ID
	}
	var owners map[string]int64
	err := r.Store.View(ctx, func(tx *store.Tx) (err error) {
		owners, err = tx.AccountOwners(ctx, found.state.N, ids)
		return err
	})
	for i, userN := range found.owner {
		if owner := owners[found.accounts[i].ID]; userN != 0 && owner != 0 && owner != userN {
			found.owner[i] = 0
			delete(found.accountOf, userN)
			found.unclear[userN] = fmt.Sprintf("account %s is linked to another user", found.accounts[i].Name)
		}
	}
	return err
}

// takeOver adds the accounts that found has, with what they hold.
func (p *picture) takeOver(found *picture) {
	for i, userN := range found.owner {
		if userN == 0 {
			continue
		}
		p.link(userN, found.accounts[i])
		for _, o := range found.holdingsOf(i) {
			o.account = p.accountOf[userN]
			p.observed = append(p.observed, o)
		}
	}
	maps.Copy(p.unclear, found.unclear)
	p.order()
}

// noteUnfound keeps accounts from being made for people whose account could be
// there under another name: only a look at all of them can tell.
func (r *Runner) noteUnfound(p *prepared, people []decided) {
	if p.matchesByNameOnly() || !p.dest.Settings.CreateAccounts {
		return
	}
	for _, u := range people {
		if _, ok := p.accountOf[u.n]; !ok && p.wanted(u) {
			p.unclear[u.n] = fmt.Sprintf("no account of that name; the next full run looks for one by %s before it makes one", strings.Join(p.dest.Match, ", "))
			r.outages.owe(p.dest.Name())
		}
	}
}

// read fills a picture with what q asks for, whole or not at all.
func (p *prepared) read(ctx context.Context, progress func(string, string, int, int), into *picture, q targets.Query) (err error) {
	ctx, span := tracing.Start(ctx, "read target")
	defer func() { span.End(err) }()
	span.Target(p.dest.Name())
	c := collector{w: p.wants, p: into, index: map[string]int{}, progress: progress}
	end, err := p.dest.Target.Read(ctx, q, &c)
	span.Count(tracing.Accounts, len(into.accounts))
	if err == nil && !end.Complete {
		err = &identity.Error{Kind: identity.Incomplete, Err: errors.New("the answer ended before it was whole")}
	}
	if err != nil {
		return readError(p.dest, err)
	}
	into.order()
	return nil
}

func readError(d Destination, err error) error {
	return trouble{&identity.Error{
		Kind: identity.KindOf(err), Op: "read target " + d.Name(), Err: err,
		Hint: "nothing was changed on it; `birthright target check " + d.Name() + "` looks closer",
	}}
}

// match finds the accounts' owners among people.
func (p *picture) match(w *wants, people []decided) {
	owners := make([]plan.Owner, len(people))
	for i, u := range people {
		owners[i] = w.ownerFor(u, p.rows[u.n].NativeID)
	}
	links, ambiguous := plan.Match(owners, p.accounts, w.dest.Match)
	p.owner = make([]int64, len(p.accounts))
	for _, l := range links {
		p.owner[l.Account] = l.UserN
		p.accountOf[l.UserN] = l.Account
	}
	for _, a := range ambiguous {
		p.unclear[a.UserN] = p.describe(a)
	}
}

// describe says for people what is ambiguous, and marks the accounts.
func (p *picture) describe(a plan.Ambiguity) string {
	names := make([]string, len(a.Accounts))
	for i, account := range a.Accounts {
		names[i] = p.accounts[account].Name
		p.disputed[account] = true
	}
	slices.SortFunc(names, cmp.Compare[string])
	if len(names) == 1 {
		return fmt.Sprintf("account %s is claimed by several people by %s; correct that attribute or match by another one", names[0], a.Attr)
	}
	return fmt.Sprintf("several accounts match by %s: %s; correct that attribute or match by another one", a.Attr, strings.Join(names, ", "))
}
