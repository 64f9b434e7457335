package walls

import (
	"path"
	"slices"
	"strings"
)

// Manner forbids some files some calls or names.
type Manner struct {
	Name, Why string
	// Calls are the names that must not be used; Functions those that must not
	// be declared; Folders those that a package must not have.
	Calls, Functions, Folders []string
	// Excused reports whether the file may; nil excuses nobody.
	Excused func(File) bool
}

// Manners are the rules of the house for calls and names.
func Manners() []Manner {
	return []Manner{
		{
			Name: "only main ends the program", Why: "whoever started a part of it must be able to stop it and go on",
			Calls: []string{"os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln"},
			Excused: func(f File) bool {
				return f.Path == "cmd/birthright/main.go" || f.Test() || path.Base(f.Path) == "main.go" && f.In("bench", "internal/peers", "internal/optest/provider", "examples")
			},
		},
		{
			Name: "nothing panics", Why: "a fault is an error with a kind; a panic takes down what others were doing. " +
				"The doors alone may, below their own recover, which answers 500 or ends the connection",
			Calls:   []string{"panic", "log.Panic", "log.Panicf"},
			Excused: func(f File) bool { return f.Test() || f.In("scim", "api", "store/storetest", "targets/targettest") },
		},
		{
			Name: "no init functions", Why: "what is wired is seen in app and in the maps of kinds; importing a package must do nothing",
			Functions: []string{"init"},
		},
		{
			Name: "no test is skipped", Why: "a test that can be skipped will be; what it needs is installed, or it fails and says what is missing",
			Calls:   []string{"t.Skip", "t.Skipf", "t.SkipNow", "b.Skip", "b.Skipf", "tb.Skip", "tb.Skipf"},
			Excused: func(f File) bool { return !f.Test() },
		},
		{
			Name: "tests do not sleep", Why: "a pause is too short on a busy machine and too long on all others: wait for what is meant, or inject the time",
			Calls:   []string{"time.Sleep"},
			Excused: func(f File) bool { return !f.Test() },
		},
		{
			Name: "pure packages do not ask for the time", Why: "now is an argument: the same inputs must give the same plan",
			Calls:   []string{"time.Now", "time.Since", "time.Until", "time.After", "time.NewTimer", "time.NewTicker", "time.Sleep"},
			Excused: func(f File) bool { return f.Test() || !decides(f) },
		},
		{
			Name: "packages are named for what they are", Why: "util and common grow without end; nobody can guess what is in them",
			Folders: []string{"util", "utils", "common", "types", "models", "helpers", "helper", "misc", "shared", "lib"},
		},
	}
}

// CheckManners returns the breaches of manners in files.
func CheckManners(manners []Manner, files []File) []Breach {
	var out []Breach
	for _, f := range files {
		for _, m := range manners {
			if m.Excused != nil && m.Excused(f) {
				continue
			}
			breach := func(line int, what string) {
				out = append(out, Breach{Wall: m.Name, Path: f.Path, Line: line, What: what, Why: m.Why})
			}
			for _, c := range f.Calls {
				if slices.Contains(m.Calls, c.Name) {
					breach(c.Line, "uses "+c.Name)
				}
			}
			for _, c := range f.Functions {
				if slices.Contains(m.Functions, c.Name) {
					breach(c.Line, "declares func "+c.Name)
				}
			}
			for _, folder := range strings.Split(f.Package(), "/") {
				if slices.Contains(m.Folders, folder) {
					breach(1, "is in a folder called "+folder)
				}
			}
		}
	}
	return out
}
