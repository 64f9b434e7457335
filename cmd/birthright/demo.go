package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"birthright/internal/demo"
	"birthright/internal/duration"
	"birthright/signin"
)

// demoAddress is where the demo's hub listens if it can.
const demoAddress = "127.0.0.1:8080"

func (p *program) demoCommand() *cobra.Command {
	var once bool
	var o demo.Options
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Watch the whole main job, with nothing installed: people arrive, rules decide, systems follow",
		Long: `Makes up a company, pushes its people through the hub's own SCIM endpoint, and shows
how rules decide, two systems follow, somebody gets access for a time, drift is found and
the log proves it. The systems, a SCIM app and an LDAP directory, run inside this
process. Then the hub stays up to be looked at; --once exits instead.`,
		Args: takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if o.People < 100 || o.People > 100_000 {
				return usageError{fmt.Errorf("--people %d: choose between 100 and 100000", o.People)}
			}
			if o.Dir == "" {
				if o.Dir, err = os.MkdirTemp("", "birthright-demo-"); err != nil {
					return err
				}
				defer func() { err = errors.Join(err, os.RemoveAll(o.Dir)) }()
			}
			o.Kinds, o.Log, o.Listen = kinds(), p.log(), freeAddress(o.Listen)
			return demo.Show(cmd.Context(), o, p.out, p.colored(), func(end demo.Stage) error {
				if once {
					return nil
				}
				fmt.Fprintf(p.out, "\nThe hub stays up at http://%s. Open its console, each link once and within %s:\n", end.Address, duration.Format(signin.LinkLife))
				fmt.Fprintf(p.out, "    as an administrator      %s\n    as %-21s %s\n", end.AdminLink, end.Person, end.PersonLink)
				fmt.Fprintln(p.out, "In another terminal, try for example")
				for _, example := range []string{"user list --department Finance", "user show ada.newcomer", "group list", "catalog", "grants --all", "audit list --limit 20"} {
					fmt.Fprintf(p.out, "    birthright --config %s %s\n", end.ConfigFile, example)
				}
				fmt.Fprintln(p.out, "Ctrl-C ends it.")
				<-cmd.Context().Done()
				return nil
			})
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&once, "once", false, "exit after the show")
	flags.StringVar(&o.Dir, "dir", "", "keep the hub's files in this empty `FOLDER` (default: a temporary one)")
	flags.IntVar(&o.People, "people", 1000, "how many people the company has")
	flags.Uint64Var(&o.Seed, "seed", 1, "what the company is made from; the same seed gives the same company")
	flags.StringVar(&o.Listen, "listen", demoAddress, "where the hub listens; if it is taken, on any free port")
	return cmd
}

// freeAddress returns address, or one on the same host with a free port where
// somebody has it already.
func freeAddress(address string) string {
	l, err := net.Listen("tcp", address)
	if err != nil {
		host, _, _ := net.SplitHostPort(address)
		if l, err = net.Listen("tcp", net.JoinHostPort(host, "0")); err != nil {
			return address
		}
	}
	address = l.Addr().String()
	_ = l.Close()
	return address
}

// colored reports whether people read standard output on a terminal and have
// not asked for plain text (https://no-color.org).
func (p *program) colored() bool {
	for _, v := range p.env {
		if value, ok := strings.CutPrefix(v, "NO_COLOR="); ok && value != "" {
			return false
		}
	}
	out, ok := p.out.(*os.File)
	return ok && term.IsTerminal(int(out.Fd()))
}
