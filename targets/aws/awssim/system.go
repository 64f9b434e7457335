package awssim

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options are what can be told of a simulated AWS; the zero value is a friendly one.
type Options struct {
	Now func() time.Time
	// Page bounds every page; 0 means 100.
	Page int
	// Lag is how long an assignment is made in the background; 0 means that it is
	// there at once.
	Lag time.Duration
	// Outstanding is how many may be on their way; 0 means 10.
	Outstanding int
	// GivesUp is why every assignment fails in the end; "" has them work.
	GivesUp string
	// AccessKeyID is who must have signed, Token who may use SCIM; "" is anybody.
	AccessKeyID, Token string
	// Denied are rights that the credential lacks, such as sso:ListPermissionSets.
	Denied []string
	// NoPrincipals has AWS tell nobody what one user holds, as outside the
	// organisation's management account.
	NoPrincipals bool
	// NoGroupHoldings leaves out of what one user holds what groups give.
	NoGroupHoldings bool
	// IAM has accounts that are seeded be users of classic IAM.
	IAM bool
}

// What there is from the beginning.
const (
	Instance = "arn:aws:sso:::instance/ssoins-7223simulated000"
	Store    = "d-9067000000"
	Caller   = "arn:aws:iam::999900001111:user/birthright"
)

// System is a simulated AWS. It is safe for concurrent use.
type System struct {
	opt   Options
	mu    sync.Mutex
	state state
}

// state is all that it holds.
type state struct {
	Last       int // of what gets a number
	Users      []*user
	Groups     []*group
	Members    []*membership
	Sets       []*set
	Accounts   []*account
	Assigned   []*assigned
	Jobs       []*job
	IAMUsers   []*iamUser
	IAMGroups  []*iamGroup
	IAMMembers []*iamMember
}

// New returns one with an Identity Center in which there is nobody.
func New(opt Options) *System {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Page == 0 {
		opt.Page = 100
	}
	if opt.Outstanding == 0 {
		opt.Outstanding = 10
	}
	return &System{opt: opt}
}

// Memory is all that it holds.
func (s *System) Memory() any { return &s.state }

// Reads reports whether a request changes nothing, though it is a POST.
func Reads(req *http.Request) bool {
	name := req.Header.Get("X-Amz-Target")
	if name == "" && req.GetBody != nil {
		if body, err := req.GetBody(); err == nil {
			data, _ := io.ReadAll(body) // from memory
			form, _ := url.ParseQuery(string(data))
			name = "." + form.Get("Action")
		}
	}
	_, name, _ = strings.Cut(name, ".")
	for _, begin := range []string{"List", "Describe", "Get", "Simulate", "AssumeRole"} {
		if strings.HasPrefix(name, begin) {
			return true
		}
	}
	return false
}

// fault is an error of AWS.
type fault struct {
	status        int
	code, message string
	more          map[string]any
}

func (f *fault) Error() string { return f.code + ": " + f.message }

func refuse(code, format string, args ...any) *fault {
	return &fault{status: http.StatusBadRequest, code: code, message: fmt.Sprintf(format, args...)}
}

func missing(kind, what string) *fault {
	f := refuse("ResourceNotFoundException", "%s not found.", strings.ToUpper(kind[:1])+strings.ToLower(kind[1:]))
	f.more = map[string]any{"ResourceType": kind, "ResourceId": what}
	return f
}

// input is the JSON of a request.
type input map[string]any

func (in input) text(name string) string { v, _ := in[name].(string); return v }

func (in input) object(name string) input {
	v, _ := in[name].(map[string]any)
	return v
}

// output is the JSON of an answer.
type output = map[string]any

// ServeHTTP answers a request.
func (s *System) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.progress()
	switch target := r.Header.Get("X-Amz-Target"); {
	case target != "":
		s.answerJSON(w, r, target, body)
	case strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded"):
		s.answerXML(w, r, body)
	default:
		s.scim(w, r, body)
	}
}

// signed reports whether the request is signed by who may ask.
func (s *System) signed(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential="+s.opt.AccessKeyID)
}

// rights is how AWS begins the names of rights in services whose calls a header names.
var rights = map[string]string{
	"AWSIdentityStore": "identitystore:", "SWBExternalService": "sso:", "AWSOrganizationsV20161128": "organizations:",
}

func (s *System) answerJSON(w http.ResponseWriter, r *http.Request, target string, body []byte) {
	service, name, _ := strings.Cut(target, ".")
	right := rights[service] + name
	calls := map[string]func(input) (output, *fault){}
	switch service {
	case "AWSIdentityStore":
		calls = s.identityStore()
	case "SWBExternalService":
		calls = s.sso()
	case "AWSOrganizationsV20161128":
		calls = s.organisation()
	}
	var in input
	var out output
	var f *fault
	call := calls[name]
	switch {
	case !s.signed(r):
		f = refuse("UnrecognizedClientException", "The security token included in the request is invalid.")
	case call == nil:
		f = refuse("UnknownOperationException", "")
	case slices.Contains(s.opt.Denied, right):
		f = refuse("AccessDeniedException", "User: %s is not authorized to perform: %s because no identity-based policy allows the %s action", Caller, right, right)
	case json.Unmarshal(body, &in) != nil:
		f = refuse("SerializationException", "")
	default:
		out, f = call(in)
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.Header().Set("X-Amzn-Requestid", fmt.Sprintf("00000000-0000-4000-8000-%012x", s.number()))
	if f != nil {
		out = output{"__type": f.code, "Message": f.message}
		for k, v := range f.more {
			out[k] = v
		}
		w.WriteHeader(f.status)
	}
	if out == nil {
		out = output{}
	}
	_ = json.NewEncoder(w).Encode(out)
}

// number returns the next number of what gets one.
func (s *System) number() int {
	s.state.Last++
	return s.state.Last
}

// id returns a new id of the form that AWS's have.
func (s *System) id() string {
	return fmt.Sprintf("%08x-5011-70c3-9d7e-%012x", s.number(), s.state.Last)
}
