package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/user"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/config"
	sourcekinds "birthright/sources/builtin"
	targetkinds "birthright/targets/builtin"
)

// streams are the program's standard streams.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// program is what all subcommands share: streams, environment and the flags
// that every command takes.
type program struct {
	streams
	env       []string
	config    string
	output    string
	quiet     bool
	logLevel  string
	logFormat string
	as        string
	server    string
	tokenFile string
	progress  *progress
}

// run carries out one command line and returns the exit code.
func run(ctx context.Context, args []string, s streams, env []string) int {
	p := &program{streams: s, env: env}
	root := p.root()
	root.SetArgs(args)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	err := root.ExecuteContext(ctx)
	p.progress.stop()
	return p.exit(err)
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "birthright",
		Short: "Identity sync and provisioning: who gets what, from the first day to the last",
		Long: `Birthright takes in people from identity providers, directories and HR files,
decides by rules what each of them gets, brings target systems up to it, and
writes down what it did.

Start with ` + "`birthright demo`" + ` to watch it work, or ` + "`birthright init`" + ` to set up your own.`,
		SilenceErrors: true, SilenceUsage: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return p.checkFlags(cmd) },
		Args:              p.subcommands(),
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	flags := root.PersistentFlags()
	flags.StringVar(&p.config, "config", "", "configuration `FILE` (default birthright.yaml, or $BIRTHRIGHT_CONFIG)")
	flags.StringVarP(&p.output, "output", "o", "table", "how to print data: table, json, yaml or csv")
	flags.BoolVarP(&p.quiet, "quiet", "q", false, "print data only: no progress, no remarks")
	flags.StringVar(&p.logLevel, "log-level", "warn", "what is logged to standard error: debug, info, warn or error")
	flags.StringVar(&p.logFormat, "log-format", "text", "how it is logged: text or json")
	flags.StringVar(&p.as, "as", "", "act for this `USER`, under that user's rights; only for requests and grants (default: as the operator)")
	flags.StringVar(&p.server, "server", "", "work through the running hub at this `URL` instead of the database here ($BIRTHRIGHT_SERVER)")
	flags.StringVar(&p.tokenFile, "token-file", "", "with --server: the `FILE` that holds the token (default: $BIRTHRIGHT_TOKEN)")
	root.SetFlagErrorFunc(flagError)
	root.SetHelpCommand(p.helpCommand())
	root.AddCommand(
		p.demoCommand(), p.initCommand(), p.serveCommand(),
		reaching(p.importCommand()), reaching(p.planCommand()), reaching(p.syncCommand()), reaching(p.runCommand()),
		p.userCommand(), p.groupCommand(), p.policyCommand(),
		p.sourceCommand(), p.targetCommand(),
	)
	root.AddCommand(acting(
		reaching(p.catalogCommand()), reaching(p.requestCommand()), reaching(p.requestsCommand()),
		reaching(p.approveCommand()), reaching(p.denyCommand()), reaching(p.cancelCommand()), reaching(p.amendCommand()),
		reaching(p.grantsCommand()), reaching(p.grantCommand()), reaching(p.breakGlassCommand()), reaching(p.delegateCommand()), p.reviewCommand(),
	)...)
	root.AddCommand(
		reaching(p.heldCommand()), p.reportCommand(), p.auditCommand(), p.evidenceCommand(), p.tokenCommand(), p.sessionsCommand(), p.loginLinkCommand(), p.clientCommand(), p.signalCommand(), p.notifyCommand(),
		p.migrateCommand(), p.backupCommand(), reaching(p.statusCommand()), p.doctorCommand(), p.versionCommand(),
	)
	return root
}

// checkFlags refuses values of shared flags that nothing understands.
func (p *program) checkFlags(cmd *cobra.Command) error {
	formats := slices.Clone(formats)
	if own := cmd.Annotations["formats"]; own != "" {
		formats = append(formats, strings.Split(own, ",")...)
	}
	if !slices.Contains(formats, p.output) {
		return usageError{fmt.Errorf("--output %s: choose one of %s", p.output, strings.Join(formats, ", "))}
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(p.logLevel)); err != nil {
		return usageError{fmt.Errorf("--log-level %s: choose one of debug, info, warn, error", p.logLevel)}
	}
	if p.logFormat != "text" && p.logFormat != "json" {
		return usageError{fmt.Errorf("--log-format %s: choose text or json", p.logFormat)}
	}
	p.progress = newProgress(p.err, p.quiet)
	return errors.Join(p.checkAs(cmd), p.checkServer(cmd))
}

func (p *program) log() *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(p.logLevel)) // checked by checkFlags
	o := &slog.HandlerOptions{Level: level}
	if p.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(p.progress.above(), o))
	}
	return slog.New(slog.NewTextHandler(p.progress.above(), o))
}

// remark prints something for people, on standard error.
func (p *program) remark(format string, args ...any) {
	if !p.quiet {
		fmt.Fprintf(p.err, format+"\n", args...)
	}
}

// configPath is the configuration file to read.
func (p *program) configPath() string {
	if p.config != "" {
		return p.config
	}
	return cmp.Or(p.variable("BIRTHRIGHT_CONFIG"), "birthright.yaml")
}

// loadConfig reads the configuration and tells its warnings.
func (p *program) loadConfig() (*config.Config, error) {
	cfg, err := config.Load(p.configPath(), kinds(), p.env)
	if err != nil {
		return nil, err
	}
	for _, w := range cfg.Warnings {
		p.remark("warning: %s", w)
	}
	return cfg, nil
}

// kinds are the kinds of source and target that this program knows.
func kinds() config.Kinds {
	return config.Kinds{Sources: sourcekinds.Kinds(), Targets: targetkinds.Kinds()}
}

// prepare reads configuration and policy; it touches nothing else.
func (p *program) prepare() (*app.App, error) {
	cfg, err := p.loadConfig()
	if err != nil {
		return nil, err
	}
	a, err := app.Prepare(app.Options{Config: cfg, Now: time.Now, Log: p.log(), Progress: p.progress.step, Build: build(), Actor: operator()})
	if err != nil {
		return nil, err
	}
	p.policyWarnings(a.Engine().Policy())
	return a, nil
}

// action is what a command does, and a check what must hold before it may.
type (
	action func(ctx context.Context, a *app.App, args []string) error
	check  func(a *app.App, args []string) error
)

// with opens the program, runs do, and closes it again. The checks come before
// the database is touched: a command line that cannot be right changes nothing.
func (p *program) with(do action, checks ...check) func(*cobra.Command, []string) error {
	return p.offline(func(ctx context.Context, a *app.App, args []string) error {
		if err := a.Connect(ctx); err != nil {
			return err
		}
		return do(ctx, a, args)
	}, checks...)
}

// offline is with for what needs no database.
func (p *program) offline(do action, checks ...check) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) (err error) {
		a, err := p.prepare()
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, a.Close()) }()
		for _, c := range checks {
			if err := c(a, args); err != nil {
				return err
			}
		}
		return do(cmd.Context(), a, args)
	}
}

// operator names who is at the machine, for the audit log.
func operator() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return "operator:" + u.Username
	}
	return fmt.Sprintf("operator:%d", os.Getuid())
}
