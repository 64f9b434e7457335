// Package spreadsheet keeps what people wrote from being run by the program that opens
// a table of it.
package spreadsheet

import (
	"strings"
	"unicode/utf8"
)

// Defused keeps a spreadsheet from taking a text for a formula (CSV injection: OWASP).
// Some of them take the wide forms of the signs for the signs, and skip blank space
// before them. What could not be taken so stays as it is.
func Defused(text string) string {
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(text, " \u00a0"))
	if text != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + text
	}
	return text
}

// DefusedRow does so with the cells of a row, in place.
func DefusedRow(cells []string) []string {
	for i, cell := range cells {
		cells[i] = Defused(cell)
	}
	return cells
}
