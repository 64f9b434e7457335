package trust

import (
	"crypto/tls"
	"crypto/x509"
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
}

// Config returns the settings for connections to host; with host "" the dialer
// fills in the one that it dials. Relative files start in dir. An error is an
// *identity.Error of kind Invalid.
func (t TLS) Config(dir, host string) (*tls.Config, error) {
	conf := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if t.ServerName != "" {
		conf.ServerName = t.ServerName
	}
	if t.CAFile == "" {
		return conf, nil
	}
	file := t.CAFile
	if !filepath.IsAbs(file) {
		file = filepath.Join(dir, file)
	}
	pem, err := os.ReadFile(file)
	if err == nil {
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM(pem) {
			err = fmt.Errorf("%s holds no certificate in PEM form", file)
		}
	}
	if err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Object: "tls.ca_file", Err: err,
			Hint: "give the file with the certificate of the authority that signed the server's"}
	}
	return conf, nil
}

// Local reports whether host, as it is written in a URL, is this machine by its
// very name: what is said to it in plain text does not leave.
func Local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
