package evidence

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"birthright/audit"
)

// Fault is one thing that is not as it was when the archive was made.
type Fault struct {
	File string `json:"file"`
	Line int64  `json:"line,omitempty"`
	What string `json:"what"`
}

// Verdict is the outcome of a verification.
type Verdict struct {
	OK bool `json:"ok"`
	// Manifest is the sum of the manifest: the hub's audit log has it in the event
	// evidence.made.
	Manifest audit.Hash `json:"manifest_sha256"`
	From     time.Time  `json:"from"`
	Until    time.Time  `json:"until"`
	Files    int        `json:"files"`
	Rows     int64      `json:"rows"`
	NotRead  []string   `json:"targets_not_read"`
	Faults   []Fault    `json:"faults"`
	// More is how many faults there are beyond those told.
	More int `json:"more_faults"`
}

// toldFaults is how many faults are told.
const toldFaults = 100

// maxManifest bounds a manifest that is read, in bytes.
const maxManifest = 64 << 20

// Verify checks an archive with nothing else at hand. An error means that it cannot be
// read at all, or is no such archive.
//
// It proves that the archive is as it was made, and that it agrees with its part of the
// audit log. That it was made by the hub, and not anew by somebody else, is seen by
// comparing the manifest's sum with the one in the hub's log.
func Verify(in io.ReaderAt, size int64) (Verdict, error) {
	z, err := zip.NewReader(in, size)
	if err != nil {
		return Verdict{}, fmt.Errorf("it is no evidence archive, or is cut off: %w", err)
	}
	c := &checker{zip: z, byName: map[string]*zip.File{}, verdict: Verdict{Faults: []Fault{}, NotRead: []string{}}}
	for _, f := range z.File {
		if c.byName[f.Name] != nil {
			c.fault(f.Name, 0, "it is in the archive twice")
		}
		c.byName[f.Name] = f
	}
	if err := c.readManifest(); err != nil {
		return Verdict{}, err
	}
	c.archive(in, size)
	c.files()
	c.content()
	c.verdict.OK = len(c.verdict.Faults) == 0
	return c.verdict, nil
}

type checker struct {
	zip      *zip.Reader
	byName   map[string]*zip.File
	manifest Manifest
	verdict  Verdict
}

func (c *checker) fault(file string, line int64, format string, args ...any) {
	if len(c.verdict.Faults) == toldFaults {
		c.verdict.More++
		return
	}
	c.verdict.Faults = append(c.verdict.Faults, Fault{file, line, fmt.Sprintf(format, args...)})
}

func (c *checker) readManifest() error {
	f := c.byName[ManifestFile]
	if f == nil || f.UncompressedSize64 > maxManifest {
		return errors.New("it is no evidence archive: it has no " + ManifestFile)
	}
	text, err := read(f, maxManifest)
	if err != nil {
		return fmt.Errorf("%s: %w", ManifestFile, err)
	}
	if err := exactly(text, &c.manifest); err != nil || c.manifest.Format != Format {
		return fmt.Errorf("it is no evidence archive of the form %s: %w", Format, errors.Join(err, errForm))
	}
	v := &c.verdict
	v.Manifest, v.From, v.Until = sha256.Sum256(text), c.manifest.From, c.manifest.Until
	v.NotRead = append(v.NotRead, c.manifest.NotRead...)
	if !v.From.Before(v.Until) {
		c.fault(ManifestFile, 0, "its period ends before it begins")
	}
	return nil
}

var errForm = errors.New("its manifest is not as it is written")

// exactly decodes text that has nothing but what into has.
func exactly(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more than one object")
	}
	return nil
}

func read(f *zip.File, most int64) ([]byte, error) {
	in, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return io.ReadAll(io.LimitReader(in, most))
}

