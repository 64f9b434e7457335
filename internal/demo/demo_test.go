package demo_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"birthright/config"
	"birthright/internal/demo"
	"birthright/sources/builtin"
	targetkinds "birthright/targets/builtin"
)

// The show fails by itself where a scene does not come out as told: of the creep that
// it plants the report must find all, with how it came, and nothing else.
func TestShow(t *testing.T) {
	var out bytes.Buffer
	o := demo.Options{
		Dir: t.TempDir(), People: 200, Seed: 3, Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler),
		Kinds: config.Kinds{Sources: builtin.Kinds(), Targets: targetkinds.Kinds()},
	}
	var end demo.Stage
	if err := demo.Show(t.Context(), o, &out, false, func(s demo.Stage) error {
		end = s
		return nil
	}); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, link := range []string{end.AdminLink, end.PersonLink} {
		if !strings.HasPrefix(link, "http://"+end.Address+"/login/once?code=") || end.Person == "" {
			t.Errorf("link to the console for %q: %s", end.Person, link)
		}
	}
	for _, line := range []string{
		"(kept after move, ", "(by hand, ", "account ci-deploy on app belongs to nobody", "account old.contractor on directory belongs to nobody",
		"standing access in disguise", "Planted creep found", "Audit records verified",
	} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("the show does not tell %q:\n%s", line, out.String())
		}
	}
}
