package walls

import (
	"fmt"
	"slices"
	"strings"
)

// Breach is one place where the house is not as it should be.
type Breach struct {
	Wall string // name of the wall, manner or trace
	Path string
	Line int
	What string // what stands there
	Why  string // why it must not
}

// String is what a developer reads.
func (b Breach) String() string {
	return fmt.Sprintf("%s:%d: %s (%s): %s", b.Path, b.Line, b.What, b.Wall, b.Why)
}

// Wall forbids some files some imports.
type Wall struct {
	Name, Why string
	// Behind reports whether the wall stands around the file.
	Behind func(File) bool
	// Allows reports whether a file behind the wall may import it.
	Allows func(File, Import) bool
}

// The pure packages decide; everything they need comes in as an argument.
var pure = []string{"identity", "directory", "rules", "grants", "plan", "audit", "signals", "reviews", "rights"}

// decides reports whether the file is one of a pure package. What delivers
// signals, and where requests are handled, lie below the packages that decide.
func decides(f File) bool {
	return f.In(pure...) && !f.In("signals/delivery", "signals/signing", "grants/desk", "reviews/desk")
}

// builders make test servers and contracts out of parts that production code
// keeps apart: they are used by tests, benchmarks and the demo alone.
var builders = []string{
	"bench", "cmd/birthright", "internal/demo", "internal/peers", "internal/walls", "grants/desk/desktest", "sources/sourcetest", "store/storetest", "targets/targettest",
}

// Walls are the walls of the house.
func Walls() []Wall {
	return slices.Concat(below(), above(), libraries(), proofs())
}

// below keeps those who are used from knowing who uses them.
func below() []Wall {
	return []Wall{
		{
			Name:   "identity imports nothing of ours",
			Why:    "everybody points at the nouns; a noun that points back makes a circle",
			Behind: production("identity"),
			Allows: func(_ File, i Import) bool { return standard(i) },
		},
		{
			Name:   "pure packages see no world",
			Why:    "what decides must give the same answer for the same arguments: no store, no context, no clock, no logger, no network, no chance",
			Behind: func(f File) bool { return !f.Test() && decides(f) },
			Allows: func(f File, i Import) bool {
				if i.Own {
					kept := []string{"identity", "targets", "rules/population", "internal/strictyaml", "internal/duration", "internal/dates", "internal/spreadsheet"}
					return slices.Contains(kept, i.Path) || slices.Contains([]string{"reviews", "reviews/creep", "reviews/document", "reviews/jit"}, i.Path) && f.In("reviews/paper") ||
						i.Path == "rules" && f.In("rules/analysis", "rules/graph", "rules/impact", "rules/moves", "reviews/creep", "reviews/suggest") ||
						(i.Path == "rules" || i.Path == "grants") && f.In("grants/approval") ||
						slices.Contains([]string{"rules", "grants", "grants/approval", "reviews"}, i.Path) && f.In("reviews/campaign") ||
						i.Path == "grants" && f.In("reviews/jit") ||
						i.Path == "grants/approval" && f.In("rights") ||
						i.Path == "audit" && f.In("reviews/evidence")
				}
				return !under(i.Path, "context", "log", "os", "net", "database", "math/rand", "crypto/rand", "io/fs", "testing")
			},
		},
		{
			Name: "adapters know their interface and nobody else",
			Why: "a source or target that could reach the store or another adapter would decide and remember; the engine does that, once for all of them. " +
				"Allowed are identity, the interface package, and the kits under internal",
			Behind: adapter,
			Allows: func(f File, i Import) bool {
				side, _, _ := strings.Cut(f.Path, "/")
				kits := []string{
					"internal/httpkit", "internal/ldapconn", "internal/ldapapp", "internal/ldapdn", "internal/ldapsim", "internal/ldaptarget", "internal/ldapwire", "internal/secret", "internal/trust",
					"internal/duration", "internal/strictyaml", "internal/ratelimit", "internal/sim", "internal/handoff", "internal/handoff/receiver", "internal/procgroup", "internal/peertext",
				}
				return !i.Own || i.Path == side || i.Path == "identity" || slices.Contains(kits, i.Path) || i.Path == simulator(f)
			},
		},
		{
			Name: "kits do not know who uses them",
			Why:  "what is under internal serves from below; only the demo and the test servers stand on top of the program",
			Behind: func(f File) bool {
				return !f.Test() && f.In("internal") && !f.In("internal/demo", "internal/peers", "internal/walls")
			},
			Allows: func(f File, i Import) bool {
				return !i.Own || under(i.Path, "identity", "internal") && i.Path != "internal/demo" ||
					f.In("internal/httpkit", "internal/ldapsim", "internal/ldaptarget", "internal/sim", "internal/handoff") && i.Path == "targets"
			},
		},
	}
}

