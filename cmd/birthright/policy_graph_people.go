package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"birthright/app"
	"birthright/identity"
	"birthright/migrations"
	"birthright/store"
)

// databaseThere reports whether there is a database with tables in it, and tells where
// there is none. Looking must not make one.
func (p *program) databaseThere(ctx context.Context, a *app.App) (bool, error) {
	url, err := a.Config.DatabaseURL(ctx)
	if err != nil {
		return false, err
	}
	steps, err := store.MigrationStatus(ctx, url, store.Options{Now: a.Now, NewID: a.NewID, Log: a.Log})
	if err != nil && identity.KindOf(err) != identity.NotFound {
		return false, err
	}
	there := err == nil && hasApplied(steps)
	if !there {
		p.remark("Nobody is counted: there is no database yet. `birthright import` makes it.")
	}
	return there, nil
}

func hasApplied(steps []migrations.Step) bool {
	for _, s := range steps {
		if s.Applied {
			return true
		}
	}
	return false
}

// replaceFile puts data at path, whole or not at all.
func replaceFile(path string, data []byte) error {
	fault := func(err error) error {
		return &identity.Error{Kind: identity.Invalid, Op: "write the picture", Object: path, Err: err, Hint: "choose a folder that is there and that you may write to"}
	}
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return fault(err)
	}
	_, err = temp.Write(data)
	err = errors.Join(err, temp.Chmod(0o644), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return fault(errors.Join(err, os.Remove(temp.Name())))
	}
	return nil
}
