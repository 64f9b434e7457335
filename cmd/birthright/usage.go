package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"birthright/internal/strictyaml"
)

// usageError is a command line that cannot be right.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// misused says what is wrong with the command line of cmd, and where to read on.
func misused(cmd *cobra.Command, format string, args ...any) error {
	path := cmd.CommandPath()
	text := fmt.Sprintf(format, args...)
	if _, below, ok := strings.Cut(path, " "); ok {
		text = below + ": " + text
	}
	return usageError{fmt.Errorf("%s (see `%s --help`)", text, path)}
}

// family is a command that only groups others.
func (p *program) family(use, short string, members ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use: use, Short: short,
		Args: p.subcommands(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return misused(cmd, "say which of %s", strings.Join(subcommandNames(cmd), ", "))
		},
	}
	cmd.AddCommand(members...)
	return cmd
}

// subcommands refuses what is none, and names the one that was probably meant.
func (p *program) subcommands() cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		names := subcommandNames(cmd)
		if near := strictyaml.Nearest(args[0], names); near != "" {
			return misused(cmd, "unknown command %q; did you mean %q?", args[0], near)
		}
		return misused(cmd, "unknown command %q; there are %s", args[0], strings.Join(names, ", "))
	}
}

func subcommandNames(cmd *cobra.Command) []string {
	var names []string
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	return names
}

// anyNumber is for commands that take as many arguments as one likes.
const anyNumber = -1

// takes checks the number of arguments.
func takes(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		_, form, _ := strings.Cut(cmd.Use, " ")
		switch {
		case len(args) < least:
			return misused(cmd, "an argument is missing: it takes %s", form)
		case most == 0 && len(args) > 0:
			return misused(cmd, "%q is too much: it takes no arguments", args[0])
		case most != anyNumber && len(args) > most:
			return misused(cmd, "%q is too much: it takes %s", args[most], form)
		}
		if i := slices.Index(args, ""); i >= 0 {
			return misused(cmd, "argument %d is empty", i+1)
		}
		return nil
	}
}

// flagError puts the words of the flag package into ours.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var valueless *pflag.ValueRequiredError
	var wrong *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		name := unknown.GetSpecifiedName()
		if unknown.GetSpecifiedShortnames() != "" {
			return misused(cmd, "unknown flag -%s", name)
		}
		if near := strictyaml.Nearest(name, flagNames(cmd)); near != "" {
			return misused(cmd, "unknown flag --%s; did you mean --%s?", name, near)
		}
		return misused(cmd, "unknown flag --%s", name)
	case errors.As(err, &valueless):
		return misused(cmd, "--%s needs a value", valueless.GetFlag().Name)
	case errors.As(err, &wrong):
		kinds := map[string]string{"int": "a whole number", "bool": "true or false"}
		return misused(cmd, "--%s %q: write %s", wrong.GetFlag().Name, wrong.GetValue(), kinds[wrong.GetFlag().Value.Type()])
	}
	return misused(cmd, "%s", err)
}

func flagNames(cmd *cobra.Command) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}

// helpCommand is `birthright help`, which refuses what there is no help for.
func (p *program) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Explain a command",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || about == nil {
				about, rest = cmd.Root(), args
			}
			if len(rest) > 0 {
				return p.subcommands()(about, rest)
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

// required complains about a flag that must be given.
func required(name, value, why string) error {
	if value != "" {
		return nil
	}
	return usageError{fmt.Errorf("--%s is missing: %s", name, why)}
}

// oneOf complains about a value of a flag that is not among those allowed; ""
// stands for a flag that was not given.
func oneOf(name, value string, allowed ...string) error {
	if value == "" || slices.Contains(allowed, value) {
		return nil
	}
	return usageError{fmt.Errorf("--%s %s: choose one of %s", name, value, strings.Join(allowed, ", "))}
}

// notNegative complains about a number below zero.
func notNegative(name string, value int) error {
	if value >= 0 {
		return nil
	}
	return usageError{fmt.Errorf("--%s %d: write a number from 0 up; 0 means all", name, value)}
}
