package salesforce

import (
	"errors"
	"net/http"
	"strings"

	"birthright/identity"
	"birthright/targets"
)

var errNoAccount = errors.New("no such user")

// known are users that were looked up, by id and by folded name.
type known map[string]record

// lookup reads the users that the ops of a run name.
func (a *application) lookup(run []int) (known, error) {
	var wanted []targets.Account
	for _, i := range run {
		wanted = append(wanted, a.ops[i].Account)
	}
	out := known{}
	err := a.t.users(a.ctx, wanted, func(user record) error {
		out["id "+text(user, "Id")] = user
		out["name "+fold(text(user, a.t.nameField()))] = user
		return nil
	})
	return out, err
}

// user returns the user that an op names, by id or else by name; nil for none. An id may
// be given in its short form.
func (k known) user(who targets.Account) record {
	if who.ID == "" {
		return k["name "+fold(who.Name)]
	}
	return k["id "+who.ID]
}

// create makes the users of a run.
func (a *application) create(run []int) {
	profile, err := a.profileID(a.t.settings.Users.Profile)
	if err != nil {
		a.missed(run, err)
		return
	}
	var taken []int
	a.save(run, func(part []int) ([]saved, error) {
		records := make([]record, len(part))
		for n, i := range part {
			records[n] = a.t.newUser(a.ops[i].Account, profile)
		}
		return a.t.write(a.ctx, http.MethodPost, records, false)
	}, func(i int, s saved) targets.Result {
		if has(s, "DUPLICATE_USERNAME", "DUPLICATE_VALUE") {
			taken = append(taken, i)
		}
		return a.judge(i, s)
	})
	if len(taken) > 0 {
		a.adopt(taken)
	}
}

// adopt explains names that are taken: a user who is there just as wanted is what an
// earlier try left; one who differs is for the next plan to decide about.
func (a *application) adopt(taken []int) {
	there, err := a.lookup(taken)
	if err != nil {
		a.missed(taken, err)
		return
	}
	for _, i := range taken {
		op := a.ops[i]
		user := there.user(targets.Account{Name: op.Account.Name})
		if user == nil {
			continue // the username is taken in another organisation: usernames are Salesforce's whole world's
		}
		have := a.t.account(user)
		if have.Active == op.Account.Active && have.Attributes.Equal(a.t.Normalise(op.Account).Attributes) {
			a.results[i] = targets.Result{Outcome: targets.Already, AccountID: have.ID}
			continue
		}
		a.results[i] = targets.Failed(op, targets.Stale, identity.Conflict, errors.New("a user of that name is there and differs"))
		a.results[i].AccountID = have.ID
	}
}

// newUser is a user as it is made.
func (t *Target) newUser(a targets.Account, profile string) record {
	u := t.settings.Users
	or := func(value, fallback string) string {
		if value == "" {
			return fallback
		}
		return value
	}
	a.Name = strings.TrimSpace(a.Name)
	name := t.username(a)
	alias, _, _ := strings.Cut(name, "@")
	r := record{
		"Username": name, "IsActive": a.Active, "ProfileId": profile, "Alias": alias[:min(8, len(alias))],
		"TimeZoneSidKey": or(u.Timezone, "GMT"), "LocaleSidKey": or(u.Locale, "en_US"), "LanguageLocaleKey": or(u.Language, "en_US"),
		"EmailEncodingKey": "UTF-8", "LastName": a.Name, "Email": strings.ToLower(name),
	}
	if t.settings.NameField == byFederation {
		r["FederationIdentifier"] = a.Name
	}
	wanted := t.Normalise(a).Attributes
	for _, f := range t.fields {
		if value := wanted.First(f.hub); value != "" {
			r[f.to] = value
		}
	}
	return row("User", r)
}

// change updates, enables or disables the users of a run, each in what differs.
func (a *application) change(run []int) {
	there, err := a.lookup(run)
	if err != nil {
		a.missed(run, err)
		return
	}
	changes := map[int]record{}
	var todo []int
	for _, i := range run {
		op := a.ops[i]
		user := there.user(op.Account)
		if user == nil {
			a.results[i] = targets.Failed(op, targets.Stale, identity.NotFound, errNoAccount)
			continue
		}
		change := a.t.differences(op, user)
		if len(change) == 0 {
			a.results[i] = targets.Result{Outcome: targets.Already, AccountID: text(user, "Id")}
			continue
		}
		change["id"] = text(user, "Id")
		changes[i] = row("User", change)
		todo = append(todo, i)
	}
	removes := a.ops[run[0]].Action.Removes()
	a.save(todo, func(part []int) ([]saved, error) {
		records := make([]record, len(part))
		for n, i := range part {
			records[n] = changes[i]
		}
		return a.t.write(a.ctx, http.MethodPatch, records, removes)
	}, a.judge)
}

// differences are the fields that op wants otherwise than the user has them.
func (t *Target) differences(op targets.Op, user record) record {
	out := record{}
	if op.Action != targets.UpdateAccount {
		if active := op.Action == targets.EnableAccount; user["IsActive"] != active {
			out["IsActive"] = active
		}
		return out
	}
	if name := strings.TrimSpace(op.Account.Name); name != "" && name != text(user, t.nameField()) {
		out[t.nameField()] = name
	}
	if op.Account.Name == "" {
		op.Account.Name = text(user, t.nameField())
	}
	wanted := t.Normalise(op.Account).Attributes
	for _, f := range t.fields {
		value := wanted.First(f.hub)
		if value == text(user, f.to) {
			continue
		}
		out[f.to] = value
		if value == "" {
			out[f.to] = nil
		}
	}
	return out
}
