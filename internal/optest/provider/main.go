// Command provider is an OpenID Connect provider for tests: the certified library of
// Zitadel, with its own login page, people in memory, and one client. It is a module of
// its own, so that what it is built from is no part of the hub.
//
// It reads its settings as one line of JSON, writes its issuer as one line, and ends with
// its standard input, so that it never outlives the test.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// settings are what the test wants.
type settings struct {
	ClientID, Secret string
	Callback, Home   string
	People           []person
}

// person can log in; the password is the name.
type person struct {
	Name, Mail string
	Verified   bool
	Groups     []string
}

func main() {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	lines := bufio.NewReader(in)
	line, err := lines.ReadBytes('\n')
	if err != nil {
		return err
	}
	var s settings
	if err := json.Unmarshal(line, &s); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	issuer := "http://" + listener.Addr().String()
	people := newDirectory(s.People)
	kept := &kept{
		Storage: storage.NewStorageWithClients(people, map[string]*storage.Client{s.ClientID: storage.WebClient(s.ClientID, s.Secret, s.Callback)}),
		home:    s.Home, people: people,
	}
	server := &http.Server{Handler: exampleop.SetupServer(issuer, kept, nil, false), ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	fmt.Fprintln(out, issuer)
	go func() {
		_, _ = io.Copy(io.Discard, lines)
		failed <- server.Close()
	}()
	if err := <-failed; err != nil && !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// kept is the library's example storage, with groups, and with the page that people come
// back to after a logout.
type kept struct {
	*storage.Storage
	home   string
	people *directory
}

// GetClientByClientID implements op.Storage.
func (k *kept) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	c, err := k.Storage.GetClientByClientID(ctx, id)
	return client{c, k.home}, err
}

// SetUserinfoFromToken implements op.Storage.
func (k *kept) SetUserinfoFromToken(ctx context.Context, info *oidc.UserInfo, token, subject, origin string) error {
	if err := k.Storage.SetUserinfoFromToken(ctx, info, token, subject, origin); err != nil {
		return err
	}
	if groups := k.people.groups[subject]; len(groups) > 0 {
		info.AppendClaims("groups", groups)
	}
	return nil
}

type client struct {
	op.Client
	home string
}

// PostLogoutRedirectURIs implements op.Client.
func (c client) PostLogoutRedirectURIs() []string { return []string{c.home} }

// directory is who can log in.
type directory struct {
	byName, byID map[string]*storage.User
	groups       map[string][]string
}

func newDirectory(people []person) *directory {
	d := &directory{map[string]*storage.User{}, map[string]*storage.User{}, map[string][]string{}}
	for i, p := range people {
		u := &storage.User{ID: fmt.Sprint("id-", i+1), Username: p.Name, Password: p.Name, Email: p.Mail, EmailVerified: p.Verified}
		d.byName[u.Username], d.byID[u.ID], d.groups[u.ID] = u, u, p.Groups
	}
	return d
}

// GetUserByID implements storage.UserStore.
func (d *directory) GetUserByID(id string) *storage.User { return d.byID[id] }

// GetUserByUsername implements storage.UserStore.
func (d *directory) GetUserByUsername(name string) *storage.User { return d.byName[name] }

// ExampleClientID implements storage.UserStore.
func (d *directory) ExampleClientID() string { return "nobody" }
