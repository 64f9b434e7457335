package google

import (
	"context"
	"errors"
	"maps"
	"slices"

	"birthright/targets"
)

// handDrives hands out the roles on shared drives.
func (r *reading) handDrives(ctx context.Context) error {
	ids, all := r.asked(kindDrive)
	if r.t.config.Drives.GroupDomain == "" || !all && len(ids) == 0 {
		return nil
	}
	drives, err := r.drives(ctx, ids, all)
	if err != nil {
		return err
	}
	for i, d := range drives {
		if i > 0 && drives[i-1].Name == d.Name || d.Name == "" {
			continue
		}
		if err := r.handDrive(ctx, named(drives, d.Name)); err != nil {
			return err
		}
	}
	return nil
}

// drives returns the drives that are asked for, with what is on them.
func (r *reading) drives(ctx context.Context, ids []string, all bool) ([]sharedDrive, error) {
	if all {
		return r.t.allDrives(ctx, r.few())
	}
	list, err := r.t.listDrives(ctx)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(d sharedDrive) bool {
		return !slices.ContainsFunc(ids, func(id string) bool {
			p, _ := parsePlace(kindDrive, id)
			return p.of == d.Name
		})
	})
	return r.t.fill(ctx, list)
}

// handDrive hands out the roles on the drives of one name. Where that is more than
// one, nobody can say which is meant, and nothing can be changed.
func (r *reading) handDrive(ctx context.Context, same []sharedDrive) error {
	for _, role := range driveRoles {
		holders, ours := map[string]targets.Assignment{}, false
		for _, d := range same {
			found, group, err := r.onDrive(ctx, d, role)
			if err != nil {
				return err
			}
			ours = ours || group != ""
			for account, a := range found {
				a.Indirect = a.Indirect || len(same) > 1
				holders[account] = a
			}
		}
		name := same[0].Name
		e := targets.Entitlement{Address: r.t.entitlement(kindDrive, place{name, role}.String()), Title: name + ", " + role}
		e.ReadOnly = len(same) > 1 || !ours && !r.t.config.Drives.Create
		if err := r.hand(e, holders); err != nil {
			return err
		}
	}
	return nil
}

// onDrive returns who has a role on a drive: directly, in our sense, whoever is in the
// group that stands for it; all others hold it through something that is not ours. It
// also returns that group's id, "" where there is none.
func (r *reading) onDrive(ctx context.Context, d sharedDrive, role string) (map[string]targets.Assignment, string, error) {
	holders, ours := map[string]targets.Assignment{}, ""
	for _, p := range d.permissions {
		switch {
		case p.Role != role:
		case p.Type == "user":
			if id := r.byEmail[fold(p.Email)]; id != "" {
				merge(holders, map[string]targets.Assignment{id: {Indirect: true}})
			}
		case p.Type == "group" && r.t.standsFor(p.Email, d.ID, role):
			id, err := r.t.groupID(ctx, p.Email)
			if errors.Is(err, errNoEntitlement) {
				continue
			} else if err != nil {
				return nil, "", err
			}
			inside, err := r.holders(ctx, id)
			if err != nil {
				return nil, "", err
			}
			ours = id
			merge(holders, inside)
		case p.Type == "group":
			through, err := r.throughGroup(ctx, p.Email)
			if err != nil {
				return nil, "", err
			}
			merge(holders, through)
		}
	}
	return holders, ours, nil
}

// merge adds assignments; what is held directly stays so.
func merge(into, more map[string]targets.Assignment) {
	for account, a := range more {
		if known, held := into[account]; !held || known.Indirect {
			into[account] = a
		}
	}
}

// handFiles hands out the roles on the files that the configuration names.
func (r *reading) handFiles(ctx context.Context) error {
	ids, all := r.asked(kindFile)
	files := slices.DeleteFunc(slices.Clone(r.t.config.Files), func(id string) bool {
		return !all && !slices.ContainsFunc(ids, func(e string) bool { p, _ := parsePlace(kindFile, e); return p.of == id })
	})
	lists, err := parallel(ctx, files, func(ctx context.Context, id string) (*[]permission, error) {
		list, err := r.t.permissions(ctx, id, false)
		if errors.Is(err, errNoEntitlement) {
			return nil, nil // not there, or not for the subject's eyes
		}
		return &list, err
	})
	if err != nil {
		return err
	}
	for i, id := range files {
		if lists[i] == nil {
			continue
		}
		if err := r.handFile(ctx, id, *lists[i]); err != nil {
			return err
		}
	}
	return nil
}

// handFile hands out the roles on one file. Drive keeps one role for each user: the
// lower ones come with it, and are shown as held through it.
func (r *reading) handFile(ctx context.Context, id string, list []permission) error {
	above := map[string]targets.Assignment{}
	for _, p := range list {
		if !slices.Contains(fileRoles, p.Role) { // an owner, an organizer
			if err := r.onFile(ctx, p, above); err != nil {
				return err
			}
		}
	}
	for account := range above {
		above[account] = targets.Assignment{Indirect: true}
	}
	for _, role := range fileRoles {
		holders := maps.Clone(above)
		for _, p := range list {
			if p.Role == role {
				if err := r.onFile(ctx, p, holders); err != nil {
					return err
				}
			}
		}
		if err := r.hand(targets.Entitlement{Address: r.t.entitlement(kindFile, place{id, role}.String())}, holders); err != nil {
			return err
		}
		for account := range holders {
			above[account] = targets.Assignment{Indirect: true}
		}
	}
	return nil
}

// onFile adds who has a permission.
func (r *reading) onFile(ctx context.Context, p permission, holders map[string]targets.Assignment) error {
	switch p.Type {
	case "user":
		if id := r.byEmail[fold(p.Email)]; id != "" {
			merge(holders, map[string]targets.Assignment{id: {Indirect: p.inherited(), NotAfter: p.Expiration}})
		}
	case "group":
		through, err := r.throughGroup(ctx, p.Email)
		if err != nil {
			return err
		}
		merge(holders, through)
	}
	return nil
}
