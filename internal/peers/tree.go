package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"birthright/internal/slapdtest"
)

//go:embed tree.py
var treeScript string

// fillTree runs the story on slapd and reads it with ldap3.
func fillTree(ctx context.Context, w *world, out io.Writer) (_ string, err error) {
	dir := filepath.Join(w.dir, "slapd")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	tree, err := slapdtest.Run(dir, slapdtest.Options{})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, tree.Stop()) }()
	if err := tree.LoadLDIF(treeTop); err != nil {
		return "", err
	}
	h, err := w.newHub("directory", fmt.Sprintf(`kind: ldap
url: %s
bind_dn: %q
bind_password: "exec:echo %s"
users: {base_dn: "ou=people,dc=example,dc=com"}
groups: {base_dn: "ou=groups,dc=example,dc=com", create: true}
accounts: {create: true, leaver: delete}`, tree.URL, tree.AdminDN, tree.AdminPassword))
	if err != nil {
		return "", err
	}
	names := map[string]string{}
	for _, p := range h.company.People {
		names[p.UserName] = p.DisplayName
	}
	err = h.story(ctx, out, func(ctx context.Context) (peerState, error) {
		seen, err := readTree(ctx, w.python, tree)
		if err != nil {
			return peerState{}, err
		}
		s := peerState{Holds: seen.Holds}
		for uid, cn := range seen.People {
			s.Active = append(s.Active, uid)
			if cn != names[uid] {
				err = errors.Join(err, fmt.Errorf("%s is called %q there, and %q here", uid, cn, names[uid]))
			}
		}
		return s, err
	})
	return "every name and every member reads as the hub wrote it", err
}

const treeTop = `dn: dc=example,dc=com
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

// treeSeen is what tree.py prints.
type treeSeen struct {
	People map[string]string // uid → cn
	Holds  holding
}

func readTree(ctx context.Context, python string, tree *slapdtest.Server) (seen treeSeen, err error) {
	cmd := exec.CommandContext(ctx, python, "-", tree.URL, tree.ReaderDN, tree.ReaderPassword)
	var out, faults bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(treeScript), &out, &faults
	if err := cmd.Run(); err != nil {
		return seen, fmt.Errorf("ldap3: %w: %s", err, faults.String())
	}
	return seen, json.Unmarshal(out.Bytes(), &seen)
}
