package document

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"io"
	"time"

	"birthright/internal/duration"
)

// Action is what the audit log calls the event that names a report's files; its
// detail is a Manifest's.
const Action = "report.written"

// Digest is the hex SHA-256 of a file.
func Digest(file []byte) string {
	sum := sha256.Sum256(file)
	return hex.EncodeToString(sum[:])
}

// Seal passes on what is written, and knows its digest and size at the end: a file
// of any size is sealed while it is written.
type Seal struct {
	to    io.Writer
	sum   hash.Hash
	bytes int64
}

// NewSeal seals what is written to w.
func NewSeal(w io.Writer) *Seal { return &Seal{to: w, sum: sha256.New()} }

// Write writes to what is sealed.
func (s *Seal) Write(p []byte) (int, error) {
	n, err := s.to.Write(p)
	s.sum.Write(p[:n]) // a hash never fails
	s.bytes += int64(n)
	return n, err
}

// File is the written file as a manifest names it.
func (s *Seal) File(name string) Sealed {
	return Sealed{Name: name, Bytes: s.bytes, SHA256: hex.EncodeToString(s.sum.Sum(nil))}
}

// Manifest says what a report was made of, and which files it became.
type Manifest struct {
	Report string    `json:"report"` // its id
	Kind   string    `json:"kind"`   // "creep"
	MadeAt time.Time `json:"made_at"`
	Policy string    `json:"policy"` // the version in force
	Inputs []Input   `json:"inputs"`
	Files  []Sealed  `json:"files"`
}

// Input is what was known of a target.
type Input struct {
	Target string `json:"target"`
	// ReadAt is when the read that was used began; zero for a target never read.
	ReadAt time.Time `json:"read_at,omitzero"`
	// Complete is false for a target that was read in part, or not at all.
	Complete bool `json:"complete"`
}

// Sealed is a file with its digest.
type Sealed struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Detail is the manifest as the detail of an audit event. Ages are in it beside the
// times, for whoever reads the log without a calculator.
func (m Manifest) Detail() map[string]any {
	inputs, files := make([]any, len(m.Inputs)), make([]any, len(m.Files))
	for i, in := range m.Inputs {
		one := map[string]any{"target": clean(in.Target), "complete": in.Complete}
		if !in.ReadAt.IsZero() {
			one["read_at"] = stamp(in.ReadAt)
			one["age_seconds"] = int64(m.MadeAt.Sub(in.ReadAt) / time.Second)
		}
		inputs[i] = one
	}
	for i, f := range m.Files {
		files[i] = map[string]any{"name": clean(f.Name), "bytes": f.Bytes, "sha256": f.SHA256}
	}
	return map[string]any{
		"report": clean(m.Report), "kind": clean(m.Kind), "made_at": stamp(m.MadeAt), "policy": clean(m.Policy), "inputs": inputs, "files": files,
	}
}

// ReadManifest reads the detail of an event, as made by Detail or as read back from
// an exported log. It reports false for what is no manifest.
func ReadManifest(detail map[string]any) (Manifest, bool) {
	var m Manifest
	if detail["report"] == nil || detail["files"] == nil {
		return m, false // almost every event of a log
	}
	text, err := json.Marshal(detail)
	if err != nil || json.Unmarshal(text, &m) != nil {
		return Manifest{}, false
	}
	return m, m.Report != "" && len(m.Files) > 0
}

// Facts are what every form of the report says of itself: its id, by which the log
// names it, and how old its input was.
func (m Manifest) Facts() []Fact {
	out := []Fact{{"Report", Text(m.Report)}, {"Policy version", Text(m.Policy)}}
	for _, in := range m.Inputs {
		out = append(out, Fact{"Read of " + in.Target, Text(in.told(m.MadeAt))})
	}
	return out
}

func (in Input) told(made time.Time) string {
	if in.ReadAt.IsZero() {
		return "never read"
	}
	age := max(0, made.Sub(in.ReadAt).Truncate(time.Second))
	text := day(in.ReadAt.UTC()) + " UTC, " + duration.Format(age) + " before"
	if !in.Complete {
		text += ", in part"
	}
	return text
}

func stamp(at time.Time) string { return at.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano) }
