package awssim

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

type iamUser struct{ ID, Name string }

type iamGroup struct{ ID, Name string }

type iamMember struct{ User, Group string } // ids

var iamNames = regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)

// answerXML answers calls of the older protocol: STS and IAM.
func (s *System) answerXML(w http.ResponseWriter, r *http.Request, body []byte) {
	form, err := url.ParseQuery(string(body))
	name := form.Get("Action")
	var result any
	var f *fault
	call := s.queries()[name]
	switch {
	case err != nil || call == nil:
		f = &fault{status: http.StatusBadRequest, code: "InvalidAction", message: "Could not find operation " + name}
	case !s.signed(r):
		f = &fault{status: http.StatusForbidden, code: "InvalidClientTokenId", message: "The security token included in the request is invalid."}
	case slices.Contains(s.opt.Denied, "iam:"+name) || slices.Contains(s.opt.Denied, "sts:"+name):
		f = &fault{status: http.StatusForbidden, code: "AccessDenied", message: fmt.Sprintf("User: %s is not authorized to perform: iam:%s on resource: *", Caller, name)}
	default:
		result, f = call(form)
	}
	w.Header().Set("Content-Type", "text/xml")
	id := fmt.Sprintf("00000000-0000-4000-8000-%012x", s.number())
	w.Header().Set("X-Amzn-Requestid", id)
	if f != nil {
		w.WriteHeader(f.status)
		writeXML(w, "ErrorResponse", "Error", struct{ Type, Code, Message string }{"Sender", f.code, f.message}, id)
		return
	}
	if result == nil {
		result = struct{}{}
	}
	writeXML(w, name+"Response", name+"Result", result, id)
}

// writeXML writes content as the element inside root. What this package makes can
// always be written.
func writeXML(w http.ResponseWriter, root, inside string, content any, id string) {
	_, _ = w.Write([]byte(xml.Header))
	e := xml.NewEncoder(w)
	start := xml.StartElement{Name: xml.Name{Local: root}}
	_ = e.EncodeToken(start)
	_ = e.EncodeElement(content, xml.StartElement{Name: xml.Name{Local: inside}})
	_ = e.EncodeElement(struct{ RequestId string }{id}, xml.StartElement{Name: xml.Name{Local: "ResponseMetadata"}})
	_ = e.EncodeToken(start.End())
	_ = e.Flush()
}

// queries are the calls of STS and IAM.
func (s *System) queries() map[string]func(url.Values) (any, *fault) {
	return map[string]func(url.Values) (any, *fault){
		"GetCallerIdentity": s.whoAmI, "AssumeRole": s.assumeRole, "SimulatePrincipalPolicy": s.simulate,
		"ListUsers": s.listIAMUsers, "GetUser": s.getIAMUser, "CreateUser": s.createIAMUser, "UpdateUser": s.updateIAMUser, "DeleteUser": s.deleteIAMUser,
		"ListGroups": s.listIAMGroups, "GetGroup": s.getIAMGroup, "CreateGroup": s.createIAMGroup, "ListGroupsForUser": s.listIAMGroupsOf,
		"AddUserToGroup": s.addIAMMember, "RemoveUserFromGroup": s.removeIAMMember,
	}
}

type xmlUser struct {
	UserName, UserId, Path, Arn, CreateDate string
}

func (u *iamUser) shown() xmlUser {
	return xmlUser{UserName: u.Name, UserId: u.ID, Path: "/", Arn: "arn:aws:iam::999900001111:user/" + u.Name, CreateDate: "2026-01-01T00:00:00Z"}
}

// iamPage is a page of a list.
type iamPage struct {
	Group       *xmlGroup  `xml:",omitempty"`
	Users       []xmlUser  `xml:"Users>member"`
	Groups      []xmlGroup `xml:"Groups>member"`
	IsTruncated bool
	Marker      string `xml:",omitempty"`
}

