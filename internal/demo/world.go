package demo

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"birthright/app"
	"birthright/audit"
	"birthright/config"
	"birthright/identity"
	"birthright/internal/company"
	"birthright/internal/ldapapp"
	"birthright/store"
	"birthright/targets/scim/scimsim"
	"birthright/tokens"
)

// The names in the demo's directory.
const (
	suffix    = "dc=example,dc=com"
	managerDN = "cn=manager," + suffix
	source    = "idp"
)

// Options say how the show is put on.
type Options struct {
	// Dir is the folder that the hub keeps its files in; it must be empty.
	Dir string
	// People is the size of the company and Seed what it is made from.
	People int
	Seed   uint64
	// Listen is the hub's address; when it is taken, any free port is used.
	Listen string
	// Kinds are the kinds of source and target that the program knows.
	Kinds config.Kinds
	Log   *slog.Logger
}

// world is everything that the show runs.
type world struct {
	dir     string
	company company.Company
	scim    *scimsim.Server
	ldap    *ldapapp.Server
	appKey  string // the application's own bearer token
	hub     *app.App
	server  *app.Server
	token   string // the identity provider's token for the hub
}

// build starts the two systems and the hub. The caller closes the world, also
// when build failed.
func build(ctx context.Context, o Options, now time.Time) (*world, error) {
	w := &world{dir: o.Dir, company: company.Generate(o.Seed, o.People, now)}
	if err := w.startSystems(); err != nil {
		return w, err
	}
	if err := w.writeFiles(o.Listen); err != nil {
		return w, err
	}
	return w, w.startHub(ctx, o)
}

func (w *world) startSystems() error {
	var err error
	if w.appKey, err = secretText(); err != nil {
		return err
	}
	if w.scim, err = scimsim.Start(scimsim.New(scimsim.Options{Token: w.appKey, MaxMembers: 100}), "127.0.0.1:0"); err != nil {
		return err
	}
	w.ldap, err = ldapapp.Start(ldapapp.Options{Suffixes: []string{suffix}, BindDN: managerDN, Password: w.appKey}, "127.0.0.1:0")
	if err != nil {
		return err
	}
	return w.ldap.Load(strings.NewReader(directoryTop))
}

// directoryTop is what the directory holds before the hub comes.
const directoryTop = `dn: dc=example,dc=com
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ou=people,dc=example,dc=com
objectClass: organizationalUnit
ou: people

dn: ou=groups,dc=example,dc=com
objectClass: organizationalUnit
ou: groups
`

func secretText() (string, error) {
	var b [16]byte
	_, err := rand.Read(b[:])
	return hex.EncodeToString(b[:]), err
}

// configuration is what a person would write for the two systems.
const configuration = `# Written by ` + "`birthright demo`" + `: a hub between one identity provider and two systems.
server:
  listen: %[1]s
  public_url: "http://%[1]s"
database: {url: "sqlite:birthright.db"}
policies: [policies/*.yaml]
sources:
  - {name: idp, kind: scim}
targets:
  - name: app
    kind: scim
    url: "%[2]s"
    token: "file:app.token"
    accounts: {create: true}
    groups: {create: true}
  - name: directory
    kind: ldap
    url: "%[3]s"
    bind_dn: "cn=manager,dc=example,dc=com"
    bind_password: "file:app.token"
    accounts: {create: true, leaver: delete}
    users: {base_dn: "ou=people,dc=example,dc=com"}
    groups: {base_dn: "ou=groups,dc=example,dc=com", create: true}
`

// writeFiles writes the hub's folder, so that the viewer can look at it and use
// the other commands on it.
func (w *world) writeFiles(listen string) error {
	if err := os.MkdirAll(filepath.Join(w.dir, "policies"), 0o700); err != nil {
		return err
	}
	if entries, err := os.ReadDir(w.dir); err != nil || len(entries) > 1 {
		return errors.Join(err, &identity.Error{
			Kind: identity.Invalid, Op: "demo", Object: w.dir, Err: errors.New("the folder is not empty"),
			Hint: "name one that is, or leave --dir out for a temporary one",
		})
	}
	files := map[string]string{
		"app.token":             w.appKey,
		"policies/company.yaml": company.Policy(),
		"birthright.yaml":       fmt.Sprintf(configuration, listen, w.scim.URL(), w.ldap.URL()),
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) configFile() string { return filepath.Join(w.dir, "birthright.yaml") }

func (w *world) startHub(ctx context.Context, o Options) error {
	cfg, err := config.Load(w.configFile(), o.Kinds, nil)
	if err != nil {
		return err
	}
	if w.hub, err = app.Open(ctx, app.Options{Config: cfg, Log: o.Log, Actor: "operator:demo"}); err != nil {
		return err
	}
	if w.server, err = w.hub.Start(ctx); err != nil {
		return err
	}
	return w.makeToken(ctx)
}

func (w *world) makeToken(ctx context.Context) error {
	plain, token, err := tokens.New(rand.Reader, source, tokens.ScopeSCIM, w.hub.Now(), 24*time.Hour)
	if err != nil {
		return err
	}
	w.token = plain
	return w.hub.Store.Update(ctx, func(tx *store.Tx) error {
		return tx.SaveToken(ctx, store.TokenRow(token), audit.Event{
			Actor: "operator:demo", Action: "token.created", Subject: "source:" + source, Detail: map[string]any{"token": token.ID},
		})
	})
}

// close stops everything, last first.
func (w *world) close(ctx context.Context) error {
	var faults []error
	if w.server != nil {
		faults = append(faults, w.server.Stop(ctx))
	}
	if w.hub != nil {
		faults = append(faults, w.hub.Close())
	}
	if w.ldap != nil {
		faults = append(faults, w.ldap.Close())
	}
	if w.scim != nil {
		faults = append(faults, w.scim.Close())
	}
	return errors.Join(faults...)
}
