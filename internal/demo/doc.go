// Package demo is the show: the whole main job on one machine with nothing
// installed, told as a story that a person can follow in a minute.
//
//	world.go  the company's two systems, in this process and over real sockets:
//	          a SCIM application and an LDAP directory, and the hub between
//	          them and the identity provider
//	idp.go    the identity provider: a real HTTP client of the hub's SCIM endpoint
//	story.go  what happens, scene by scene, with the figures seen; fortime.go and
//	          creep.go are two scenes of it
//	tell.go   how it is told
//
// Everything that is shown is measured while it happens: the scenes go through
// the same code as any other user of the hub and look at the systems themselves
// to see what came of it.
package demo
