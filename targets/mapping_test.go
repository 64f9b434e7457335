package targets

import (
	"errors"
	"strings"
	"testing"

	"birthright/identity"

	"github.com/google/go-cmp/cmp"
)

func TestParseMap(t *testing.T) {
	refuse := func(to string) error {
		if to == "login" {
			return errors.New("login is not for a mapping to write")
		}
		return nil
	}
	got, err := ParseMap([]Mapping{{"title", "TITLE"}, {"mail", "email"}, {"post", "title"}}, nil, refuse)
	want := []Mapping{{"title", identity.AttrTitle}, {"mail", identity.AttrEmail}, {"post", identity.AttrTitle}}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("%v\n%s", err, d)
	}
	if d := cmp.Diff([]string{identity.AttrEmail, identity.AttrTitle}, Mapped(got)); d != "" {
		t.Error(d)
	}
	if usual, err := ParseMap(nil, want[:1], refuse); err != nil || cmp.Diff(want[:1], usual) != "" {
		t.Errorf("where none is written: %v, %v", usual, err)
	}
	_, err = ParseMap([]Mapping{{"", "title"}, {"login", "userName"}, {"a", "title"}, {"a", "email"}}, nil, refuse)
	for _, says := range []string{"map[0]: to and from", "map[1]: to: login is not", "map[3]: to: a is written twice"} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
}

func TestCheckText(t *testing.T) {
	mapping := []Mapping{{"title", identity.AttrTitle}}
	op := func(name, title string) Op {
		o := Op{Account: Account{Name: name, Attributes: identity.Attributes{}}}
		o.Account.Attributes.Set(identity.AttrTitle, title)
		return o
	}
	if err := CheckText(op("паша", "Clerk"), mapping); err != nil {
		t.Error(err)
	}
	for _, bad := range []Op{op("a\x00b", ""), op("a", "\xff")} {
		if CheckText(bad, mapping) == nil {
			t.Errorf("%q is taken for text", bad.Account.Name)
		}
	}
}
