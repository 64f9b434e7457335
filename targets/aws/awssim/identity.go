package awssim

import (
	"regexp"
	"slices"
	"strings"
)

// user is a user as the API shows it, beside what it does not let us write.
type user struct {
	ID       string
	Fields   map[string]any // UserName, DisplayName, Name, Emails, Title, …
	Disabled bool
}

func (u *user) name() string { return input(u.Fields).text("UserName") }

type group struct {
	ID, Name string
	Issuer   string `json:",omitempty"` // of an identity provider that keeps it
}

type membership struct{ ID, Group, User string }

var (
	userNames  = regexp.MustCompile(`^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$`)
	groupNames = regexp.MustCompile(`^[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r \x{00a0}\x{3000}]+$`)
	ids        = regexp.MustCompile(`^([0-9a-f]{10}-|)[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}$`)
	paths      = regexp.MustCompile(`^\p{L}+(\.\p{L}+){0,2}$`)
)

// identityStore are the calls of the identity store.
func (s *System) identityStore() map[string]func(input) (output, *fault) {
	calls := map[string]func(input) (output, *fault){
		"ListUsers": s.listUsers, "DescribeUser": s.describeUser, "GetUserId": s.getUserID, "CreateUser": s.createUser,
		"UpdateUser": s.updateUser, "DeleteUser": s.deleteUser,
		"ListGroups": s.listGroups, "DescribeGroup": s.describeGroup, "GetGroupId": s.getGroupID, "CreateGroup": s.createGroup,
		"ListGroupMemberships": s.listMemberships, "ListGroupMembershipsForMember": s.listMembershipsFor,
		"GetGroupMembershipId": s.getMembershipID, "CreateGroupMembership": s.createMembership, "DeleteGroupMembership": s.deleteMembership,
	}
	for name, call := range calls {
		calls[name] = func(in input) (output, *fault) {
			if in.text("IdentityStoreId") != Store {
				return nil, missing("IDENTITY_STORE", in.text("IdentityStoreId"))
			}
			return call(in)
		}
	}
	return calls
}

func (s *System) listUsers(in input) (output, *fault) {
	return paged(s, "Users", "users", in, s.state.Users, func(u *user) any { return u.shown() })
}

func (u *user) shown() output {
	out := output{"UserId": u.ID, "IdentityStoreId": Store, "UserStatus": "ENABLED"}
	for name, value := range u.Fields {
		out[name] = value
	}
	if u.Disabled {
		out["UserStatus"] = "DISABLED"
	}
	return out
}

// user returns the one of that id.
func (s *System) user(id string) (*user, *fault) {
	if !ids.MatchString(id) {
		return nil, refuse("ValidationException", "1 validation error detected: Value at 'userId' failed to satisfy constraint: Member must satisfy regular expression pattern")
	}
	if i := slices.IndexFunc(s.state.Users, func(u *user) bool { return u.ID == id }); i >= 0 {
		return s.state.Users[i], nil
	}
	return nil, missing("USER", id)
}

// userNamed returns the one of that name, in whatever letter case.
func (s *System) userNamed(name string) *user {
	i := slices.IndexFunc(s.state.Users, func(u *user) bool { return strings.EqualFold(u.name(), name) })
	if i < 0 {
		return nil
	}
	return s.state.Users[i]
}

func (s *System) describeUser(in input) (output, *fault) {
	u, f := s.user(in.text("UserId"))
	if f != nil {
		return nil, f
	}
	return u.shown(), nil
}

func alternate(in input, path string) (string, *fault) {
	attribute := in.object("AlternateIdentifier").object("UniqueAttribute")
	if attribute.text("AttributePath") != path {
		return "", refuse("ValidationException", "AttributePath: %s is not supported", attribute.text("AttributePath"))
	}
	return attribute.text("AttributeValue"), nil
}

func (s *System) getUserID(in input) (output, *fault) {
	name, f := alternate(in, "userName")
	if f != nil {
		return nil, f
	}
	u := s.userNamed(name)
	if u == nil {
		return nil, missing("USER", name)
	}
	return output{"UserId": u.ID, "IdentityStoreId": Store}, nil
}

