package document

import (
	"archive/zip"
	"bytes"
	"cmp"
	"io"
	"slices"
	"time"
)

// repack writes the archive's files in the order of their names and without times,
// so that the same document is the same file.
func repack(w io.Writer, archive []byte) error {
	in, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return err
	}
	slices.SortStableFunc(in.File, func(a, b *zip.File) int {
		if first := cmp.Compare(rank(a.Name), rank(b.Name)); first != 0 {
			return first
		}
		return cmp.Compare(a.Name, b.Name)
	})
	out := zip.NewWriter(w)
	for _, f := range in.File {
		f.Modified, f.ModifiedTime, f.ModifiedDate, f.Extra = time.Time{}, 0, 0, nil
		if err := out.Copy(f); err != nil {
			return err
		}
	}
	return out.Close()
}

// rank puts first what programs look for to know that it is a workbook.
func rank(name string) int {
	if name == "[Content_Types].xml" {
		return 0
	}
	return 1
}
