// Package moves reads a reorganisation: which attributes of which people are to
// be others. It is a list for a question (what would that do?), and changes nobody.
//
//	CSV    userName,department,team        one row a person; an empty cell is
//	       ada,Payments,-                  unchanged, - takes the attribute away
//
//	YAML   - {user: ada, set: {department: Payments, team: "-"}}
//	       - {where: 'user.team == "Ledger"', set: {team: Billing}}
//
// Every fault is told at once, with file, line and column. Who the people are is
// left to whoever applies the moves.
package moves
