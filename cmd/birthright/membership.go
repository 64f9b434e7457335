package main

import (
	"birthright/hub"
	"birthright/identity"
)

// becauseOf tells in one line why a membership is held.
func becauseOf(views []hub.Cause) string {
	causes := make([]identity.Cause, len(views))
	for i, v := range views {
		causes[i] = v.Cause
	}
	return because(causes)
}

// under is the version of the policy that gave a membership, "" where that was
// not kept: all its causes have the same one.
func under(views []hub.Cause) string {
	if len(views) == 0 {
		return ""
	}
	return views[0].Version
}