// archive sees that the archive is, byte for byte, one that a Writer made of these
// packed files.
func (c *checker) archive(in io.ReaderAt, size int64) {
	same := &comparer{in: io.NewSectionReader(in, 0, size)}
	sum := sha256.New()
	w := zip.NewWriter(io.MultiWriter(same, sum))
	for _, f := range c.zip.File {
		if !asWritten(&f.FileHeader, c.manifest.Until) {
			c.fault(f.Name, 0, "what the archive says of it was changed")
		}
		if err := w.Copy(f); err != nil {
			c.fault(f.Name, 0, "it cannot be read: %v", err)
			return
		}
	}
	if err := seal(w, sum); err != nil || !same.whole(size) {
		c.fault("", 0, "the archive is not, byte for byte, as it was made")
	}
}

// asWritten reports whether an archive says of a file what a Writer says of it. Copying
// takes over the rest, which the comparison finds.
func asWritten(f *zip.FileHeader, at time.Time) bool {
	want := header(f.Name, at)
	method := want.Method
	want.Method = zip.Store                                                 // a compressor is costly, and nothing else depends on it
	if _, err := zip.NewWriter(io.Discard).CreateHeader(want); err != nil { // it fills in the rest
		return false
	}
	return f.Method == method && f.ExternalAttrs == want.ExternalAttrs && f.Comment == "" && f.Flags == want.Flags &&
		f.CreatorVersion == want.CreatorVersion && f.ReaderVersion == want.ReaderVersion && bytes.Equal(f.Extra, want.Extra)
}

// comparer takes what should stand in a file.
type comparer struct {
	in      io.Reader
	buffer  []byte
	seen    int64
	differs bool
}

func (d *comparer) Write(p []byte) (int, error) {
	if cap(d.buffer) < len(p) {
		d.buffer = make([]byte, len(p))
	}
	have := d.buffer[:len(p)]
	if _, err := io.ReadFull(d.in, have); err != nil || !bytes.Equal(have, p) {
		d.differs = true
	}
	d.seen += int64(len(p))
	return len(p), nil
}

func (d *comparer) whole(size int64) bool { return !d.differs && d.seen == size }

// files compares every file with the manifest, and the manifest with the sums.
func (c *checker) files() {
	known := map[string]bool{ManifestFile: true, SumsFile: true}
	for _, want := range c.manifest.Files {
		known[want.Name] = true
		f := c.byName[want.Name]
		if f == nil {
			c.fault(want.Name, 0, "it is missing")
			continue
		}
		have, err := measure(f)
		c.verdict.Files++
		c.verdict.Rows += have.Rows
		switch {
		case err != nil:
			c.fault(want.Name, 0, "it cannot be read: %v", err)
		case have.Rows != want.Rows:
			c.fault(want.Name, 0, "it has %d lines, and had %d", have.Rows, want.Rows)
		case have != want:
			c.fault(want.Name, 0, "it was changed: its SHA-256 is %s, and was %s", have.SHA256, want.SHA256)
		}
	}
	for _, f := range c.zip.File {
		if !known[f.Name] {
			c.fault(f.Name, 0, "the manifest does not know it")
		}
	}
	for _, name := range append(Tables(), ReadmeFile) {
		if !known[name] {
			c.fault(name, 0, "the manifest does not have it")
		}
	}
	c.sums()
}

func (c *checker) sums() {
	f := c.byName[SumsFile]
	if f == nil {
		c.fault(SumsFile, 0, "it is missing")
		return
	}
	manifest, _ := measure(c.byName[ManifestFile]) // it was read before
	have, err := read(f, maxManifest)
	if err != nil || !bytes.Equal(have, sums(append(c.manifest.Files, manifest))) {
		c.fault(SumsFile, 0, "it does not say what the manifest says")
	}
}

func measure(f *zip.File) (File, error) {
	in, err := f.Open()
	if err != nil {
		return File{Name: f.Name}, err
	}
	defer in.Close()
	m := &meter{sum: sha256.New()}
	_, err = io.Copy(m, in)
	return m.file(f.Name), err
}
