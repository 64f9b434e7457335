package salesforcesim

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// route answers what is below /services/data/VERSION.
func (o *Org) route(w http.ResponseWriter, r *http.Request) {
	rest, ok := strings.CutPrefix(r.URL.Path, "/services/data/v")
	version, rest, below := strings.Cut(rest, "/")
	root := "/services/data/v" + version
	parts := strings.Split(rest, "/")
	switch {
	case !ok || !below:
	case r.Method == http.MethodGet && rest == "query":
		o.query(w, root, r.URL.Query().Get("q"), 0)
		return
	case r.Method == http.MethodGet && parts[0] == "query" && len(parts) == 2:
		soql, from, known := fromLocator(parts[1])
		if !known {
			refuse(w, http.StatusBadRequest, "INVALID_QUERY_LOCATOR", "invalid query locator")
			return
		}
		o.query(w, root, soql, from)
		return
	case rest == "composite/sobjects":
		o.collection(w, r)
		return
	case r.Method == http.MethodGet && rest == "limits":
		answer(w, row{"DailyApiRequests": row{"Max": o.opt.Requests, "Remaining": o.opt.Requests - len(o.used)}})
		return
	case r.Method == http.MethodGet && len(parts) == 3 && parts[0] == "sobjects" && parts[2] == "describe" && prefixes[parts[1]] != "":
		o.describe(w, parts[1])
		return
	}
	refuse(w, http.StatusNotFound, "NOT_FOUND", "The requested resource does not exist")
}

// query answers one page.
func (o *Org) query(w http.ResponseWriter, root, soql string, from int) {
	q, err := parse(soql)
	if err != nil {
		refuse(w, http.StatusBadRequest, "MALFORMED_QUERY", err.Error())
		return
	}
	var found []row
	for _, r := range o.memory.Rows[q.object] {
		if !q.matches(o, r) {
			continue
		}
		out := row{"attributes": row{"type": q.object, "url": root + "/sobjects/" + q.object + "/" + r["Id"].(string)}}
		for _, f := range q.fields {
			out[f] = r[f]
		}
		found = append(found, out)
	}
	from = min(from, len(found))
	to := min(from+o.opt.PageSize, len(found))
	page := row{"totalSize": len(found), "done": to == len(found), "records": append([]row{}, found[from:to]...)}
	if to < len(found) {
		page["nextRecordsUrl"] = root + "/query/" + toLocator(soql, to)
	}
	answer(w, page)
}

func toLocator(soql string, from int) string {
	return base64.RawURLEncoding.EncodeToString([]byte(soql)) + "." + strconv.Itoa(from)
}

func fromLocator(locator string) (soql string, from int, ok bool) {
	text, number, _ := strings.Cut(locator, ".")
	data, err := base64.RawURLEncoding.DecodeString(text)
	from, wrong := strconv.Atoi(number)
	return string(data), from, err == nil && wrong == nil
}

// describe says what may be done with an object.
func (o *Org) describe(w http.ResponseWriter, object string) {
	may := !slices.Contains(o.opt.Denied, object)
	var fields []row
	for _, f := range map[string][]string{"PermissionSetAssignment": {"ExpirationDate"}, "User": {"IsActive"}}[object] {
		fields = append(fields, row{"name": f, "createable": may, "updateable": may})
	}
	answer(w, row{"name": object, "createable": may, "updateable": may && object != "GroupMember", "deletable": may && object != "User", "fields": append([]row{}, fields...)})
}

func answer(w http.ResponseWriter, body any) {
	data, err := json.Marshal(body)
	if err != nil {
		refuse(w, http.StatusInternalServerError, "UNKNOWN_EXCEPTION", err.Error())
		return
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_, _ = w.Write(data) // a client that went away needs no answer
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `[{"message":%q,"errorCode":%q}]`, message, code)
}
