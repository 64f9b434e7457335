//go:build !race

package console_test

// wholeMatrix says that every cell of the generated matrix is tried.
const wholeMatrix = true
