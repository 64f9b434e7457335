// Package store keeps the nouns: records, users, groups, memberships, facts, what
// is remembered of targets, changes, work to do, what is held, tokens and the
// audit log, in SQLite or in PostgreSQL.
//
//	Open ─→ DB ─ View   ─→ Tx   reads, one consistent snapshot
//	           └ Update ─→ Tx   reads and writes, one transaction, one time
//	                        └─ the events of every deed, chained, at commit
//
// It owns the tables' meaning, the numbers n that sets and pairs are made of,
// and the promise that a deed and its audit event are written together or not
// at all. It decides nothing: what to save is the business of its callers. The
// schema itself is in package migrations.
//
// # Writers
//
// Updates run one after the other, on SQLite as on PostgreSQL and across
// processes: what an Update reads stays true until it commits. So it should be
// short, and must not wait for anything but the database. Views run beside it.
// Updates that wait at the same time are made durable by one commit (shared.go):
// each is whole or leaves no trace, and returns once the commit is done.
//
// # Text
//
// Text with NUL bytes or broken UTF-8 is refused with kind Invalid, and never
// found. User names, group names and e-mail addresses are looked up without
// letter case, in the sense of strings.EqualFold.
//
// # How it is built
//
// bun writes the queries that vary and those of the small tables. What is done
// for whole populations goes through statement.go and bulk.go: bound arguments,
// many rows in a statement, one scan loop. Both kinds of database pass the
// contract in storetest.
package store
