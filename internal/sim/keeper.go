package sim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"birthright/identity"
	"birthright/targets"
)

// Keeper keeps what a stand-in holds from one run of the program to the next, for
// those that are not asked by HTTP. Its methods are called one at a time.
type Keeper struct {
	from    targets.Simulation
	now     func() time.Time
	begun   bool
	changed bool
	saved   time.Time
}

// NewKeeper keeps what a stand-in holds that begins with what from says.
func NewKeeper(from targets.Simulation, now func() time.Time) *Keeper {
	if now == nil {
		now = time.Now
	}
	return &Keeper{from: from, now: now}
}

// Begin fills a stand-in when it is first asked: memory, a pointer that encoding/json
// writes through, with what was kept, and by seed with what others have made since.
func (k *Keeper) Begin(ctx context.Context, memory any, seed func(targets.State)) error {
	if k.begun {
		return nil
	}
	if err := Load(k.from.File, memory); err != nil {
		return err
	}
	if k.from.Begin != nil {
		s, err := k.from.Begin(ctx)
		if err != nil {
			return err
		}
		seed(s)
	}
	k.begun, k.saved = true, k.now()
	return nil
}

// Changed notes a change, and writes memory down unless that was just done.
func (k *Keeper) Changed(memory any) error {
	k.changed = true
	if now := k.now(); now.Sub(k.saved) >= between {
		k.saved = now
		return k.Save(memory)
	}
	return nil
}

// Save writes memory down if something changed.
func (k *Keeper) Save(memory any) error {
	if !k.begun || !k.changed || k.from.File == "" {
		return nil
	}
	if err := Save(k.from.File, memory); err != nil {
		return err
	}
	k.changed = false
	return nil
}

// Load reads what Save wrote; where nothing was, memory stays as it is.
func Load(file string, memory any) error {
	if file == "" {
		return nil
	}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(data, memory)
	}
	if err != nil {
		return &identity.Error{Kind: identity.Invalid, Op: "read simulated system", Object: file, Err: err,
			Hint: "delete the file to begin anew"}
	}
	return nil
}

// Save writes memory. A file is there whole or as it was before.
func Save(file string, memory any) error {
	data, err := json.MarshalIndent(memory, "", " ")
	if err != nil {
		return fmt.Errorf("keep simulated system: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("keep simulated system: %w", err)
	}
	fresh := file + ".new"
	if err := os.WriteFile(fresh, data, 0o600); err != nil {
		return fmt.Errorf("keep simulated system: %w", err)
	}
	if err := os.Rename(fresh, file); err != nil {
		return fmt.Errorf("keep simulated system: %w", err)
	}
	return nil
}
