package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"birthright/app/metrics"
)

// version is set by release builds.
var version = "dev"

// revision is the commit that the program was built from, "" where the build does not say.
func revision() string {
	info, _ := debug.ReadBuildInfo()
	if info == nil {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return ""
}

// build is which program this is.
func build() metrics.Build {
	return metrics.Build{Version: version, Revision: revision(), Go: runtime.Version()}
}

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  takes(0, 0),
		RunE: func(*cobra.Command, []string) error {
			revision := revision()
			data := map[string]string{
				"version": version, "revision": revision, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH,
			}
			text := "birthright " + version
			if len(revision) >= 12 {
				text += " (" + revision[:12] + ")"
			}
			return p.print(listing{
				data: data, text: text + ", " + runtime.Version() + ", " + data["platform"] + "\n",
				header: []string{"version", "revision", "go", "platform"},
				rows:   [][]string{{version, revision, runtime.Version(), data["platform"]}},
			})
		},
	}
}
