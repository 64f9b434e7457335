// Package facts reads shifts and tickets from a file that people or a script
// keep, here or at an address: YAML, JSON or CSV.
//
//	file, or page unless its ETag says "as it was" ─▶ rows with their places ─▶ facts, or every fault with file:line:column
//
// The file is read whole before anything is told; with one fault in it nothing is.
// It is the context source for whatever has no adapter of its own: write what is
// so into a file, and rename it into place.
package facts
