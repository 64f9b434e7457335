package salesforcesim

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
)

// most is how many records one request may carry.
const most = 200

// saved is what became of one record.
type saved struct {
	ID      string  `json:"id,omitempty"`
	Success bool    `json:"success"`
	Errors  []fault `json:"errors"`
}

// fault is why one was not saved.
type fault struct {
	StatusCode string   `json:"statusCode"`
	Message    string   `json:"message"`
	Fields     []string `json:"fields"`
}

func failed(code, message string, fields ...string) saved {
	return saved{Errors: []fault{{code, message, append([]string{}, fields...)}}}
}

func done(id string) saved { return saved{ID: id, Success: true, Errors: []fault{}} }

// collection saves or deletes records, each on its own.
func (o *Org) collection(w http.ResponseWriter, r *http.Request) {
	out := []saved{}
	if r.Method == http.MethodDelete {
		ids := strings.Split(r.URL.Query().Get("ids"), ",")
		if len(ids) > most {
			refuse(w, http.StatusBadRequest, "EXCEEDED_ID_LIMIT", "record limit reached")
			return
		}
		for _, id := range ids {
			out = append(out, o.erase(id))
		}
		answer(w, out)
		return
	}
	var in struct {
		AllOrNone bool  `json:"allOrNone"`
		Records   []row `json:"records"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.AllOrNone || len(in.Records) == 0 || len(in.Records) > most {
		refuse(w, http.StatusBadRequest, "JSON_PARSER_ERROR", "1 to 200 records are wanted, each on its own")
		return
	}
	for _, rec := range in.Records {
		about, _ := rec["attributes"].(row)
		object, _ := about["type"].(string)
		delete(rec, "attributes")
		switch {
		case r.Method == http.MethodPost:
			out = append(out, o.create(object, rec))
		case r.Method == http.MethodPatch:
			out = append(out, o.update(object, rec))
		}
	}
	answer(w, out)
}

func (o *Org) erase(id string) saved {
	for _, object := range []string{"PermissionSetAssignment", "GroupMember"} {
		r := o.byID(object, id)
		if r == nil {
			continue
		}
		if o.held(r) {
			return failed("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")
		}
		o.remove(object, id)
		return done(id)
	}
	return failed("ENTITY_IS_DELETED", "entity is deleted")
}

// held reports whether another transaction holds the user of a row.
func (o *Org) held(r row) bool {
	if o.opt.Locked == nil {
		return false
	}
	for _, field := range []string{"AssigneeId", "UserOrGroupId", "Id"} {
		if id, ok := r[field].(string); ok && o.opt.Locked(id) {
			return true
		}
	}
	return false
}

func (o *Org) create(object string, rec row) saved {
	if o.held(rec) {
		return failed("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")
	}
	switch object {
	case "User":
		return o.createUser(rec)
	case "PermissionSetAssignment":
		return o.createAssignment(rec)
	case "GroupMember":
		return o.createMember(rec)
	}
	return failed("INVALID_TYPE", "cannot create "+object)
}

// createAssignment refuses a second row for the same, also where the first has ended.
func (o *Org) createAssignment(rec row) saved {
	user, _ := rec["AssigneeId"].(string)
	set, _ := rec["PermissionSetId"].(string)
	group, _ := rec["PermissionSetGroupId"].(string)
	if o.byID("User", user) == nil || set != "" && o.byID("PermissionSet", set) == nil || group != "" && o.byID("PermissionSetGroup", group) == nil || (set == "") == (group == "") {
		return failed("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
	}
	for _, r := range o.memory.Rows["PermissionSetAssignment"] {
		if r["AssigneeId"] == user && r["PermissionSetId"] == orNil(set) && r["PermissionSetGroupId"] == orNil(group) {
			return failed("DUPLICATE_VALUE", "duplicate value found: PermissionSetId, AssigneeId duplicates value on record with id")
		}
	}
	return done(o.insert("PermissionSetAssignment", row{"AssigneeId": user, "PermissionSetId": orNil(set), "PermissionSetGroupId": orNil(group),
		"ExpirationDate": rec["ExpirationDate"], "IsActive": true}))
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// createMember never makes a second row: for a member that is there already, its row is
// the answer.
func (o *Org) createMember(rec row) saved {
	group, _ := rec["GroupId"].(string)
	member, _ := rec["UserOrGroupId"].(string)
	if o.byID("Group", group) == nil || o.byID("User", member) == nil && o.byID("Group", member) == nil {
		return failed("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
	}
	for _, r := range o.memory.Rows["GroupMember"] {
		if r["GroupId"] == group && r["UserOrGroupId"] == member {
			return done(r["Id"].(string))
		}
	}
	return done(o.insert("GroupMember", row{"GroupId": group, "UserOrGroupId": member}))
}

var usernameForm = regexp.MustCompile(`^[^\s@,"]+@[^\s@]+\.[^\s@]+$`)

func (o *Org) createUser(rec row) saved {
	for _, field := range []string{"Username", "LastName", "Email", "Alias", "ProfileId", "TimeZoneSidKey", "LocaleSidKey", "EmailEncodingKey", "LanguageLocaleKey"} {
		if s, _ := rec[field].(string); s == "" {
			return failed("REQUIRED_FIELD_MISSING", "Required fields are missing: ["+field+"]", field)
		}
	}
	rec["UserType"] = "Standard"
	if s := o.checkUser(rec, rec); !s.Success {
		return s
	}
	return done(o.insert("User", rec))
}

// checkUser tidies change and says whether a user may become so.
func (o *Org) checkUser(user, change row) saved {
	for field, value := range change {
		if s, ok := value.(string); ok {
			change[field] = strings.TrimSpace(s)
		}
	}
	if s, ok := change["Email"].(string); ok {
		change["Email"] = strings.ToLower(s)
	}
	if name, ok := change["Username"].(string); ok && !usernameForm.MatchString(name) {
		return failed("INVALID_EMAIL_ADDRESS", "Username must be in the form of an email address", "Username")
	}
	for field, code := range map[string]string{"Username": "DUPLICATE_USERNAME", "FederationIdentifier": "DUPLICATE_VALUE"} {
		name, _ := change[field].(string)
		if other := o.named("User", field, name); name != "" && other != nil && other["Id"] != user["Id"] {
			return failed(code, "Duplicate "+field, field)
		}
	}
	if id, ok := change["ProfileId"].(string); ok && o.byID("Profile", id) == nil {
		return failed("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", "ProfileId")
	}
	if change["IsActive"] == true && o.opt.Licences > 0 && o.active() >= o.opt.Licences {
		return failed("LICENSE_LIMIT_EXCEEDED", "license limit exceeded")
	}
	return done("")
}

func (o *Org) active() (n int) {
	for _, u := range o.memory.Rows["User"] {
		if u["IsActive"] == true {
			n++
		}
	}
	return n
}

func (o *Org) update(object string, rec row) saved {
	id, _ := rec["id"].(string)
	delete(rec, "id")
	r := o.byID(object, id)
	switch {
	case r == nil:
		return failed("ENTITY_IS_DELETED", "entity is deleted")
	case o.held(r):
		return failed("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")
	case object == "User":
		if s := o.checkUser(r, rec); !s.Success {
			return s
		}
	case object != "PermissionSetAssignment" || len(rec) != 1 || !keyed(rec, "ExpirationDate"):
		return failed("INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields")
	}
	for field, value := range rec {
		r[field] = value
	}
	return done(id)
}

func keyed(r row, field string) bool { _, ok := r[field]; return ok }
