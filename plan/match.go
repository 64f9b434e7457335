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
	// Account is the wanted account, normalised: its name and attributes are
	// what accounts on the target are compared with.
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
	Attr     string
	Accounts []string // names, sorted
}

// Match finds each user's account. A link by immutable id wins and survives
// renames; after that the attributes are tried in order, and the first one that
// finds exactly one account nobody else has wins. One that finds several ends
// the search for that user: guessing gives somebody another person's access.
// Links are ordered by user.
func Match(owners []Owner, accounts []targets.Account, attrs []string) ([]Link, []Ambiguity) {
	m := matcher{accounts: accounts, taken: make([]bool, len(accounts))}
	links := make([]Link, 0, len(owners))
	open := make([]Owner, 0)
	byID := make(map[string]int, len(accounts))
	for i, a := range accounts {
		byID[a.ID] = i
	}
	for _, o := range owners {
		if i, ok := byID[o.LinkedID]; ok && o.LinkedID != "" {
			links = append(links, Link{UserN: o.UserN, Account: i})
			m.taken[i] = true
		} else {
			open = append(open, o)
		}
	}
	var ambiguous []Ambiguity
	for _, attr := range attrs {
		if len(open) == 0 {
			break
		}
		var found []Link
		var unclear []Ambiguity
		found, unclear, open = m.by(attr, open)
		links = append(links, found...)
		ambiguous = append(ambiguous, unclear...)
	}
	slices.SortFunc(links, func(a, b Link) int { return cmp.Compare(a.UserN, b.UserN) })
	return links, ambiguous
}

type matcher struct {
	accounts []targets.Account
	taken    []bool
}

// by links the owners that attr finds; rest are those it says nothing about.
func (m *matcher) by(attr string, owners []Owner) (links []Link, ambiguous []Ambiguity, rest []Owner) {
	index := make(map[string][]int, len(m.accounts))
	for i, a := range m.accounts {
		if v := matchValue(a, attr); v != "" && !m.taken[i] {
			index[v] = append(index[v], i)
		}
	}
	claims := map[int]int{}
	for _, o := range owners {
		if hits := index[matchValue(o.Account, attr)]; len(hits) == 1 {
			claims[hits[0]]++
		}
	}
	for _, o := range owners {
		hits := index[matchValue(o.Account, attr)]
		switch {
		case len(hits) == 0:
			rest = append(rest, o)
		case len(hits) == 1 && claims[hits[0]] == 1:
			links = append(links, Link{UserN: o.UserN, Account: hits[0]})
			m.taken[hits[0]] = true
		default:
			ambiguous = append(ambiguous, Ambiguity{UserN: o.UserN, Attr: attr, Accounts: m.names(hits)})
		}
	}
	return links, ambiguous, rest
}

func (m *matcher) names(indexes []int) []string {
	var out []string
	for _, i := range indexes {
		out = append(out, m.accounts[i].Name)
	}
	slices.Sort(out)
	return out
}

// matchValue is what accounts are compared by, without letter case; userName
// means the account's name.
func matchValue(a targets.Account, attr string) string {
	if attr == identity.AttrUserName {
		return strings.ToLower(a.Name)
	}
	return strings.ToLower(a.Attributes.First(attr))
}
