package httpkit

import (
	"errors"
	"fmt"
	"net/url"

	"birthright/internal/trust"
)

// CheckURL says what is wrong with a base URL: it must be https (plain http
// only for this machine itself, or where insecure says so) and carry neither
// credentials nor a query.
func CheckURL(text string, insecure bool) error {
	if text == "" {
		return errors.New("url is missing: the base URL of the system, for example https://app.example.com/scim/v2")
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "":
		return fmt.Errorf("url: %q is not a URL: write https://HOST/PATH", redactURL(text))
	case u.User != nil:
		return errors.New("url: user name and password do not belong into the URL: use token")
	case u.RawQuery != "" || u.Fragment != "":
		return errors.New("url: the base URL ends before ? and #")
	case u.Scheme == "https", u.Scheme == "http" && (insecure || trust.Local(u.Hostname())):
		return nil
	case u.Scheme == "http":
		return fmt.Errorf("url: %s would carry the token in the clear: use https, or say insecure: true", u.Redacted())
	}
	return fmt.Errorf("url: %q: only https and http are possible", u.Scheme+"://")
}

// redactURL hides what does not even parse, for it may hold a password.
func redactURL(text string) string {
	if len(text) > 60 {
		text = text[:60] + "…"
	}
	for _, r := range text {
		if r == '@' {
			return "…"
		}
	}
	return text
}
