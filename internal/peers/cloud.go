package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"birthright/internal/company"
)

// cloudPolicy gives engineers a permission set beside what the company's policy gives.
const cloudPolicy = `groups:
  - {name: cloud, access: ["app:permission-set/Reader@%s"]}
rules:
  - {name: cloud, when: 'user.department == "Engineering"', groups: [cloud]}
`

// fillCloud runs the story on moto, behind a layer that is as slow and as strict as
// AWS: the company's groups, and a permission set on an account of an organisation.
func fillCloud(ctx context.Context, w *world, out io.Writer) (_ string, err error) {
	address, err := freeAddress()
	if err != nil {
		return "", err
	}
	moto, err := startServer(ctx, w.dir, "moto", "http://"+address+"/moto-api/", filepath.Join(filepath.Dir(w.python), "moto_server"),
		"-H", "127.0.0.1", "-p", address[strings.LastIndexByte(address, ':')+1:])
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, moto.stop()) }()
	c := &cloud{url: "http://" + address}
	if err := c.found(ctx); err != nil {
		return "", err
	}
	layer, err := startLayer(c)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, layer.stop()) }()
	h, err := w.newHub("app", "kind: aws\nurl: "+layer.url+"\nregion: us-east-1\naccess_key_id: \"exec:echo peer\"\nsecret_access_key: \"exec:echo peer\"\nwait: 20s\n"+
		"limits: [{scope: sso, tokens: 200, per: 1s}, {scope: identitystore, tokens: 400, per: 1s}]\naccounts: {create: true, leaver: delete}\ngroups: {create: true}")
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(h.dir, "policies", "cloud.yaml"), fmt.Appendf(nil, cloudPolicy, c.account), 0o600); err != nil {
		return "", err
	}
	if err := h.story(ctx, out, c.look); err != nil {
		return "", err
	}
	held, err := c.assigned(ctx, h)
	if err != nil {
		return "", err
	}
	if err := c.rewritten(ctx, h, layer); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d people hold a permission set as they should; %s", held, layer.told()), nil
}

// rewritten has somebody get another title.
func (c *cloud) rewritten(ctx context.Context, h *hub, l *layer) error {
	i := slices.IndexFunc(h.company.People, func(p company.Person) bool { return p.UserName != h.leaver() && p.Employed(h.company.Now) })
	h.company.People[i].Title = "Keeper of Peers"
	if err := errors.Join(h.writePeople(h.leaver()), h.run(ctx, nil, "import")); err != nil {
		return err
	}
	made, err := h.sync(ctx)
	if err != nil {
		return err
	}
	again, err := h.sync(ctx, "--full")
	if err == nil && (made != 1 || again != 0 || l.titles("Keeper of Peers") != 1) {
		err = fmt.Errorf("a new title: %d changes, then %d; %d people have it", made, again, l.titles("Keeper of Peers"))
	}
	return err
}

// cloud is moto, asked with plain requests.
type cloud struct {
	url, instance, store, account, set string
}

// answer is what is read of answers.
type answer struct {
	Type      string `json:"__type"`
	Message   string `json:"Message"`
	NextToken string
	Instances []struct{ InstanceArn, IdentityStoreId string }
	Users     []struct{ UserId, UserName, UserStatus string }
	Groups    []struct{ GroupId, DisplayName string }

	GroupMemberships []struct {
		MembershipId, GroupId string
		MemberId              struct{ UserId string }
	}
	PermissionSet       struct{ PermissionSetArn string }
	CreateAccountStatus struct{ AccountId string }
	AccountAssignments  []struct{ PrincipalId, PermissionSetArn, AccountId string }
}

// services is where moto looks for which service a call is for: in the signature.
var services = map[string]string{"AWSIdentityStore": "identitystore", "SWBExternalService": "sso", "AWSOrganizationsV20161128": "organizations"}

