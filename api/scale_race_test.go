//go:build race

package api_test

// wholeMatrix says that every cell of the generated matrix is tried: not under the race
// detector, which makes it many times slower and finds nothing in it.
const wholeMatrix = false