// above keeps each of the duties that reach far in one place.
func above() []Wall {
	return []Wall{
		{
			Name:   "the store is known to those who keep things",
			Why:    "the intake writes what sources say, the run what targets hold, the front door's backing reads both, that of the token endpoint keeps clients, that of the API kept answers, that of sign-in sessions, signals are delivered from it, the desks keep requests, grants and reviews, hub answers from it, notify keeps what people are still to be told, app and commands wire and show; everybody else is handed values",
			Behind: func(f File) bool { return !f.Test() && !f.In(builders...) },
			Allows: func(f File, i Import) bool {
				return !own(i, "store", "migrations") || f.In("intake", "reconcile", "scim/backing", "oauth/backing", "api/backing", "signin/backing", "signals/delivery", "grants/desk", "reviews/desk", "hub", "app", "store", "migrations") || f.Package() == "notify"
			},
		},
		{
			Name:   "the store decides nothing",
			Why:    "it keeps nouns; whoever it imported would be decided for by SQL",
			Behind: func(f File) bool { return !f.Test() && f.In("store", "migrations") && !f.In("store/storetest") },
			Allows: func(_ File, i Import) bool {
				return !i.Own || own(i, "identity", "audit", "grants", "reviews", "targets", "migrations", "internal/ids", "internal/casefold", "internal/searchdoc", "internal/tracing")
			},
		},
		{
			Name:   "only app wires",
			Why:    "the program is a value that a test can start; a second place that puts it together would put it together differently",
			Behind: func(f File) bool { return !f.Test() && !f.In(builders...) },
			Allows: func(f File, i Import) bool {
				return !own(i, "app", "config", "sources/builtin", "targets/builtin") || f.In("app")
			},
		},
		{
			Name:   "the ways in do not know each other",
			Why:    "what one gives out the other checks as it checks everything, by package tokens: a shortcut between them would be a second check",
			Behind: func(f File) bool { return !f.Test() && f.In("oauth", "scim", "api", "console", "tokens") },
			Allows: func(f File, i Import) bool {
				ways := []string{"oauth", "scim", "api", "console"}
				return !own(i, ways...) || slices.ContainsFunc(ways, func(way string) bool { return f.In(way) && own(i, way) })
			},
		},
	}
}

