package sourcetest

import "slices"

// Cases returns the whole contract in reading order.
func Cases() []Case {
	return slices.Concat(tellingCases(), keyCases(), endingCases(), mannerCases())
}
