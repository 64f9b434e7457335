package handoff

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The headers of a signed request (Standard Webhooks).
const (
	HeaderID        = "webhook-id"
	HeaderTimestamp = "webhook-timestamp"
	HeaderSignature = "webhook-signature"
	// HeaderKey repeats the op's key where a framework looks for it.
	HeaderKey = "idempotency-key"
)

// Window is how far a request's time may be from the receiver's clock.
const Window = 5 * time.Minute

// SecretKey is the key that a secret stands for: whsec_ and base64, or the text itself.
func SecretKey(secret string) ([]byte, error) {
	encoded, marked := strings.CutPrefix(strings.TrimSpace(secret), "whsec_")
	if !marked {
		if secret == "" {
			return nil, errors.New("the secret is empty")
		}
		return []byte(secret), nil
	}
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(key) == 0 {
		return nil, errors.New("the secret begins with whsec_, and what follows is not base64")
	}
	return key, nil
}

// Content is what is signed of a request: its body or, where there is none, what it
// asks for.
func Content(method, requestURI string, body []byte) []byte {
	if len(body) > 0 {
		return body
	}
	return []byte(method + " " + requestURI)
}

// Sign returns the signature with each of the keys: the receiver may know the old or
// the new one.
func Sign(keys [][]byte, id string, at time.Time, content []byte) string {
	parts := make([]string, len(keys))
	for i, key := range keys {
		parts[i] = "v1," + base64.StdEncoding.EncodeToString(sum(key, id, at.Unix(), content))
	}
	return strings.Join(parts, " ")
}

func sum(key []byte, id string, at int64, content []byte) []byte {
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%d.", id, at)
	mac.Write(content)
	return mac.Sum(nil)
}

// Verify says whether a request was signed with one of the keys, not long ago.
func Verify(keys [][]byte, h http.Header, content []byte, now time.Time) error {
	id, given := h.Get(HeaderID), h.Get(HeaderSignature)
	seconds, err := strconv.ParseInt(h.Get(HeaderTimestamp), 10, 64)
	switch {
	case id == "" || given == "" || err != nil:
		return errors.New("the request is not signed")
	case now.Sub(time.Unix(seconds, 0)).Abs() > Window:
		return errors.New("the request is too old, or from the future: compare the clocks")
	}
	for part := range strings.SplitSeq(given, " ") {
		encoded, ours := strings.CutPrefix(part, "v1,")
		signature, err := base64.StdEncoding.DecodeString(encoded)
		if !ours || err != nil {
			continue
		}
		for _, key := range keys {
			if hmac.Equal(signature, sum(key, id, seconds, content)) {
				return nil
			}
		}
	}
	return errors.New("the signature is wrong: compare the secrets")
}
