// Package population keeps many people by what conditions read of them, so that
// a question about all of them is answered by set algebra instead of by asking
// one after the other.
//
//	users ─Put→ columns: one for each reading
//	              values, numbered        "Engineering" is 3
//	              codes, by user          user 17 has 3
//	              postings, by code       3 is had by users {2, 17, 40 …}
//
// A [Reading] is what a condition can ask of a person: the first value of an
// attribute, all of its values, the groups that sources put the person in. What
// is absent has the empty value, which is a value like every other: a column
// covers everybody, and a set and its complement are always the whole. That is
// what keeps "is not" from meaning one thing here and another in a condition.
//
// Only people who get what rules say, the active ones, are in postings. Those
// before their first day are kept beside them, and everybody else not at all.
//
// It decides nothing and knows no policy; package rules asks it.
package population
