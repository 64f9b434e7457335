package hub

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is downloaded is what git takes.
func TestGitAppliesPatches(t *testing.T) {
	for name, c := range map[string]struct{ file, before, after string }{
		"a line":              {"policies/company.yaml", "a\nb\nc\nd\ne\nf\ng\nh\n", "a\nb\nc\nd\nE\nf\ng\nh\n"},
		"without a last line": {"policies/company.yaml", "a\nb", "a\nb\nc"},
		"an end that comes":   {"p.yaml", "a\nb", "a\nb\n"},
		"a name with a space": {"our policies/ä \"x\".yaml", "a\n", "b\n"},
		"lines of Windows":    {"p.yaml", "a\r\nb\r\n", KeptLines("a\r\nc\n", "a\r\n")},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, filepath.FromSlash(c.file))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		for file, text := range map[string]string{path: c.before, filepath.Join(dir, "draft.patch"): patch(c.file, c.before, c.after)} {
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		git := exec.Command("git", "apply", "draft.patch")
		git.Dir = dir
		git.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
		if said, err := git.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s\n%s", name, err, said, patch(c.file, c.before, c.after))
			continue
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c.after, string(got)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
	if got := patch("p.yaml", "a\n", "a\n"); got != "" {
		t.Errorf("no change: %q", got)
	}
}
