// Package mysql is `kind: mysql`: people's accounts on a MariaDB or MySQL server,
// and the roles that they hold.
//
//	Read   the server's own tables ─▶ roles: entitlements, role/NAME
//	                               ├▶ everybody else: accounts
//	                               └▶ who holds what: direct, and through roles in roles: indirect
//	Apply  look up all that is named ─▶ one statement after the other ─▶ look again: is it so?
//
// An account is a user and the host that it comes from; that pair is its id, for the
// servers have no other. A hub's user is the one at the configured host, % if nothing
// is said. Renaming gives an account another id, which the result tells.
//
// A role that is granted is not yet active: only default roles are when somebody logs
// in. So a default role is kept up with what is granted, one on MariaDB, which knows
// no more, and all on MySQL.
//
// Statements about accounts cannot be undone, and one that fails undoes no other: each
// op is made true by itself and looked at again at the end. One whose answer did not
// come is unknown, and what had not been sent then is unreachable.
//
// What speaks SQL is behind one interface, session. One implementation talks to a
// server in the server's dialect; the other is a model for `simulate: true`.
//
// root, the servers' own accounts, PUBLIC and the account that the hub connects as are
// neither shown nor changed; whoever has SUPER is shown and never changed.
package mysql
