package salesforce

import (
	"fmt"
	"net/http"

	"birthright/identity"
	"birthright/targets"
)

// profileID finds a profile by its name.
func (a *application) profileID(name string) (string, error) {
	for _, s := range sorts() {
		if s.kind != Profile {
			continue
		}
		id := ""
		err := a.t.catalog(a.ctx, s, []string{name}, func(x thing) error {
			if x.name == name {
				id = x.id
			}
			return nil
		})
		if err != nil || id != "" {
			return id, err
		}
	}
	return "", &identity.Error{Kind: identity.Invalid, Op: "find profile", Object: name, Err: fmt.Errorf("there is no profile called %q", name),
		Hint: "check default_profile and users.profile"}
}

// swap gives and takes profiles. A user has one: it is given in place of the default one,
// and taken away by going back to that. Another that is there is somebody's decision, and
// is not overwritten: two that both are to be held would follow each other for ever.
func (a *application) swap(gifts map[int]*gift, open []int) {
	fallback, err := a.profileID(a.t.settings.DefaultProfile)
	if err != nil {
		a.missed(open, err)
		return
	}
	wanted := map[int]string{}
	var todo []int
	for _, i := range open {
		op, g := a.ops[i], gifts[i]
		has, takes := text(g.user, "ProfileId"), op.Action == targets.Remove
		switch {
		case (has == g.thing.id) != takes:
			a.already(i, g)
		case takes:
			wanted[i] = fallback
			todo = append(todo, i)
		case has != fallback:
			a.results[i] = targets.Failed(op, targets.Refused, identity.Conflict, fmt.Errorf("the user has another profile than %s: take that away first", a.t.settings.DefaultProfile))
		default:
			wanted[i] = g.thing.id
			todo = append(todo, i)
		}
	}
	a.save(todo, func(part []int) ([]saved, error) {
		records, removes := make([]record, len(part)), false
		for n, i := range part {
			records[n] = row("User", record{"id": text(gifts[i].user, "Id"), "ProfileId": wanted[i]})
			removes = removes || a.ops[i].Action.Removes()
		}
		return a.t.write(a.ctx, http.MethodPatch, records, removes)
	}, a.judge)
}