// cutIAM returns the page of all that a request asks for.
func cutIAM[E any](s *System, list string, form url.Values, all []E) ([]E, iamPage, *fault) {
	size := s.opt.Page
	if most, err := strconv.Atoi(form.Get("MaxItems")); err == nil {
		size = min(size, most)
	}
	from, f := s.from(list, form.Get("Marker"))
	if f != nil {
		return nil, iamPage{}, &fault{status: http.StatusBadRequest, code: "ValidationError", message: "Invalid Marker."}
	}
	from = min(from, len(all))
	to := min(from+size, len(all))
	p := iamPage{IsTruncated: to < len(all)}
	if p.IsTruncated {
		p.Marker = token(list, to)
	}
	return all[from:to], p, nil
}

func (s *System) listIAMUsers(form url.Values) (any, *fault) {
	part, p, f := cutIAM(s, "iam users", form, s.state.IAMUsers)
	for _, u := range part {
		p.Users = append(p.Users, u.shown())
	}
	return p, f
}

// iamUser returns the one of that name, in whatever letter case, for two such are
// not allowed.
func (s *System) iamUser(name string) *iamUser {
	i := slices.IndexFunc(s.state.IAMUsers, func(u *iamUser) bool { return strings.EqualFold(u.Name, name) })
	if i < 0 {
		return nil
	}
	return s.state.IAMUsers[i]
}

func noSuch(kind, name string) *fault {
	return &fault{status: http.StatusNotFound, code: "NoSuchEntity", message: fmt.Sprintf("The %s with name %s cannot be found.", kind, name)}
}

// namedUser returns the user that a request names exactly.
func (s *System) namedUser(form url.Values) (*iamUser, *fault) {
	name := form.Get("UserName")
	if !iamNames.MatchString(name) {
		return nil, &fault{status: http.StatusBadRequest, code: "ValidationError", message: "The specified value for userName is invalid."}
	}
	if u := s.iamUser(name); u != nil && u.Name == name {
		return u, nil
	}
	return nil, noSuch("user", name)
}

func (s *System) getIAMUser(form url.Values) (any, *fault) {
	u, f := s.namedUser(form)
	if f != nil {
		return nil, f
	}
	return struct{ User xmlUser }{u.shown()}, nil
}

func (s *System) addIAMUser(name string) *iamUser {
	u := &iamUser{fmt.Sprintf("AIDA%016d", s.number()), name}
	s.state.IAMUsers = append(s.state.IAMUsers, u)
	return u
}

func (s *System) createIAMUser(form url.Values) (any, *fault) {
	name := form.Get("UserName")
	switch {
	case !iamNames.MatchString(name):
		return nil, &fault{status: http.StatusBadRequest, code: "ValidationError", message: "The specified value for userName is invalid."}
	case s.iamUser(name) != nil:
		return nil, &fault{status: http.StatusConflict, code: "EntityAlreadyExists", message: "User with name " + name + " already exists."}
	}
	return struct{ User xmlUser }{s.addIAMUser(name).shown()}, nil
}

func (s *System) updateIAMUser(form url.Values) (any, *fault) {
	u, f := s.namedUser(form)
	if f != nil {
		return nil, f
	}
	name := form.Get("NewUserName")
	switch other := s.iamUser(name); {
	case !iamNames.MatchString(name):
		return nil, &fault{status: http.StatusBadRequest, code: "ValidationError", message: "The specified value for newUserName is invalid."}
	case other != nil && other != u:
		return nil, &fault{status: http.StatusConflict, code: "EntityAlreadyExists", message: "User with name " + name + " already exists."}
	}
	u.Name = name
	return nil, nil
}

func (s *System) deleteIAMUser(form url.Values) (any, *fault) {
	u, f := s.namedUser(form)
	if f != nil {
		return nil, f
	}
	if slices.ContainsFunc(s.state.IAMMembers, func(m *iamMember) bool { return m.User == u.ID }) {
		return nil, &fault{status: http.StatusConflict, code: "DeleteConflict", message: "Cannot delete entity, must remove users from group first."}
	}
	s.state.IAMUsers = slices.DeleteFunc(s.state.IAMUsers, func(o *iamUser) bool { return o == u })
	return nil, nil
}

// IAMName reports whether IAM takes a text as a name.
func IAMName(name string) bool { return iamNames.MatchString(name) }
