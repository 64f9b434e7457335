//go:build race

package targettest

// raced is true where the race detector watches: what is long and has nothing at once
// is asked without it.
const raced = true
