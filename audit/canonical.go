package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// errNotCanonical tells of text that means a record but is not written as the
// log writes it.
var errNotCanonical = errors.New("it is not in canonical form")

// normalised returns the event as it can be stored and read back without loss:
// UTC microseconds, valid text, and detail that is plain JSON, which is returned
// as text too.
func (e Event) normalised() (Event, string, error) {
	e.At = e.At.UTC().Truncate(time.Microsecond)
	for _, text := range []*string{&e.Actor, &e.Action, &e.Subject, &e.Run} {
		*text = clean(*text)
	}
	if len(e.Detail) == 0 {
		e.Detail = nil
		return e, "", nil
	}
	text, err := encode(e.Detail)
	if err == nil && !plain(e.Detail) {
		// Its own types may write keys in any order: read them back as maps.
		e.Detail = nil
		if err = decode(text, &e.Detail); err == nil {
			text, err = encode(e.Detail)
		}
	}
	if err != nil {
		return e, "", fmt.Errorf("audit event %s: detail: %w", e.Action, err)
	}
	return e, string(text), nil
}

// plain reports whether v is made of values that are encoded in one way only:
// no types of its own, and no broken text, which is mended when it is encoded.
func plain(v any) bool {
	switch v := v.(type) {
	case nil, bool, int, int64, float64:
		return true
	case string:
		return utf8.ValidString(v)
	case []string:
		return !slices.ContainsFunc(v, func(one string) bool { return !utf8.ValidString(one) })
	case map[string]any:
		for key, one := range v {
			if !utf8.ValidString(key) || !plain(one) {
				return false
			}
		}
		return true
	}
	return false
}

// DetailText is the canonical JSON of a detail, "" for none.
func DetailText(detail map[string]any) (string, error) {
	if len(detail) == 0 {
		return "", nil
	}
	text, err := encode(detail)
	return string(text), err
}

// ParseDetail reads what DetailText writes, and nothing else: text that says
// the same in another way is an error, so that no byte of it can be changed
// unseen.
func ParseDetail(text string) (map[string]any, error) {
	if text == "" {
		return nil, nil
	}
	var detail map[string]any
	if err := decode([]byte(text), &detail); err != nil {
		return nil, err
	}
	if again, err := DetailText(detail); err != nil || again != text {
		return nil, errNotCanonical
	}
	return detail, nil
}

// covered is an event as its hash covers it: the keys in this order, those of
// the detail sorted, nothing escaped that need not be. It is what Event gives as
// JSON, with the detail written already.
type covered struct {
	Seq     int64           `json:"seq"`
	At      time.Time       `json:"at"`
	Actor   string          `json:"actor"`
	Action  string          `json:"action"`
	Subject string          `json:"subject"`
	Run     string          `json:"run,omitempty"`
	Detail  json.RawMessage `json:"detail,omitempty"`
}

// canonical is the bytes of the event that its hash covers.
func canonical(e Event, detail string) ([]byte, error) {
	return encode(covered{e.Seq, e.At, e.Actor, e.Action, e.Subject, e.Run, json.RawMessage(detail)})
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// decode keeps numbers as they are written and takes one value, no more.
func decode(text []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errNotCanonical
	}
	return nil
}

// clean makes text that every database can hold: valid UTF-8 without NUL.
func clean(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}
