package app

import (
	"errors"
	"os"
	"path/filepath"
	"slices"

	"birthright/config"
	"birthright/hub"
	"birthright/identity"
	"birthright/rules"
)

// PolicyFrom reads and compiles a policy that the configuration does not name: a
// folder, a file, or a pattern of files, from where the program was started.
func PolicyFrom(cfg *config.Config, place string) (*rules.Engine, error) {
	elsewhere, err := ConfigFor(cfg, place)
	if err != nil {
		return nil, err
	}
	return Policy(elsewhere)
}

// ConfigFor is a configuration with the policy files of another place.
func ConfigFor(cfg *config.Config, place string) (*config.Config, error) {
	paths, err := policyFiles(place)
	if err != nil {
		return nil, noPolicyAt(place, err)
	}
	elsewhere := *cfg
	elsewhere.PolicyFiles = paths
	return &elsewhere, nil
}

// PolicyTexts reads the files of a policy at a place, to be sent to a hub.
func PolicyTexts(place string) ([]hub.PolicyFile, error) {
	paths, err := policyFiles(place)
	if err != nil {
		return nil, noPolicyAt(place, err)
	}
	files := make([]hub.PolicyFile, len(paths))
	for i, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, noPolicyAt(path, err)
		}
		files[i] = hub.PolicyFile{Name: path, Text: string(data)}
	}
	return files, nil
}

func noPolicyAt(place string, err error) error {
	return &identity.Error{Kind: identity.Invalid, Op: "read policy", Object: place, Err: err}
}

// policyFiles are the files of a policy: those of a folder that end as policies do.
func policyFiles(place string) ([]string, error) {
	patterns := []string{place}
	if info, err := os.Stat(place); err == nil && info.IsDir() {
		patterns = []string{filepath.Join(place, "*.yaml"), filepath.Join(place, "*.yml")}
	}
	var paths []string
	for _, pattern := range patterns {
		found, err := filepath.Glob(pattern)
		if err != nil {
			return nil, errors.New("it is not a pattern: a [ or \\ has no end")
		}
		paths = append(paths, found...)
	}
	if len(paths) == 0 {
		return nil, errors.New("no policy file is there: name a folder, a file, or a pattern such as 'policies/*.yaml'")
	}
	slices.Sort(paths)
	return paths, nil
}
