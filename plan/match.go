package plan

import (
	"cmp"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/targets"
)

// Owner is one user as far as finding an account goes.
type Owner struct {
	UserN int64
	// Account has the name and attributes that accounts on the target are
	// compared with.
	Account targets.Account
	// LinkedID is the immutable id of the account that was linked before, ""
	// when none was.
	LinkedID string
}

// Link says that an account belongs to a user.
type Link struct {
	UserN   int64
	Account int // index into the accounts given to Match
}

// Ambiguity is a user for whom a key finds more than one account, or an account
// that more than one user claims.
type Ambiguity struct {
	UserN    int64
	Attr     string // the attribute; AttrID for a linked account
	Accounts []int  // indexes into the accounts given to Match, ascending
}

// AttrID stands in an Ambiguity for the immutable id of an account.
const AttrID = "id"

// Match finds each user's account. A link by immutable id wins and survives
// renames; after that the attributes are tried in order, and the first one that
// finds exactly one account nobody else has wins. One that finds several ends
// the search for that user: guessing gives somebody another person's access.
// Links and ambiguities are ordered by user.
func Match(owners []Owner, accounts []targets.Account, attrs []string) ([]Link, []Ambiguity) {
	m := matcher{accounts: accounts, taken: make([]bool, len(accounts)), links: make([]Link, 0, len(owners))}
	open := m.pass(AttrID, owners, accountID, func(o Owner) string { return o.LinkedID })
	for _, attr := range attrs {
		value := func(a targets.Account) string { return matchValue(a, attr) }
		open = m.pass(attr, open, value, func(o Owner) string { return value(o.Account) })
	}
	slices.SortFunc(m.links, func(a, b Link) int { return cmp.Compare(a.UserN, b.UserN) })
	slices.SortFunc(m.ambiguous, func(a, b Ambiguity) int { return cmp.Compare(a.UserN, b.UserN) })
	return m.links, m.ambiguous
}

type matcher struct {
	accounts  []targets.Account
	taken     []bool
	links     []Link
	ambiguous []Ambiguity
}

// pass compares what of reads from accounts with what wanted reads from owners,
// and returns the owners of whom that says nothing.
func (m *matcher) pass(attr string, owners []Owner, of func(targets.Account) string, wanted func(Owner) string) (rest []Owner) {
	if len(owners) == 0 {
		return nil
	}
	index := make(map[string][]int, len(m.accounts))
	for i, a := range m.accounts {
		if v := of(a); v != "" && !m.taken[i] {
			index[v] = append(index[v], i)
		}
	}
	claims := make(map[string]int, len(owners))
	for _, o := range owners {
		claims[wanted(o)]++
	}
	for _, o := range owners {
		value := wanted(o)
		hits := index[value]
		switch {
		case len(hits) == 0:
			rest = append(rest, o)
		case len(hits) == 1 && claims[value] == 1:
			m.links = append(m.links, Link{UserN: o.UserN, Account: hits[0]})
			m.taken[hits[0]] = true
		default:
			m.ambiguous = append(m.ambiguous, Ambiguity{UserN: o.UserN, Attr: attr, Accounts: hits})
		}
	}
	return rest
}

func accountID(a targets.Account) string { return a.ID }

// matchValue is what accounts are compared by, without letter case; userName
// means the account's name.
func matchValue(a targets.Account, attr string) string {
	if attr == identity.AttrUserName {
		return strings.ToLower(a.Name)
	}
	return strings.ToLower(a.Attributes.First(attr))
}
