package document

import "path"

// Standing is what the log says of a file.
type Standing string

// The standings of a file.
const (
	// Genuine files are byte for byte what the log names.
	Genuine Standing = "genuine"
	// Altered files are called like one that the log names, and are another.
	Altered Standing = "altered"
	// Unknown files are named nowhere.
	Unknown Standing = "unknown"
)

// Verdict is the answer about one file.
type Verdict struct {
	Standing Standing
	// SHA256 is the digest of the file that was asked about.
	SHA256 string
	// Event is the place of the manifest among the details, -1 if there is none:
	// the first that names the file, or for an altered one the latest that names
	// one called so.
	Event int
	// Report is that manifest, Logged the file as it names it.
	Report Manifest
	Logged Sealed
}

// Check says whether the file is one that the log names. Details are those of the
// log's events in their order; what is no manifest among them is passed over, so
// that a whole log can be handed in. The name only tells an altered file from an
// unknown one; "" is a file without a name.
//
// The verdict is as good as the log: whether its chain is whole is audit.Verify's to
// say, and to be asked first.
func Check(name string, file []byte, details []map[string]any) Verdict {
	return CheckDigest(name, Digest(file), details)
}

// CheckDigest is Check for a file whose digest is known, as from a Seal.
func CheckDigest(name, digest string, details []map[string]any) Verdict {
	out := Verdict{Standing: Unknown, SHA256: digest, Event: -1}
	for i, detail := range details {
		m, is := ReadManifest(detail)
		if !is {
			continue
		}
		for _, f := range m.Files {
			if f.SHA256 == digest {
				return Verdict{Genuine, digest, i, m, f}
			}
			if name != "" && path.Base(f.Name) == path.Base(name) {
				out = Verdict{Altered, digest, i, m, f}
			}
		}
	}
	return out
}
