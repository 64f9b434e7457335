package e2e

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"birthright/scim/conformance"
	"birthright/scim/conversation"
)

// recorded is where the conversations of identity providers are written down.
const recorded = "../scim/testdata/conversations"

// TestFrontDoor asks a running hub everything that the RFCs ask of a SCIM server,
// and says to it what identity providers say, on each database. A source of the
// profile rfc is asked every case; one that takes what providers write in their own
// way (auto, the default) all but the strict ones, on one database.
func TestFrontDoor(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { knock(t, "sqlite:hub.db", true) })
	t.Run("postgres", func(t *testing.T) { knock(t, shared.postgres.EmptyURL(t), false) })
}

func knock(t *testing.T, database string, lenient bool) {
	t.Parallel()
	scripts := conversations(t)
	d := openDoor(t, database, append(sources(scripts), source{"rfc", "rfc"}, source{"default", "auto"}))
	t.Run("conformance", func(t *testing.T) { d.conforms(t, "rfc", false) })
	if lenient {
		t.Run("conformance of the default", func(t *testing.T) { d.conforms(t, "default", true) })
	}
	for _, script := range scripts {
		t.Run("conversation/"+title(script), func(t *testing.T) {
			t.Parallel()
			d.converse(t, script)
		})
	}
}

// conforms asks a source all that there is to ask.
func (d *door) conforms(t *testing.T, source string, lenient bool) {
	conformance.Run(t, conformance.Server{
		Base: d.base, Token: d.token(t, source), Offers: conformance.Features(), Lenient: lenient,
	})
}

// title names a conversation.
func title(script conversation.Script) string { return strings.TrimSuffix(script.Name, ".txt") }

// conversations reads all that is recorded.
func conversations(t *testing.T) []conversation.Script {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(recorded, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no conversations in %s: %v", recorded, err)
	}
	var scripts []conversation.Script
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		script, err := conversation.Parse(filepath.Base(file), data)
		if err != nil {
			t.Fatal(err)
		}
		scripts = append(scripts, script)
	}
	return scripts
}

// converse plays a conversation, plays it again with other names, and plays it
// with every write sent twice.
func (d *door) converse(t *testing.T, script conversation.Script) {
	player := conversation.Player{Base: d.base, Token: d.token(t, sourceOf(script).name)}
	for _, way := range []struct {
		name  string
		twice bool
	}{{"first", false}, {"again", false}, {"everything twice", true}} {
		player.Suffix, player.Twice = suffix(t), way.twice
		if err := player.Play(t.Context(), script); err != nil {
			t.Errorf("%s: %v", way.name, err)
		}
	}
}

// suffix makes the names of one playing its own.
func suffix(t *testing.T) string {
	t.Helper()
	random := make([]byte, 4)
	if _, err := rand.Read(random); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(random)
}

// door is a hub that has nothing but sources that push.
type door struct {
	*hub
	base string // of SCIM
}

// source is a source that pushes in the way of a provider.
type source struct{ name, profile string }

// sourceOf is where a conversation takes place: with others of its provider, or
// alone.
func sourceOf(script conversation.Script) source {
	if script.Alone {
		return source{title(script), script.Profile}
	}
	return source{script.Profile, script.Profile}
}

// sources are those of all conversations, each once.
func sources(scripts []conversation.Script) []source {
	var list []source
	for _, script := range scripts {
		if s := sourceOf(script); !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// openDoor starts a hub with these sources.
func openDoor(t *testing.T, database string, sources []source) *door {
	t.Helper()
	d := &door{hub: &hub{dir: t.TempDir()}}
	var list strings.Builder
	for _, s := range sources {
		fmt.Fprintf(&list, "  - {name: %s, kind: scim, profile: %s}\n", s.name, s.profile)
	}
	d.write(t, "birthright.yaml", fmt.Sprintf("server: {listen: \"127.0.0.1:0\"}\ndatabase: {url: %q}\nsources:\n%s", database, list.String()))
	d.base = d.serve(t).url + "/scim/v2"
	return d
}

// token makes a bearer token for a source.
func (d *door) token(t *testing.T, source string) string {
	t.Helper()
	var made struct{ Token string }
	d.mustJSON(t, exitDone, "token create --source "+source, &made)
	if made.Token == "" {
		t.Fatal("token create gave no token")
	}
	return made.Token
}
