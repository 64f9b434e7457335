package facts

import (
	"strconv"

	"birthright/internal/strictyaml"
)

// readYAML reads a list of rows from YAML, and so from JSON.
func readYAML(file string, data []byte) ([]row, error) {
	node, faults := strictyaml.Parse(file, data)
	if node == nil && len(faults) == 0 {
		return nil, empty(file, "[]")
	}
	var rows []row
	positions := strictyaml.NewPositions(file)
	if faults = append(faults, positions.Decode("", node, &rows)...); len(faults) > 0 {
		return nil, faults.Sorted()
	}
	for i := range rows {
		path := strictyaml.Index("", i)
		rows[i].at = func(key string) strictyaml.Position {
			if at, ok := positions.At(strictyaml.Join(path, key)); ok && key != "" {
				return at
			}
			at, _ := positions.At(path)
			return at
		}
	}
	return rows, nil
}

// empty is the fault of a file that says nothing: somebody who means that nobody
// has anything must say so.
func empty(file, instead string) strictyaml.Faults {
	return strictyaml.Faults{{File: file, Line: 1, Column: 1, Message: "the file is empty: where there are no shifts and tickets, write " + instead}}
}

func itoa(n int) string { return strconv.Itoa(n) }

func quoted(text string) string { return strconv.Quote(text) }
