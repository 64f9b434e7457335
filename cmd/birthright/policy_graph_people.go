package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"birthright/app"
	"birthright/identity"
	"birthright/migrations"
	"birthright/reconcile"
	"birthright/rules/graph"
	"birthright/rules/population"
	"birthright/store"
)

// peopleToDraw decides about everybody in the directory; nil where there is
// nobody yet, which it tells.
func (p *program) peopleToDraw(ctx context.Context, a *app.App) (*graph.Crowd, error) {
	there, err := databaseThere(ctx, a)
	if err != nil {
		return nil, err
	}
	if !there {
		p.remark("Nobody is counted: there is no database yet. `birthright import` makes it.")
		return nil, nil //nolint:nilnil // nobody to be drawn
	}
	if err := a.Connect(ctx); err != nil {
		return nil, err
	}
	places := population.New(graph.Readings())
	var crowd reconcile.Crowd
	err = a.Store.View(ctx, func(tx *store.Tx) (err error) {
		crowd, err = a.Runner.Crowd(ctx, tx, func(u *identity.User) error {
			places.Put(u)
			return ctx.Err()
		}, a.Engine())
		return err
	})
	if err != nil {
		return nil, err
	}
	if crowd.Population.Len() == 0 {
		p.remark("Nobody is counted: the directory has no people yet. `birthright import` reads the sources.")
		return nil, nil //nolint:nilnil // nobody to be drawn
	}
	return &graph.Crowd{Everyone: a.Engine().Everyone(crowd.Population, crowd.World), Places: places}, nil
}

// databaseThere reports whether there is a database with tables in it. Looking
// must not make one.
func databaseThere(ctx context.Context, a *app.App) (bool, error) {
	url, err := a.Config.DatabaseURL(ctx)
	if err != nil {
		return false, err
	}
	steps, err := store.MigrationStatus(ctx, url, store.Options{Now: a.Now, NewID: a.NewID, Log: a.Log})
	if identity.KindOf(err) == identity.NotFound {
		return false, nil
	}
	return hasApplied(steps), err
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
