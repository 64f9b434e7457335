// Command peers holds the hub against programs that others wrote, each from
// PyPI or npm and at a pinned version (requirements.txt, scimmy/package-lock.json):
//
//	scim2-server   a SCIM application: our targets/scim fills it and empties it
//	scimmy-routers the same in JavaScript; it has a member twice that is added twice
//	scim2-tester   a SCIM conformance tester: runs against `birthright serve`
//	ldap3          an LDAP client: reads what our targets/ldap wrote to a real slapd
//	moto           an AWS: our targets/aws fills it, through a layer as slow and strict as AWS
//
// axe-core looks at the pages of the console: that is e2e/console, which
// scripts/peers calls with its script (axe/package-lock.json).
//
// scripts/peers sets up Python and Node and calls it; `make peers` calls that. The hub is
// the real binary in a folder of its own, with the sample company's people in a
// CSV file. What a peer holds is compared with what the hub says each user
// should have, pair by pair:
//
//	company.go  the hub's folder, and what follows from it
//	app.go      scim2-server: filled, nothing to do, a mover, nothing to do, a leaver, nothing to do
//	scimmy.go   the same on scimmy-routers, where nobody may be a member twice
//	cloud.go    the same on moto; cloudlayer.go is what moto lacks
//	tree.go     the same on slapd, read by ldap3
//	tester.go   the table of scim2-tester, with the exceptions known today
//	process.go  programs that are started and stopped
//
// Each peer ends with a plain line; the exit code is 1 where one of them failed.
package main