func (s *System) createUser(in input) (output, *fault) {
	name := in.text("UserName")
	switch {
	case !userNames.MatchString(name) || name == "Administrator" || name == "AWSAdministrators":
		return nil, refuse("ValidationException", "1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must satisfy regular expression pattern")
	case in.text("DisplayName") == "" || in.object("Name").text("GivenName") == "" || in.object("Name").text("FamilyName") == "":
		return nil, refuse("ValidationException", "DisplayName, Name.GivenName and Name.FamilyName are required")
	case s.userNamed(name) != nil:
		return nil, conflict("USER", "Duplicate UserName")
	}
	fields := map[string]any{}
	for k, v := range in {
		if k != "IdentityStoreId" {
			fields[k] = v
		}
	}
	u := &user{ID: s.id(), Fields: fields}
	s.state.Users = append(s.state.Users, u)
	return output{"UserId": u.ID, "IdentityStoreId": Store}, nil
}

func conflict(kind, message string) *fault {
	f := refuse("ConflictException", "%s", message)
	f.more = map[string]any{"Reason": "UNIQUENESS_CONSTRAINT_VIOLATION", "ResourceType": kind}
	return f
}

func (s *System) updateUser(in input) (output, *fault) {
	u, f := s.user(in.text("UserId"))
	if f != nil {
		return nil, f
	}
	changed := input{"Name": map[string]any{}}
	for k, v := range u.Fields {
		changed[k] = v
	}
	for _, op := range in["Operations"].([]any) {
		if f := s.change(u, changed, op.(map[string]any)); f != nil {
			return nil, f
		}
	}
	u.Fields = changed
	return output{}, nil
}

// fieldNames are the paths that UpdateUser takes, and where they are in a user.
var fieldNames = map[string]string{
	"userName": "UserName", "displayName": "DisplayName", "nickName": "NickName", "title": "Title", "userType": "UserType", "locale": "Locale",
	"preferredLanguage": "PreferredLanguage", "timezone": "Timezone", "profileUrl": "ProfileUrl", "emails": "Emails",
	"name.givenName": "Name.GivenName", "name.familyName": "Name.FamilyName", "name.middleName": "Name.MiddleName",
}

func (s *System) change(u *user, fields input, op input) *fault {
	path, value := op.text("AttributePath"), op["AttributeValue"]
	field, known := fieldNames[path]
	text, isText := value.(string)
	switch other := s.userNamed(text); {
	case !paths.MatchString(path) || !known:
		return refuse("ValidationException", "Updates for AttributePath: %s is not supported", path)
	case isText && text == "":
		return refuse("ValidationException", "Empty attribute value for %s", path)
	case path == "userName" && !userNames.MatchString(text):
		return refuse("ValidationException", "1 validation error detected: Value at 'userName' failed to satisfy constraint")
	case path == "userName" && other != nil && other != u:
		return conflict("USER", "Duplicate UserName")
	case value == nil && (path == "displayName" || path == "name.givenName" || path == "name.familyName"):
		return refuse("ValidationException", "%s is required", path)
	}
	if path == "emails" && value != nil {
		value = emails(value)
	}
	if outer, inner, nested := strings.Cut(field, "."); nested {
		whole := map[string]any{}
		for k, v := range fields.object(outer) {
			whole[k] = v
		}
		put(whole, inner, value)
		fields[outer] = whole
		return nil
	}
	put(fields, field, value)
	return nil
}

func put(in map[string]any, name string, value any) {
	if value == nil {
		delete(in, name)
		return
	}
	in[name] = value
}

// emails turns a list as UpdateUser takes it into one as answers have it.
func emails(value any) any {
	var out []any
	list, _ := value.([]any)
	for _, e := range list {
		one, _ := e.(map[string]any)
		out = append(out, map[string]any{"Value": one["value"], "Type": one["type"], "Primary": one["primary"]})
	}
	return out
}

func (s *System) deleteUser(in input) (output, *fault) {
	u, f := s.user(in.text("UserId"))
	if f != nil {
		return nil, f
	}
	s.state.Users = slices.DeleteFunc(s.state.Users, func(o *user) bool { return o == u })
	s.state.Members = slices.DeleteFunc(s.state.Members, func(m *membership) bool { return m.User == u.ID })
	return output{}, nil
}
