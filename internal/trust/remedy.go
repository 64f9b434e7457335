package trust

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"slices"
	"strings"
)

// Remedy returns what a person can do about a server that is not trusted, "" if
// err is about something else. Libraries that wrap a handshake's error as text
// lose its type, so the words that crypto/x509 uses count as well.
func Remedy(err error) string {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &authority), says(err, "signed by unknown authority"):
		return "the server's certificate is not trusted: set tls.ca_file to the certificate of the authority that signed it"
	case errors.As(err, &host), says(err, "certificate is valid for", "cannot validate certificate", "not valid for any names"):
		return "the server's certificate bears another name: use that name in url, or set tls.server_name to it"
	case errors.As(err, &invalid), says(err, "expired or is not yet valid"):
		return "the server's certificate is not valid now: renew it, and check the clocks"
	case errors.As(err, &record):
		return "the server does not speak TLS on this port: check url"
	}
	return ""
}

func says(err error, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(err.Error(), w) })
}
