package creep

import (
	"cmp"
	"slices"
)

// sum adds up the surplus of users by department, target, owner and cause.
func (r *Report) sum() {
	r.Departments = summed(r.Users, func(u *User, _ *Entry) []string { return []string{u.Department} })
	r.Targets = summed(r.Users, func(_ *User, e *Entry) []string { return []string{e.Target} })
	r.Causes = summed(r.Users, func(_ *User, e *Entry) []string { return []string{e.Cause} })
	r.Owners = summed(r.Users, func(_ *User, e *Entry) []string {
		if len(e.Owners) == 0 {
			return []string{""} // nobody answers for it
		}
		return e.Owners
	})
}

// summed adds up by the names that of gives each entry, the highest score first.
func summed(users []User, of func(*User, *Entry) []string) []Sum {
	found := map[string]*Sum{}
	last := map[string]int{} // the user counted last, from 1
	for i := range users {
		for k := range users[i].Surplus {
			e := &users[i].Surplus[k]
			for _, name := range of(&users[i], e) {
				s := found[name]
				if s == nil {
					s = &Sum{Name: name}
					found[name] = s
				}
				s.Surplus++
				s.Score += e.Score
				if last[name] != i+1 {
					last[name] = i + 1
					s.Users++
				}
			}
		}
	}
	out := make([]Sum, 0, len(found))
	for _, s := range found {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Sum) int { return cmp.Or(cmp.Compare(b.Score, a.Score), compareText(a.Name, b.Name)) })
	return out
}
