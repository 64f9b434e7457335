package creep

// Narrowed is the part of a report about people that a filter takes. The rest of it,
// and the summary's figures of what was looked at, stay as they are.
func (r *Report) Narrowed(f Filter) *Report {
	out := *r
	out.Users = []User{}
	out.Summary.Users, out.Summary.Surplus, out.Summary.Score = 0, 0, 0
	for _, u := range r.Users {
		if u.Score < f.MinUserScore || !f.namesUser(u.User) {
			continue
		}
		taken := []Entry{}
		for i := range u.Surplus {
			if f.takes(&u.Surplus[i]) {
				taken = append(taken, u.Surplus[i])
			}
		}
		if len(taken) == 0 {
			continue
		}
		u.Surplus, u.Score = taken, 0
		for i := range taken {
			u.Score += taken[i].Score
		}
		out.Users = append(out.Users, u)
		out.Summary.Users++
		out.Summary.Surplus += len(taken)
		out.Summary.Score += u.Score
	}
	out.sum()
	out.Summary.Targets = out.Targets
	return &out
}
