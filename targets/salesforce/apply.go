package salesforce

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// idForm is an id of Salesforce: nothing else is asked for, for a query with another is
// an error as a whole.
var idForm = regexp.MustCompile(`^[A-Za-z0-9]{15}([A-Za-z0-9]{3})?$`)

// Apply makes ops true, run by run.
func (t *Target) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	a := &application{t: t, ctx: ctx, ops: ops, results: make([]targets.Result, len(ops))}
	for _, run := range a.runs() {
		a.do(run)
	}
	return a.results
}

// application is one Apply on its way.
type application struct {
	t       *Target
	ctx     context.Context
	ops     []targets.Op
	results []targets.Result
	// halt answers for the rest once going on makes no sense.
	halt error
}

// runs splits the ops, by index, where one must see what an earlier one did: at another
// sort of op, and at one that names the same again. What no organisation can be asked is
// refused and left out.
func (a *application) runs() [][]int {
	var out [][]int
	var named map[string]bool
	last := ""
	for i, op := range a.ops {
		if err := a.t.check(op); err != nil {
			a.results[i] = targets.Failed(op, targets.Refused, identity.Invalid, err)
			continue
		}
		keys := keysOf(op)
		if s := sortOf(op); s != last || slices.ContainsFunc(keys, func(k string) bool { return named[k] }) {
			out, named, last = append(out, nil), map[string]bool{}, s
		}
		out[len(out)-1] = append(out[len(out)-1], i)
		for _, k := range keys {
			named[opposite(k)] = true
		}
	}
	return out
}

// sortOf is what ops have in common that are done together.
func sortOf(op targets.Op) string {
	switch op.Action {
	case targets.Add, targets.Remove:
		if op.Entitlement.Kind == Profile {
			return Profile
		}
		return "assignment"
	}
	return string(op.Action)
}

// keysOf are what an op names. One that is named by id alone and one by name alone may
// be the same account.
func keysOf(op targets.Op) []string {
	what := ""
	if sortOf(op) == "assignment" {
		what = op.Entitlement.String()
	}
	var out []string
	if op.Account.ID != "" {
		out = append(out, "id "+op.Account.ID+"\x00"+what)
	} else {
		out = append(out, "no id\x00"+what)
	}
	if op.Account.Name != "" {
		out = append(out, "name "+fold(op.Account.Name)+"\x00"+what)
	} else {
		out = append(out, "no name\x00"+what)
	}
	return out
}

// opposite is the key that an op has which may be about the account of one with key k.
func opposite(k string) string {
	if rest, ok := strings.CutPrefix(k, "no id\x00"); ok {
		return "no name\x00" + rest
	}
	if rest, ok := strings.CutPrefix(k, "no name\x00"); ok {
		return "no id\x00" + rest
	}
	return k
}

func fold(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// do makes one run true.
func (a *application) do(run []int) {
	if a.stopped(run) {
		return
	}
	switch a.ops[run[0]].Action {
	case targets.CreateAccount:
		a.create(run)
	case targets.UpdateAccount, targets.EnableAccount, targets.DisableAccount:
		a.change(run)
	default:
		a.assign(run)
	}
}

// stopped answers for a run that is not begun any more.
func (a *application) stopped(run []int) bool {
	if err := a.ctx.Err(); err != nil && a.halt == nil {
		a.halt = err
	}
	if a.halt == nil {
		return false
	}
	for _, i := range run {
		a.results[i] = notSent(a.ops[i], a.halt)
	}
	return true
}

// notSent is the result of an op that was not tried, for the reason that stopped another.
func notSent(op targets.Op, err error) targets.Result {
	if httpkit.AsFailure(err) == nil {
		kind := kindOf(err)
		if kind == identity.Internal {
			kind = identity.Unavailable
		}
		return targets.Failed(op, targets.Unreachable, kind, err)
	}
	r := httpkit.Result(op, err)
	if r.Outcome == targets.Unknown || r.Outcome == targets.Stale {
		r.Outcome = targets.Unreachable // only a look failed: nothing was changed
	}
	return r
}

// hopeless reports whether the next request would end like this one.
func hopeless(err error) bool {
	f := httpkit.AsFailure(err)
	return f != nil && (f.Status == 0 || f.Status == 401 || f.Kind() == identity.Throttled)
}

// missed settles a run whose look-up failed.
func (a *application) missed(run []int, err error) {
	if hopeless(err) {
		a.halt = err
	}
	for _, i := range run {
		a.results[i] = notSent(a.ops[i], err)
	}
}

// save sends what is to be written for each op of idx, atOnce at a time, and settles them.
func (a *application) save(idx []int, send func(part []int) ([]saved, error), judge func(i int, s saved) targets.Result) {
	for part := range slices.Chunk(idx, atOnce) {
		if a.stopped(part) {
			continue
		}
		out, err := send(part)
		if err != nil {
			if hopeless(err) {
				a.halt = err
			}
			for _, i := range part {
				a.results[i] = httpkit.Result(a.ops[i], err)
			}
			continue
		}
		for n, i := range part {
			a.results[i] = judge(i, out[n])
		}
	}
}

// check refuses what no organisation can be asked.
func (t *Target) check(op targets.Op) error {
	switch op.Action {
	case targets.CreateAccount:
		if err := t.checkNew(op.Account); err != nil {
			return err
		}
	case targets.UpdateAccount, targets.EnableAccount, targets.DisableAccount:
	case targets.Add, targets.Remove:
		if err := t.checkGift(op); err != nil {
			return err
		}
	case targets.DeleteAccount:
		return errors.New("users are never deleted: have leavers disabled, with accounts: {leaver: disable}")
	default:
		return fmt.Errorf("%q is not something a Salesforce target does", op.Action)
	}
	if op.Account.ID == "" && op.Account.Name == "" {
		return errors.New("the op names no account")
	}
	all := []string{op.Account.ID, op.Account.Name, op.Entitlement.ID}
	for _, f := range t.fields {
		all = append(all, op.Account.Attributes.First(f.hub))
	}
	for _, s := range all {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return fmt.Errorf("%q is not text", s)
		}
	}
	return nil
}

func (t *Target) checkGift(op targets.Op) error {
	e := op.Entitlement
	known := slices.ContainsFunc(sorts(), func(s sort) bool { return s.kind == e.Kind })
	switch {
	case e.Target != t.name || !known || e.ID == "":
		return fmt.Errorf("%s is nothing that target %s gives", e, t.name)
	case e.Kind == Profile && t.settings.DefaultProfile == "":
		return errors.New("profiles are changed only where default_profile says what users go back to")
	case e.Kind == Profile && e.ID == t.settings.DefaultProfile:
		return errors.New("the default profile is what users have who are given no other")
	}
	return nil
}

// usernameForm is what Salesforce takes as a username.
var usernameForm = regexp.MustCompile(`^[A-Za-z0-9_.+'-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$`)

func (t *Target) checkNew(a targets.Account) error {
	if t.settings.Users.Profile == "" {
		return errors.New("users are made only with a profile: set users.profile")
	}
	if u := t.username(a); !usernameForm.MatchString(u) || len(u) > 80 {
		return fmt.Errorf("%q cannot be a username: it must be like an address, of at most 80 letters; see users.username_suffix", u)
	}
	return nil
}