// libraries keeps the work of others where it is understood.
func libraries() []Wall {
	return []Wall{
		library("SQL stays in the store", "one package knows how things are kept, so that another way of keeping them is one package's change",
			[]string{"github.com/uptrace/bun", "modernc.org/sqlite", "database/sql", "github.com/pressly/goose"},
			"store", "migrations", "internal/pgtest", "internal/mariadbtest", "targets/mysql", "bench"),
		library("MySQL's protocol stays in its target", "the hub gives people roles there: nobody else talks to one",
			[]string{"github.com/go-sql-driver"}, "targets/mysql", "internal/mariadbtest"),
		library("PostgreSQL's protocol stays in the store and in its target", "the hub keeps things in a PostgreSQL, and gives people roles in others: nobody else talks to one",
			[]string{"github.com/jackc/pgx"}, "store", "migrations", "internal/pgtest", "targets/postgres", "bench"),
		library("viper stays in config", "settings are typed everywhere else: nobody asks for a key by name",
			[]string{"github.com/spf13/viper", "github.com/go-viper"}, "config"),
		library("go-ldap stays in the ldap folders", "the rest of the hub must not know what a DN is",
			[]string{"github.com/go-ldap", "github.com/jimlambrt/gldap", "github.com/go-asn1-ber"},
			"sources/ldap", "targets/ad", "targets/ldap", "internal/ldaptarget", "internal/ldapwire", "internal/ldapapp", "internal/ldapprocess", "internal/ldapsim", "internal/sambatest", "internal/slapdtest", "bench"),
		library("elimity's scim stays in the front door", "it is used for schemas and error types; what a SCIM client says is ours to understand",
			[]string{"github.com/elimity-com"}, "scim"),
		library("CEL stays in rules", "a condition is compiled, explained and bounded in cost in one place",
			[]string{"cel.dev", "github.com/google/cel-go"}, "rules", "bench"),
		library("clients of OAuth stay in the HTTP kit", "how we prove who we are, and what of it may be seen, is decided in one place",
			[]string{"golang.org/x/oauth2"}, "internal/httpkit", "signin/provider"),
		library("OpenID Connect stays in its conversation", "who the provider vouches for is believed after every check of one place; everybody else gets claims",
			[]string{"github.com/coreos/go-oidc"}, "signin/provider"),
		library("Okta's SDK stays in the okta folder", "it reads settings from the machine and asks again by itself: one place knows how to keep it from that",
			[]string{"github.com/okta"}, "targets/okta"),
		library("vendors' descriptions are for tests", "they are large, and judge what we send; nothing is built from them",
			[]string{"github.com/getkin"}, "internal/sim/vendorspec"),
		library("OpenTelemetry stays in tracing", "what a span may say is decided in one place: nothing about people",
			[]string{"go.opentelemetry.io"}, "internal/tracing"),
		library("OpenTelemetry's SDK stays with what sends", "how spans reach a collector, and that none is waited for, is one package's business; all others begin and end spans",
			[]string{"go.opentelemetry.io/otel/sdk", "go.opentelemetry.io/otel/exporters", "go.opentelemetry.io/proto"}, "internal/tracing/otlp"),
		library("AWS's SDK stays in its target", "it brings its own ways to sign, retry and find credentials: one package bends them to ours",
			[]string{"github.com/aws"}, "targets/aws"),
		library("huma stays in the API", "it turns JSON into what the desk takes; nothing below knows that there is HTTP",
			[]string{"github.com/danielgtaylor/huma"}, "api"),
		library("JOSE stays where keys are", "whoever else read a signed text would have to know which keys, algorithms and claims to believe",
			[]string{"github.com/go-jose"}, "oauth", "signals/signing", "internal/httpkit"),
		library("Slack's client stays in notify/slack", "what Slack calls things, and how it signs, is one channel's business",
			[]string{"github.com/slack-go"}, "notify/slack"),
		library("the mail client stays in notify/smtp", "how a message becomes a mail that nobody can inject headers into is decided in one place",
			[]string{"github.com/wneessen/go-mail"}, "notify/smtp"),
		library("browsers stay in their test kit", "pages are served to browsers; the hub itself starts none",
			[]string{"github.com/chromedp"}, "internal/chromiumtest"),
		library("workbooks stay in reviews/document", "a report has one way to become a spreadsheet in which no name is a formula",
			[]string{"github.com/xuri/excelize"}, "reviews/document"),
		library("the command line stays in cmd", "flags in, exit code out; nothing below knows that it was typed",
			[]string{"github.com/spf13/cobra", "github.com/spf13/pflag", "github.com/vbauerster/mpb", "golang.org/x/term"}, "cmd"),
	}
}

