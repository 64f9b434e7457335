package store

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
)

// pack makes what is kept whole and seldom read small: policies repeat
// themselves, and each version has all of its text.
func pack(v any) ([]byte, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	return b.Bytes(), nil
}

// unpack reads what pack made.
func unpack[T any](packed []byte) (v T, err error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err == nil {
		err = json.NewDecoder(r).Decode(&v)
	}
	if err != nil {
		return v, fmt.Errorf("unpack: %w", err)
	}
	return v, nil
}
