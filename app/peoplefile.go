package app

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"birthright/directory"
	"birthright/identity"
	"birthright/sources"
	"birthright/sources/file"
)

// PeopleFile reads people from a CSV or JSON file as a source of kind file would,
// and returns them, in the order of the file, as the users that they would be in
// a directory with nobody else. A relative path starts at the working directory.
func PeopleFile(ctx context.Context, path string, now time.Time) ([]identity.User, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Op: "read people", Object: path, Err: err}
	}
	source, err := file.Config{Path: absolute}.Open(sources.Env{Name: "people"})
	if err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Op: "read people", Object: path, Err: err}
	}
	list := gathered{places: map[string]int{}, now: now}
	if _, err := source.Pull(ctx, "", &list); err != nil {
		return nil, err
	}
	for i := range list.users {
		u := &list.users[i]
		slices.Sort(u.Groups)
		u.Groups = slices.Compact(u.Groups)
	}
	return list.users, nil
}

// gathered is what a source told.
type gathered struct {
	users  []identity.User
	places map[string]int // by key
	now    time.Time
}

// Record takes one person.
func (p *gathered) Record(r identity.Record) error {
	r.Source = "people"
	p.places[r.Key] = len(p.users)
	u := directory.BuildUser(identity.User{N: int64(len(p.users) + 1)}, []identity.Record{r}, directory.Authority{}, p.now)
	p.users = append(p.users, u)
	return nil
}

// Group puts its members into it; groups of a file do not nest.
func (p *gathered) Group(g identity.SourceGroup, members []identity.MemberRef) error {
	for _, m := range members {
		i, ok := p.places[m.Key]
		if !ok {
			return fmt.Errorf("group %q has a member %q that is nobody", g.Name, m.Key)
		}
		p.users[i].Groups = append(p.users[i].Groups, g.Name)
	}
	return nil
}
