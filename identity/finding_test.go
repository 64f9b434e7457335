package identity

import (
	"errors"
	"fmt"
	"testing"
)

func TestFound(t *testing.T) {
	told := &Error{Kind: Denied, Op: "read source corp", Object: "connect to dir:636", Err: errors.New("refused"), Hint: "check url"}
	for name, c := range map[string]struct{ got, want Finding }{
		"well":        {Found("bind", "as cn=hub", nil), Finding{OK: true, Check: "bind", Detail: "as cn=hub"}},
		"a hint":      {Found("bind", "as cn=hub", told), Finding{Check: "bind", Detail: "connect to dir:636: refused", Remedy: "check url"}},
		"a hint deep": {Found("bind", "", fmt.Errorf("bind: %w", told)), Finding{Check: "bind", Detail: "connect to dir:636: refused", Remedy: "check url"}},
		"no hint":     {Found("bind", "", errors.New("broken")), Finding{Check: "bind", Detail: "broken"}},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, c.got, c.want)
		}
	}
	if told.Op == "" || told.Hint == "" {
		t.Error("the error itself was changed")
	}
}
