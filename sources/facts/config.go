package facts

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"strings"
	"time"

	"birthright/internal/secret"
	"birthright/internal/trust"
	"birthright/sources"
)

// Config is `kind: facts`.
type Config struct {
	// Path is the file; a relative one starts at the configuration's folder. Its
	// ending says what it is: .yaml, .yml, .json or .csv.
	Path string `yaml:"path"`
	// URL is where the same is fetched from instead, over HTTPS.
	URL string `yaml:"url"`
	// Push is set where others send the same to the hub.
	Push bool `yaml:"push"`
	// Format is yaml, json or csv where neither the ending nor the answer's media
	// type says it.
	Format string `yaml:"format"`
	// Token is sent as a bearer token; none where it is left out.
	Token secret.Ref `yaml:"token"`
	TLS   trust.TLS  `yaml:"tls"`
	// Timeout bounds one request.
	Timeout time.Duration `yaml:"timeout"`

	sources.Terms `yaml:",inline"`
}

// Validate returns every fault that can be told without opening the file.
func (c *Config) Validate() []error {
	faults := c.Faults()
	switch {
	case c.Push && (c.Path != "" || c.URL != ""):
		faults = append(faults, errors.New("push: what is sent to the hub has neither path nor url"))
	case c.Push:
	case c.Path == "" && c.URL == "":
		faults = append(faults, errors.New("path is missing: the YAML, JSON or CSV file with shifts and tickets; or say url, where it is fetched from, or push: true"))
	case c.Path != "" && c.URL != "":
		faults = append(faults, errors.New("url: a source has a path or a url, not both"))
	case c.Path != "" && c.Format == "" && reader(c.Path) == nil:
		faults = append(faults, fmt.Errorf("path is %q: its ending does not tell what it is; name it .yaml, .json or .csv", c.Path))
	}
	if c.Format != "" && reader("."+c.Format) == nil {
		faults = append(faults, fmt.Errorf("format is %q: write yaml, json or csv", c.Format))
	}
	if c.URL != "" {
		return append(faults, c.remote()...)
	}
	if !c.Token.IsZero() || c.Timeout != 0 || c.TLS != (trust.TLS{}) {
		faults = append(faults, errors.New("token, timeout and tls are for url: a file has none"))
	}
	return faults
}

// remote says what is wrong with where the facts are fetched from.
func (c *Config) remote() (faults []error) {
	u, err := url.Parse(c.URL)
	switch {
	case err != nil || u.Host == "":
		faults = append(faults, errors.New("url: write where the facts are, such as https://HOST/rota.json"))
	case u.User != nil:
		faults = append(faults, errors.New("url: user name and password do not belong into the URL: use token"))
	case u.Scheme != "https" && (u.Scheme != "http" || !trust.Local(u.Hostname())):
		faults = append(faults, errors.New("url must use https: whoever changes the answer on its way opens doors"))
	case u.Fragment != "":
		faults = append(faults, errors.New("url: it ends before #"))
	}
	if c.Timeout < 0 {
		faults = append(faults, fmt.Errorf("timeout: %s is negative", c.Timeout))
	}
	return faults
}

// Open makes the source.
func (c *Config) Open(env sources.Env) (sources.Source, error) {
	if faults := c.Validate(); len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	if len(env.Map) > 0 {
		return nil, errors.New("map is for sources of people: the columns of a facts file have fixed names")
	}
	s := &Source{name: env.Name, terms: c.Filled()}
	if c.Push {
		return sources.OfContext(env.Name, &Pushed{Source: s, format: c.Format}), nil
	}
	if c.URL != "" {
		page, err := newPage(c, env)
		if err != nil {
			return nil, err
		}
		s.from = page
		return sources.OfContext(env.Name, s), nil
	}
	place := c.Path
	if !filepath.IsAbs(place) {
		place = filepath.Join(env.Dir, place)
	}
	s.from = file{source: env.Name, path: place, format: c.Format}
	return sources.OfContext(env.Name, s), nil
}

// reader returns what reads a file of this name, nil where nothing does.
func reader(name string) func(file string, data []byte) ([]row, error) {
	switch strings.ToLower(path.Ext(filepath.ToSlash(name))) {
	case ".yaml", ".yml", ".json": // JSON is YAML
		return readYAML
	case ".csv":
		return readCSV
	}
	return nil
}
