package app

import (
	"context"

	"birthright/config"
	"birthright/store"
)

// OpenDatabase opens the database alone, for looking at what was kept: it needs
// no policy, so that it works while the files have faults. One without tables
// gets them.
func OpenDatabase(ctx context.Context, cfg *config.Config, o Options) (*store.DB, error) {
	url, err := cfg.DatabaseURL(ctx)
	if err != nil {
		return nil, err
	}
	o = o.withDefaults()
	options := store.Options{Now: o.Now, NewID: o.NewID, Log: o.Log}
	if err := prepareStore(ctx, url, options); err != nil {
		return nil, err
	}
	return store.Open(ctx, url, options)
}
