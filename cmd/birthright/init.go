package main

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"birthright/identity"
)

// starter is what `birthright init` writes: a hub that works in the next minute.
//
//go:embed all:starter
var starter embed.FS

func (p *program) initCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write a commented configuration, a policy, a people file and a file target to start from",
		Args:  takes(0, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := "."
			if len(args) == 1 {
				dir = args[0]
			}
			written, err := writeStarter(dir)
			if err != nil {
				return err
			}
			rows := make([][]string, len(written))
			for i, path := range written {
				rows[i] = []string{path}
			}
			if err := p.print(listing{
				data: map[string]any{"dir": dir, "files": written}, text: "Wrote " + strings.Join(written, ", ") + "\n",
				header: []string{"file"}, rows: rows,
			}); err != nil {
				return err
			}
			where := ""
			if dir != "." {
				where = "cd " + dir + "; "
			}
			p.remark("Next: %sbirthright import; birthright plan; birthright sync", where)
			return nil
		},
	}
}

// writeStarter writes the files, all or none: a file that is there already is
// never overwritten.
func writeStarter(dir string) ([]string, error) {
	var names []string
	err := fs.WalkDir(starter, "starter", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, strings.TrimPrefix(path, "starter/"))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if _, err := os.Lstat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			return nil, &identity.Error{
				Kind: identity.Invalid, Op: "init", Object: filepath.Join(dir, name), Err: fmt.Errorf("it is there already"),
				Hint: "nothing was written; choose an empty folder",
			}
		}
	}
	for i, name := range names {
		if err := writeStarterFile(dir, name); err != nil {
			for _, written := range names[:i] {
				err = errors.Join(err, os.Remove(filepath.Join(dir, written)))
			}
			return nil, fmt.Errorf("init: %w", err)
		}
	}
	return names, nil
}

func writeStarterFile(dir, name string) error {
	data, err := starter.ReadFile("starter/" + name)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644) //nolint:gosec // no secrets in it
}
