package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// With -update the page is written anew instead of being held against the program:
//
//	go test ./cmd/birthright -run TestCommandsPage -update
var update = flag.Bool("update", false, "write docs/commands.md anew")

const commandsPage = "../../docs/commands.md"

// generatedFrom is the line of the page above which people write.
const generatedFrom = "<!-- From here on the page is made from the program: go test ./cmd/birthright -run TestCommandsPage -update -->\n"

// The page of commands says what the program says.
func TestCommandsPage(t *testing.T) {
	page, err := os.ReadFile(commandsPage)
	if err != nil {
		t.Fatal(err)
	}
	written, made, found := strings.Cut(string(page), generatedFrom)
	if !found {
		t.Fatalf("%s has lost the line %q", commandsPage, generatedFrom)
	}
	want := commandsReference((&program{}).root())
	if *update {
		if err := os.WriteFile(commandsPage, []byte(written+generatedFrom+want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, made); diff != "" {
		t.Errorf("%s is not what the program says (-program +page); go test ./cmd/birthright -run TestCommandsPage -update mends it:\n%s", commandsPage, diff)
	}
}

// commandsReference is the generated part: each command with its flags, in the
// order in which `birthright help` has them.
func commandsReference(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString("\n## Flags of every command\n\n")
	writeFlags(&b, root.PersistentFlags())
	b.WriteString("| `-h`, `--help` | | explains the command |\n")
	for _, cmd := range root.Commands() {
		writeCommand(&b, cmd)
	}
	return b.String()
}

func writeCommand(b *strings.Builder, cmd *cobra.Command) {
	if cmd.Hidden || cmd.Name() == "help" || cmd.Name() == "completion" {
		return
	}
	if !cmd.HasSubCommands() {
		fmt.Fprintf(b, "\n## `%s`\n\n%s.\n", usageLine(cmd), cmd.Short)
		if cmd.Long != "" {
			fmt.Fprintf(b, "\n%s\n", strings.TrimSpace(cmd.Long))
		}
		if cmd.LocalNonPersistentFlags().HasAvailableFlags() {
			b.WriteByte('\n')
			writeFlags(b, cmd.LocalNonPersistentFlags())
		}
	}
	for _, below := range cmd.Commands() {
		writeCommand(b, below)
	}
}

// usageLine is the command's form; flags follow in the table.
func usageLine(cmd *cobra.Command) string {
	_, form, _ := strings.Cut(cmd.Use, " ")
	return strings.TrimSpace(cmd.CommandPath() + " " + form)
}

func writeFlags(b *strings.Builder, flags *pflag.FlagSet) {
	b.WriteString("| flag | default | meaning |\n| --- | --- | --- |\n")
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" || f.Hidden {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		name := "`--" + f.Name + strings.TrimRight(" "+placeholder(value), " ") + "`"
		if f.Shorthand != "" {
			name = "`-" + f.Shorthand + "`, " + name
		}
		preset := " `" + f.DefValue + "`"
		if f.DefValue == "" || f.DefValue == "[]" || f.DefValue == "false" {
			preset = ""
		}
		fmt.Fprintf(b, "| %s |%s | %s |\n", name, preset, strings.ReplaceAll(usage, "|", "\\|"))
	})
}

// placeholder is what stands for a flag's value.
func placeholder(kind string) string {
	switch kind {
	case "string":
		return "TEXT"
	case "int", "uint":
		return "NUMBER"
	}
	return kind
}
