// Package procgroup ends a command of somebody else's together with all that it
// started: what a shell or a script left running would go on with what it was given.
package procgroup
