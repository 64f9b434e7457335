package trust

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"birthright/identity"
)

// TLS says whom to trust, in the keys that people write.
type TLS struct {
	// CAFile holds the certificates (PEM) of the authorities trusted; default:
	// those of the machine. A relative path starts at the configuration's folder.
	CAFile string `yaml:"ca_file"`
	// ServerName is the name that the certificate must bear; default: the URL's host.
	ServerName string `yaml:"server_name"`
	// Authorities are certificates (PEM) in place of CAFile, Certificate and Key (PEM)
	// those that we show, where an adapter has them from a file of the system's own.
	Authorities string `yaml:"-"`
	Certificate string `yaml:"-"`
	Key         string `yaml:"-"`
}

// Config returns the settings for connections to host; with host "" the dialer
// fills in the one that it dials. Relative files start in dir. An error is an
// *identity.Error of kind Invalid.
func (t TLS) Config(dir, host string) (*tls.Config, error) {
	conf := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if t.ServerName != "" {
		conf.ServerName = t.ServerName
	}
	if t.Certificate != "" {
		shown, err := tls.X509KeyPair([]byte(t.Certificate), []byte(t.Key))
		if err != nil {
			return nil, fault("client certificate", errors.New("certificate and key do not go together, or are not in PEM form"), "give both as the authority issued them")
		}
		conf.Certificates = []tls.Certificate{shown}
	}
	pem, from, err := t.authorities(dir)
	if pem == nil && err == nil {
		return conf, nil
	}
	if err == nil {
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM(pem) {
			err = fmt.Errorf("%s holds no certificate in PEM form", from)
		}
	}
	if err != nil {
		return nil, fault("tls.ca_file", err, "give the file with the certificate of the authority that signed the server's")
	}
	return conf, nil
}

func fault(object string, err error, hint string) error {
	return &identity.Error{Kind: identity.Invalid, Object: object, Err: err, Hint: hint}
}

// authorities returns the certificates trusted and where they are from; nil for the
// machine's.
func (t TLS) authorities(dir string) (pem []byte, from string, err error) {
	switch {
	case t.CAFile == "" && t.Authorities == "":
		return nil, "", nil
	case t.CAFile == "":
		return []byte(t.Authorities), "the data given", nil
	}
	file := t.CAFile
	if !filepath.IsAbs(file) {
		file = filepath.Join(dir, file)
	}
	pem, err = os.ReadFile(file)
	if pem == nil {
		pem = []byte{}
	}
	return pem, file, err
}

// Local reports whether host, as it is written in a URL, is this machine by its
// very name: what is said to it in plain text does not leave.
func Local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