// call asks moto, page by page where there are several; each gets every page.
func (c *cloud) call(ctx context.Context, target string, in map[string]any, each func(answer)) error {
	service, _, _ := strings.Cut(target, ".")
	for {
		body, err := json.Marshal(in)
		if err != nil {
			return err
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+"/", bytes.NewReader(body))
		if err != nil {
			return err
		}
		request.Header.Set("Content-Type", "application/x-amz-json-1.1")
		request.Header.Set("X-Amz-Target", target)
		request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=peer/20260101/us-east-1/"+services[service]+"/aws4_request, SignedHeaders=host, Signature=0")
		request.Close = true // moto lets go of connections that we would use again
		got, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		var page answer
		err = errors.Join(json.NewDecoder(got.Body).Decode(&page), got.Body.Close())
		if err != nil || got.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: %s %s: %w", target, got.Status, page.Message, err)
		}
		each(page)
		if page.NextToken == "" {
			return nil
		}
		in["NextToken"] = page.NextToken
	}
}

// found makes an organisation with an account, and a permission set.
func (c *cloud) found(ctx context.Context) error {
	return errors.Join(
		c.call(ctx, "AWSOrganizationsV20161128.CreateOrganization", map[string]any{"FeatureSet": "ALL"}, func(answer) {}),
		c.call(ctx, "AWSOrganizationsV20161128.CreateAccount", map[string]any{"AccountName": "prod", "Email": "prod@example.com"}, func(a answer) {
			c.account = a.CreateAccountStatus.AccountId
		}),
		c.call(ctx, "SWBExternalService.ListInstances", map[string]any{}, func(a answer) {
			c.instance, c.store = a.Instances[0].InstanceArn, a.Instances[0].IdentityStoreId
		}),
		c.call(ctx, "SWBExternalService.CreatePermissionSet", map[string]any{"InstanceArn": c.instance, "Name": "Reader", "SessionDuration": "PT1H"}, func(a answer) {
			c.set = a.PermissionSet.PermissionSetArn
		}),
	)
}

// users returns names by id.
func (c *cloud) users(ctx context.Context) (map[string]string, error) {
	names := map[string]string{}
	err := c.call(ctx, "AWSIdentityStore.ListUsers", map[string]any{"IdentityStoreId": c.store}, func(a answer) {
		for _, u := range a.Users {
			names[u.UserId] = u.UserName
		}
	})
	return names, err
}

// look reads who is there and in which group.
func (c *cloud) look(ctx context.Context) (peerState, error) {
	var s peerState
	names, err := c.users(ctx)
	for _, name := range names {
		s.Active = append(s.Active, name)
	}
	groups := map[string]string{}
	err = errors.Join(err, c.call(ctx, "AWSIdentityStore.ListGroups", map[string]any{"IdentityStoreId": c.store}, func(a answer) {
		for _, g := range a.Groups {
			groups[g.GroupId] = g.DisplayName
		}
	}))
	for id, name := range groups {
		err = errors.Join(err, c.call(ctx, "AWSIdentityStore.ListGroupMemberships", map[string]any{"IdentityStoreId": c.store, "GroupId": id}, func(a answer) {
			for _, m := range a.GroupMemberships {
				s.Holds = append(s.Holds, names[m.MemberId.UserId]+" "+name)
			}
		}))
	}
	return s, err
}

// assigned holds who has the permission set against who is in the hub's group.
func (c *cloud) assigned(ctx context.Context, h *hub) (int, error) {
	var users []struct {
		UserName    string
		Memberships []struct{ Group string }
	}
	names, err := c.users(ctx)
	if err := errors.Join(err, h.run(ctx, &users, "user", "list")); err != nil {
		return 0, err
	}
	var got, want holding
	err = c.call(ctx, "SWBExternalService.ListAccountAssignments", map[string]any{
		"InstanceArn": c.instance, "AccountId": c.account, "PermissionSetArn": c.set,
	}, func(a answer) {
		for _, held := range a.AccountAssignments {
			got = append(got, names[held.PrincipalId])
		}
	})
	for _, u := range users {
		if slices.ContainsFunc(u.Memberships, func(m struct{ Group string }) bool { return m.Group == "cloud" }) {
			want = append(want, u.UserName)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if len(want) == 0 {
		return 0, errors.New("nobody is to hold the permission set")
	}
	return len(got), errors.Join(err, same("the permission set", got, want))
}
