package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is set by release builds.
var version = "dev"

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  takes(0, 0),
		RunE: func(*cobra.Command, []string) error {
			revision := ""
			if info, ok := debug.ReadBuildInfo(); ok {
				for _, s := range info.Settings {
					if s.Key == "vcs.revision" {
						revision = s.Value
					}
				}
			}
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
