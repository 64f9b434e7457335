package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"
)

// layer stands in front of moto and does what moto does not and AWS does: it refuses
// what is there already, makes assignments in the background and one at a time, tells
// a membership's id, changes users, knows where a permission set is in use, and says
// "too fast" now and then.
type layer struct {
	*cloud
	url    string
	moto   *httputil.ReverseProxy
	server *http.Server

	mu       sync.Mutex
	requests int
	counts   map[string]int            // what it said that moto would not have
	jobs     map[string]*slowJob       // by request id
	changed  map[string]map[string]any // users' fields, by user id
}

// slowJob is an assignment that is ready after so many looks.
type slowJob struct {
	place string
	looks int
}

const (
	looksUntilReady = 2
	tooFastEach     = 97 // requests
)

func startLayer(c *cloud) (*layer, error) {
	u, err := url.Parse(c.url)
	if err != nil {
		return nil, err
	}
	l := &layer{cloud: c, moto: httputil.NewSingleHostReverseProxy(u), counts: map[string]int{}, jobs: map[string]*slowJob{}, changed: map[string]map[string]any{}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l.url = "http://" + listener.Addr().String()
	l.moto.ModifyResponse, l.moto.Transport = l.answered, &http.Transport{DisableKeepAlives: true}
	l.server = &http.Server{Handler: l, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = l.server.Serve(listener) }() // ends with stop
	return l, nil
}

func (l *layer) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	return l.server.Shutdown(ctx)
}

// told says what was met on the way.
func (l *layer) told() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return fmt.Sprintf("%d requests, on the way %d told to wait, %d assignments looked at before they were ready, %d made already, %d at a busy place",
		l.requests, l.counts["ThrottlingException"], l.counts[slowWord], l.counts["already"], l.counts["ConflictException"])
}

// titles counts the users whose title was made so.
func (l *layer) titles(title string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, fields := range l.changed {
		if fields["Title"] == title {
			n++
		}
	}
	return n
}

const slowWord = "IN_PROGRESS"

// ServeHTTP answers itself what moto cannot, and passes the rest on.
func (l *layer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	_, name, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	var in map[string]any
	_ = json.Unmarshal(body, &in) // forms are moto's to read
	l.mu.Lock()
	l.requests++
	tooFast := l.requests%tooFastEach == 0 && name != ""
	l.mu.Unlock()
	if tooFast {
		l.refuse(w, "ThrottlingException", "Rate exceeded", nil)
		return
	}
	switch name {
	case "CreateGroupMembership", "GetGroupMembershipId":
		l.membership(w, r, name, in)
	case "UpdateUser":
		l.update(w, in)
	case "ListAccountsForProvisionedPermissionSet":
		l.provisioned(w, r, in)
	case "CreateAccountAssignment", "DeleteAccountAssignment":
		l.assignment(w, r, name, in)
	default:
		l.moto.ServeHTTP(w, r)
	}
}