// proofs keeps what is made to judge the hub apart from it.
func proofs() []Wall {
	return []Wall{
		{
			Name:   "test servers stay in tests",
			Why:    "a server that is made to fail on order must not be within reach of production code",
			Behind: func(f File) bool { return !f.Test() && (f.In("cmd") || !f.In(builders...)) },
			Allows: func(f File, i Import) bool {
				if f.In("cmd") && i.Path == "internal/demo" {
					return true
				}
				return !own(i, "internal/chromiumtest", "internal/sambatest", "internal/slapdtest", "internal/pgtest", "internal/mariadbtest", "internal/optest", "internal/company", "internal/demo", "internal/sim/vendorspec",
					"grants/desk/desktest", "sources/sourcetest", "store/storetest", "targets/targettest", "scim/patch/patchtest")
			},
		},
		{
			Name:   "who asks the front door does not know it",
			Why:    "conformance and conversations speak HTTP alone, so that they judge any server, and do not share its mistakes",
			Behind: production("scim/conformance", "scim/conversation", "scim/shape"),
			Allows: func(_ File, i Import) bool { return standard(i) || own(i, "scim/shape") },
		},
		{
			Name: "comparing and guessing are for tests",
			Why:  "go-cmp panics on what it does not know, random checks are no production code, and Markdown is read to judge what we write; the differences of a draft are written as git does by the hub",
			Behind: func(f File) bool {
				return !f.Test() && !f.In("grants/desk/desktest", "sources/sourcetest", "store/storetest", "targets/targettest", "bench")
			},
			Allows: func(f File, i Import) bool {
				return i.Path == "github.com/rogpeppe/go-internal/diff" && f.Package() == "hub" || !under(i.Path, "github.com/google/go-cmp", "pgregory.net/rapid", "github.com/rogpeppe/go-internal", "github.com/yuin/goldmark")
			},
		},
	}
}

// library keeps packages of others, and what is below them, in some folders;
// tests may use them where they look at the same thing from the other side.
func library(name, why string, packages []string, folders ...string) Wall {
	return Wall{
		Name: name, Why: why,
		Behind: func(f File) bool { return !f.Test() && !f.In(folders...) },
		Allows: func(_ File, i Import) bool { return i.Own || !under(i.Path, packages...) },
	}
}

// production selects the files of packages that are not tests.
func production(folders ...string) func(File) bool {
	return func(f File) bool { return !f.Test() && f.In(folders...) }
}

// adapter selects the files of one kind of source or target.
func adapter(f File) bool {
	side, kind, below := strings.Cut(f.Package(), "/")
	return !f.Test() && below && (side == "sources" || side == "targets") &&
		!slices.Contains([]string{"builtin", "sourcetest", "targettest"}, kind) && !f.In("targets/targettest")
}

// simulator is the stand-in of an adapter's own system: targets/github/githubsim.
func simulator(f File) string {
	_, kind, _ := strings.Cut(f.Package(), "/")
	return f.Package() + "/" + kind + "sim"
}

// standard reports whether the import is of the standard library.
func standard(i Import) bool {
	first, _, _ := strings.Cut(i.Path, "/")
	return !i.Own && !strings.Contains(first, ".")
}

// own reports whether the import is one of these packages of the module, or
// below one.
func own(i Import, packages ...string) bool { return i.Own && under(i.Path, packages...) }

func under(path string, roots ...string) bool {
	return slices.ContainsFunc(roots, func(root string) bool { return path == root || strings.HasPrefix(path, root+"/") })
}

// Check returns the breaches of walls in files.
func Check(walls []Wall, files []File) []Breach {
	var out []Breach
	for _, f := range files {
		for _, w := range walls {
			if !w.Behind(f) {
				continue
			}
			for _, i := range f.Imports {
				if !w.Allows(f, i) {
					out = append(out, Breach{Wall: w.Name, Path: f.Path, Line: i.Line, What: "imports " + i.Path, Why: w.Why})
				}
			}
		}
	}
	return out
}
