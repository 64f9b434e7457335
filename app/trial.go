package app

import (
	"context"

	"birthright/hub/trial"
	"birthright/rules"
	"birthright/store"
)

// directory are the people in a transaction, read anew.
func (a *App) directory(tx *store.Tx) trial.Directory {
	return trial.Directory{Runner: a.Runner, Tx: tx, Log: a.Log, Engine: a.Engine()}
}

// HoldEverybody holds properties of a policy against everybody in the directory.
func (a *App) HoldEverybody(ctx context.Context, engine *rules.Engine, t *rules.PropertyTests) error {
	return a.Store.View(ctx, func(tx *store.Tx) error { return trial.HoldEverybody(ctx, a.directory(tx), engine, t) })
}

// TryFile works out what a change would do to the people of a file.
func (a *App) TryFile(ctx context.Context, file string, t trial.Trial) (trial.Tried, error) {
	people, err := a.roster(ctx, file)
	if err != nil {
		return trial.Tried{}, err
	}
	return trial.Try(ctx, people, t)
}

// SupposeFile decides about somebody of a file as if.
func (a *App) SupposeFile(ctx context.Context, file string, engine *rules.Engine, s trial.Supposition) (trial.Supposed, error) {
	people, err := a.roster(ctx, file)
	if err != nil {
		return trial.Supposed{}, err
	}
	return trial.Suppose(ctx, people, engine, s)
}

func (a *App) roster(ctx context.Context, file string) (*trial.Roster, error) {
	now := a.Now()
	list, err := PeopleFile(ctx, file, now)
	return trial.NewRoster(list, now), err
}
