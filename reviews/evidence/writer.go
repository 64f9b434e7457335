package evidence

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"time"

	"birthright/audit"
)

// Writer makes an archive, one file after the other.
type Writer struct {
	zip   *zip.Writer
	bytes hash.Hash // of everything before the archive's own list of files
	at    time.Time
	files []File
}

// NewWriter begins an archive of a period that ends at until.
func NewWriter(out io.Writer, until time.Time) *Writer {
	w := &Writer{bytes: sha256.New(), at: until.UTC()}
	w.zip = zip.NewWriter(io.MultiWriter(out, w.bytes))
	return w
}

// Add lets fill write one file.
func (w *Writer) Add(name string, fill func(io.Writer) error) error {
	out, err := w.zip.CreateHeader(header(name, w.at))
	if err != nil {
		return err
	}
	m := &meter{sum: sha256.New()}
	if err := fill(io.MultiWriter(out, m)); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	w.files = append(w.files, m.file(name))
	return nil
}

// header is how every file stands in the archive.
func header(name string, at time.Time) *zip.FileHeader {
	h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at}
	if name == SumsFile {
		h.Method = zip.Store
	}
	h.SetMode(0o600)
	return h
}

// Rows lets fill write a file of one JSON object a line.
func (w *Writer) Rows(name string, fill func(put func(row any) error) error) error {
	return w.Add(name, func(out io.Writer) error {
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		return fill(encoder.Encode)
	})
}

// Close ends the archive with the manifest, to which it adds the files, and returns the
// manifest's sum.
func (w *Writer) Close(m Manifest) (audit.Hash, error) {
	m.Format, m.Files = Format, w.files
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return audit.Hash{}, err
	}
	text = append(text, '\n')
	if err := w.Add(ManifestFile, put(text)); err != nil {
		return audit.Hash{}, err
	}
	if err := w.Add(SumsFile, put(sums(w.files))); err != nil {
		return audit.Hash{}, err
	}
	if err := seal(w.zip, w.bytes); err != nil {
		return audit.Hash{}, err
	}
	return sha256.Sum256(text), nil
}

// seal closes the archive with the sum of its bytes as its comment: what is packed has
// a few bits that unpacking does not look at. The last file is not packed, so that all
// of it is out when the sum is taken.
func seal(z *zip.Writer, sum hash.Hash) error {
	if err := z.Flush(); err != nil {
		return err
	}
	if err := z.SetComment(fmt.Sprintf("sha256 %x", sum.Sum(nil))); err != nil {
		return err
	}
	return z.Close()
}

func put(text []byte) func(io.Writer) error {
	return func(out io.Writer) error {
		_, err := out.Write(text)
		return err
	}
}

// sums is the list that sha256sum checks.
func sums(files []File) []byte {
	var b bytes.Buffer
	for _, f := range files {
		fmt.Fprintf(&b, "%s  %s\n", f.SHA256, f.Name)
	}
	return b.Bytes()
}

// meter measures what goes through it.
type meter struct {
	sum         hash.Hash
	bytes, rows int64
}

func (m *meter) Write(p []byte) (int, error) {
	m.bytes += int64(len(p))
	m.rows += int64(bytes.Count(p, []byte("\n")))
	return m.sum.Write(p)
}

func (m *meter) file(name string) File {
	f := File{Name: name, Bytes: m.bytes, Rows: m.rows}
	m.sum.Sum(f.SHA256[:0])
	return f
}
