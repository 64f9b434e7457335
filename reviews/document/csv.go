package document

import (
	"encoding/csv"
	"io"

	"birthright/internal/spreadsheet"
)

// CSV writes a table as RFC 4180 says, a row at a time. Its header are the columns'
// names; rows that were left out before are not told of, since a CSV has no place
// for it.
func CSV(w io.Writer, t Table) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	record := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		record[i] = spreadsheet.Defused(clean(c.Name))
	}
	if err := out.Write(record); err != nil {
		return err
	}
	_, err := t.each(0, func(row []Cell) error {
		for i, c := range row {
			record[i] = c.Plain()
			if c.kind == KindText {
				record[i] = spreadsheet.Defused(record[i])
			}
		}
		if len(record) == 1 && record[0] == "" {
			return blank(w, out)
		}
		return out.Write(record)
	})
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// blank writes a row of one empty cell: without quotes it would be an empty line,
// which readers skip.
func blank(w io.Writer, out *csv.Writer) error {
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\"\"\r\n")
	return err
}