func (l *layer) refuse(w http.ResponseWriter, code, message string, more map[string]any) {
	l.mu.Lock()
	l.counts[code]++
	l.mu.Unlock()
	out := map[string]any{"__type": code, "Message": message}
	for k, v := range more {
		out[k] = v
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(out)
}

func reply(w http.ResponseWriter, out any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_ = json.NewEncoder(w).Encode(out)
}

// membership looks whether somebody is in a group: moto takes a second membership, and
// does not tell the id of one.
func (l *layer) membership(w http.ResponseWriter, r *http.Request, name string, in map[string]any) {
	id := ""
	err := l.call(r.Context(), "AWSIdentityStore.ListGroupMembershipsForMember", map[string]any{"IdentityStoreId": l.store, "MemberId": in["MemberId"]}, func(a answer) {
		for _, m := range a.GroupMemberships {
			if m.GroupId == in["GroupId"] {
				id = m.MembershipId
			}
		}
	})
	switch {
	case err != nil:
		w.WriteHeader(http.StatusBadGateway)
	case name == "CreateGroupMembership" && id != "":
		l.refuse(w, "ConflictException", "Member and Group relationship already exists", map[string]any{"Reason": "UNIQUENESS_CONSTRAINT_VIOLATION"})
	case name == "CreateGroupMembership":
		l.moto.ServeHTTP(w, r)
	case id == "":
		l.refuse(w, "ResourceNotFoundException", "Membership not found", map[string]any{"ResourceType": "GROUP_MEMBERSHIP"})
	default:
		reply(w, map[string]any{"MembershipId": id, "IdentityStoreId": l.store})
	}
}

// update remembers changed fields, for answered to show: moto has no UpdateUser.
func (l *layer) update(w http.ResponseWriter, in map[string]any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	id, _ := in["UserId"].(string)
	if l.changed[id] == nil {
		l.changed[id] = map[string]any{}
	}
	list, _ := in["Operations"].([]any)
	for _, o := range list {
		one, _ := o.(map[string]any)
		path, _ := one["AttributePath"].(string)
		if path == "" || strings.Contains(path, ".") || path == "emails" {
			continue // no story changes these
		}
		l.changed[id][strings.ToUpper(path[:1])+path[1:]] = one["AttributeValue"]
	}
	reply(w, map[string]any{})
}

// provisioned tells where a permission set is in use: with AWS, an assignment puts it
// there.
func (l *layer) provisioned(w http.ResponseWriter, r *http.Request, in map[string]any) {
	accounts := []string{}
	err := l.call(r.Context(), "SWBExternalService.ListAccountAssignments", map[string]any{
		"InstanceArn": l.instance, "AccountId": l.account, "PermissionSetArn": in["PermissionSetArn"],
	}, func(a answer) {
		if len(a.AccountAssignments) > 0 && len(accounts) == 0 {
			accounts = append(accounts, l.account)
		}
	})
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	reply(w, map[string]any{"AccountIds": accounts})
}

// assignment begins one: moto makes it at once, and the layer shows it as on its way.
func (l *layer) assignment(w http.ResponseWriter, r *http.Request, name string, in map[string]any) {
	place := fmt.Sprint(in["PermissionSetArn"], in["TargetId"])
	held := false
	err := l.call(r.Context(), "SWBExternalService.ListAccountAssignments", map[string]any{
		"InstanceArn": l.instance, "AccountId": in["TargetId"], "PermissionSetArn": in["PermissionSetArn"],
	}, func(a answer) {
		for _, one := range a.AccountAssignments {
			held = held || one.PrincipalId == in["PrincipalId"]
		}
	})
	l.mu.Lock()
	busy := false
	for _, j := range l.jobs {
		busy = busy || j.place == place && j.looks < looksUntilReady
	}
	if held == (name == "CreateAccountAssignment") {
		l.counts["already"]++
	}
	l.mu.Unlock()
	switch {
	case err != nil:
		w.WriteHeader(http.StatusBadGateway)
	case busy:
		l.refuse(w, "ConflictException", "There is already an ongoing operation", nil)
	default:
		r.Header.Set(placeHeader, place)
		l.moto.ServeHTTP(w, r)
	}
}

// placeHeader takes the place of an assignment along to answered.
const placeHeader = "X-Peer-Place"

// answered changes what moto says.
func (l *layer) answered(resp *http.Response) error {
	_, name, _ := strings.Cut(resp.Request.Header.Get("X-Amz-Target"), ".")
	if resp.StatusCode != http.StatusOK || name == "" {
		return nil
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	var out map[string]any
	if json.Unmarshal(body, &out) == nil {
		l.mu.Lock()
		l.slow(out, resp.Request.Header.Get(placeHeader))
		l.show(out)
		l.mu.Unlock()
		if body, err = json.Marshal(out); err != nil {
			return err
		}
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	resp.Header.Set("Content-Length", fmt.Sprint(len(body)))
	return nil
}

// slow has a job be on its way until it was looked at often enough.
func (l *layer) slow(out map[string]any, place string) {
	for _, field := range []string{"AccountAssignmentCreationStatus", "AccountAssignmentDeletionStatus"} {
		status, _ := out[field].(map[string]any)
		id, _ := status["RequestId"].(string)
		if id == "" {
			continue
		}
		if place != "" {
			l.jobs[id] = &slowJob{place: place}
		}
		if j := l.jobs[id]; j != nil && j.looks < looksUntilReady {
			if place == "" {
				j.looks++
			}
			l.counts[slowWord]++
			status["Status"] = slowWord
		}
	}
}

// show puts changed fields into users.
func (l *layer) show(out map[string]any) {
	users := []any{out}
	if list, ok := out["Users"].([]any); ok {
		users = list
	}
	for _, u := range users {
		user, _ := u.(map[string]any)
		id, _ := user["UserId"].(string)
		for field, value := range l.changed[id] {
			user[field] = value
		}
	}
}
