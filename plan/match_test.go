package plan_test

import (
	"fmt"
	"testing"

	"birthright/identity"
	"birthright/plan"
	"birthright/targets"
)

func TestMatch(t *testing.T) {
	found := func(id, name, email string) targets.Account {
		return targets.Account{ID: id, Name: name, Attributes: identity.Attributes{"email": {email}}}
	}
	owner := func(n int64, name, email, linked string) plan.Owner {
		return plan.Owner{UserN: n, LinkedID: linked, Account: found("", name, email)}
	}
	for _, tt := range []struct {
		name     string
		owners   []plan.Owner
		accounts []targets.Account
		attrs    []string
		want     []string
	}{
		{name: "by name", owners: []plan.Owner{owner(1, "ada", "", "")}, accounts: []targets.Account{found("x", "ada", "")}, want: []string{"1 has 0"}},
		{name: "without letter case", owners: []plan.Owner{owner(1, "ada", "", "")}, accounts: []targets.Account{found("x", "ADA", "")}, want: []string{"1 has 0"}},
		{name: "by id after a rename", owners: []plan.Owner{owner(1, "ada", "", "x")}, accounts: []targets.Account{found("y", "ada", ""), found("x", "lovelace", "")}, want: []string{"1 has 1"}},
		{name: "by name when the id is gone", owners: []plan.Owner{owner(1, "ada", "", "x")}, accounts: []targets.Account{found("y", "ada", "")}, want: []string{"1 has 0"}},
		{name: "an account that is linked is not free", owners: []plan.Owner{owner(1, "king", "", "x"), owner(2, "ada", "", "")}, accounts: []targets.Account{found("x", "ada", "")}, want: []string{"1 has 0"}},
		{name: "one linked by two", owners: []plan.Owner{owner(1, "ada", "", "x"), owner(2, "bob", "", "x")}, accounts: []targets.Account{found("x", "ada", "")}, want: []string{"1 unclear by id: [0]", "2 unclear by id: [0]"}},
		{name: "the second attribute, where the first says nothing", attrs: []string{"email", "userName"}, owners: []plan.Owner{owner(1, "ada", "a@x", ""), owner(2, "bob", "b@x", "")}, accounts: []targets.Account{found("x", "ada", ""), found("y", "robert", "B@X")}, want: []string{"1 has 0", "2 has 1"}},
		{name: "two accounts of one key", attrs: []string{"email", "userName"}, owners: []plan.Owner{owner(1, "ada", "a@x", "")}, accounts: []targets.Account{found("x", "ada", "a@x"), found("y", "ada2", "a@x")}, want: []string{"1 unclear by email: [0 1]"}},
		{name: "two people of one key", attrs: []string{"email", "userName"}, owners: []plan.Owner{owner(2, "bob", "a@x", ""), owner(1, "ada", "a@x", "")}, accounts: []targets.Account{found("x", "ada", "a@x")}, want: []string{"1 unclear by email: [0]", "2 unclear by email: [0]"}},
		{name: "an empty key finds nobody", attrs: []string{"email"}, owners: []plan.Owner{owner(1, "ada", "", "")}, accounts: []targets.Account{found("x", "ada", "")}, want: []string{}},
		{name: "an account without an id", owners: []plan.Owner{owner(1, "bob", "", "")}, accounts: []targets.Account{found("", "ada", "")}, want: []string{}},
		{name: "no attributes", attrs: []string{}, owners: []plan.Owner{owner(1, "ada", "", "")}, accounts: []targets.Account{found("x", "ada", "")}, want: []string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			attrs := tt.attrs
			if attrs == nil {
				attrs = []string{identity.AttrUserName}
			}
			links, ambiguous := plan.Match(tt.owners, tt.accounts, attrs)
			got := []string{}
			for _, l := range links {
				got = append(got, fmt.Sprint(l.UserN, " has ", l.Account))
			}
			for _, a := range ambiguous {
				got = append(got, fmt.Sprint(a.UserN, " unclear by ", a.Attr, ": ", a.Accounts))
			}
			same(t, "match", got, tt.want)
		})
	}
}
