package store

import (
	"context"
	"time"
)

// mostPeers bounds how many colleagues are looked at for one person.
const mostPeers = 2000

// Peers is how usual a group is among the colleagues of a user: those who are active in
// the same department and team.
type Peers struct {
	// All are the others there, and Have how many of them are in the group. Of more than
	// 2,000 it is said of 2,000.
	All, Have int
}

// PeersOf returns how usual groups are among colleagues: of is pairs of a user's and a
// group's number. Its cost is that of the teams.
func (tx *Tx) PeersOf(ctx context.Context, of [][2]int64) (map[[2]int64]Peers, error) {
	out := make(map[[2]int64]Peers, len(of))
	err := tx.each(ctx, func(row scanner) error {
		var pair [2]int64
		var p Peers
		err := row.Scan(&pair[0], &pair[1], &p.All, &p.Have)
		out[pair] = p
		return err
	}, `WITH asked (user_n, group_n) AS (SELECT * FROM {pairs} AS given)
		SELECT asked.user_n, asked.group_n,
			(SELECT count(*) FROM (SELECT p.n FROM users p
				WHERE p.department = u.department AND p.team = u.team AND p.state = 'active' AND p.n <> u.n LIMIT ?) AS peers),
			(SELECT count(*) FROM (SELECT p.n FROM users p
				WHERE p.department = u.department AND p.team = u.team AND p.state = 'active' AND p.n <> u.n LIMIT ?) AS peers
				JOIN memberships m ON m.user_n = peers.n AND m.group_n = asked.group_n)
		FROM asked JOIN users u ON u.n = asked.user_n WHERE u.department <> '' OR u.team <> ''`, pairs(of), mostPeers, mostPeers)
	return out, err
}

// Asked is how often a user's requests for a group ended in one way, and when last.
type Asked struct {
	UserN   int64
	Group   string
	Outcome string
	Times   int
	Last    time.Time
}

// AskedBefore returns how requests of some users for some groups ended, extensions and
// emergencies among them.
func (tx *Tx) AskedBefore(ctx context.Context, userNs []int64, groups []string) ([]Asked, error) {
	return list(ctx, tx, func(row scanner) (a Asked, err error) {
		var last int64
		err = row.Scan(&a.UserN, &a.Group, &a.Outcome, &a.Times, &last)
		a.Last = instant(last)
		return a, err
	}, `SELECT user_n, group_name, outcome, count(*), max(decided_at) FROM requests
		WHERE user_n IN {numbers} AND group_name IN {texts} AND outcome <> ''
		GROUP BY user_n, group_name, outcome ORDER BY user_n, group_name, outcome`, numbers(userNs), texts(groups))
}
