package awssim

import (
	"fmt"
	"regexp"
	"slices"
	"time"
)

type set struct{ ARN, Name string }

// assigned is a permission set on an account in somebody's hands.
type assigned struct{ Set, Account, Kind, Principal string }

// job is an assignment that is being made or taken away.
type job struct {
	ID      string
	Creates bool
	What    assigned
	Begun   time.Time
	Ready   time.Time
	State   string
	Reason  string
}

var setNames = regexp.MustCompile(`^[\w+=,.@-]{1,32}$`)

// sso are the calls of Identity Center.
func (s *System) sso() map[string]func(input) (output, *fault) {
	return map[string]func(input) (output, *fault){
		"ListInstances": s.listInstances, "ListPermissionSets": s.listSets, "DescribePermissionSet": s.describeSet,
		"ListAccountsForProvisionedPermissionSet": s.listProvisioned, "ListAccountAssignments": s.listAssignments,
		"ListAccountAssignmentsForPrincipal": s.listForPrincipal,
		"CreateAccountAssignment":            func(in input) (output, *fault) { return s.begin(in, true) },
		"DeleteAccountAssignment":            func(in input) (output, *fault) { return s.begin(in, false) },
		"DescribeAccountAssignmentCreationStatus": func(in input) (output, *fault) {
			return s.describeJob(in.text("AccountAssignmentCreationRequestId"), true)
		},
		"DescribeAccountAssignmentDeletionStatus": func(in input) (output, *fault) {
			return s.describeJob(in.text("AccountAssignmentDeletionRequestId"), false)
		},
		"ListAccountAssignmentCreationStatus": func(in input) (output, *fault) { return s.listJobs(in, true) },
		"ListAccountAssignmentDeletionStatus": func(in input) (output, *fault) { return s.listJobs(in, false) },
	}
}

func (s *System) listInstances(in input) (output, *fault) {
	return paged(s, "Instances", "instances", in, []string{Instance}, func(arn string) any {
		return output{"InstanceArn": arn, "IdentityStoreId": Store, "OwnerAccountId": "999900001111", "Status": "ACTIVE"}
	})
}

func (s *System) listSets(in input) (output, *fault) {
	if in.text("InstanceArn") != Instance {
		return nil, missing("instance", in.text("InstanceArn"))
	}
	return paged(s, "PermissionSets", "sets", in, s.state.Sets, func(p *set) any { return p.ARN })
}

func (s *System) set(in input) (*set, *fault) {
	arn := in.text("PermissionSetArn")
	if i := slices.IndexFunc(s.state.Sets, func(p *set) bool { return p.ARN == arn }); i >= 0 && in.text("InstanceArn") == Instance {
		return s.state.Sets[i], nil
	}
	return nil, missing("PermissionSet", arn)
}

func (s *System) describeSet(in input) (output, *fault) {
	p, f := s.set(in)
	if f != nil {
		return nil, f
	}
	return output{"PermissionSet": output{"Name": p.Name, "PermissionSetArn": p.ARN, "SessionDuration": "PT1H", "CreatedDate": 1760000000}}, nil
}

// addSet makes a permission set of a name that fits, once.
func (s *System) addSet(name string) *set {
	if i := slices.IndexFunc(s.state.Sets, func(p *set) bool { return p.Name == name }); i >= 0 {
		return s.state.Sets[i]
	}
	p := &set{fmt.Sprintf("arn:aws:sso:::permissionSet/ssoins-7223simulated000/ps-%016x", s.number()), name}
	s.state.Sets = append(s.state.Sets, p)
	return p
}

func (s *System) listProvisioned(in input) (output, *fault) {
	p, f := s.set(in)
	if f != nil {
		return nil, f
	}
	var accounts []string
	for _, a := range s.state.Assigned {
		if a.Set == p.ARN && !slices.Contains(accounts, a.Account) {
			accounts = append(accounts, a.Account)
		}
	}
	return paged(s, "AccountIds", "provisioned "+p.ARN, in, accounts, func(id string) any { return id })
}

func (s *System) listAssignments(in input) (output, *fault) {
	p, f := s.set(in)
	if f != nil {
		return nil, f
	}
	account := in.text("AccountId")
	if s.account(account) == nil {
		return nil, missing("Account", account)
	}
	var found []*assigned
	for _, a := range s.state.Assigned {
		if a.Set == p.ARN && a.Account == account {
			found = append(found, a)
		}
	}
	return paged(s, "AccountAssignments", "assigned "+p.ARN+account, in, found, (*assigned).shown)
}

func (a *assigned) shown() any {
	return output{"PermissionSetArn": a.Set, "AccountId": a.Account, "PrincipalType": a.Kind, "PrincipalId": a.Principal}
}

func (s *System) listForPrincipal(in input) (output, *fault) {
	if s.opt.NoPrincipals {
		return nil, refuse("AccessDeniedException", "User: %s is not authorized to perform: sso:ListAccountAssignmentsForPrincipal", Caller)
	}
	who, kind := in.text("PrincipalId"), in.text("PrincipalType")
	var found []*assigned
	for _, a := range s.state.Assigned {
		if a.Kind == kind && a.Principal == who || kind == "USER" && a.Kind == "GROUP" && !s.opt.NoGroupHoldings && s.isIn(a.Principal, who) {
			found = append(found, a)
		}
	}
	return paged(s, "AccountAssignments", "held "+who, in, found, (*assigned).shown)
}

func (s *System) isIn(group, user string) bool {
	return slices.ContainsFunc(s.state.Members, func(m *membership) bool { return m.Group == group && m.User == user })
}

// begin starts an assignment or its end.
func (s *System) begin(in input, creates bool) (output, *fault) {
	p, f := s.set(in)
	if f != nil {
		return nil, f
	}
	what := assigned{p.ARN, in.text("TargetId"), in.text("PrincipalType"), in.text("PrincipalId")}
	if f := s.assignable(what); f != nil {
		return nil, f
	}
	running := 0
	for _, j := range s.state.Jobs {
		if j.State != inProgress {
			continue
		}
		if running++; j.What.Set == what.Set && j.What.Account == what.Account {
			return nil, refuse("ConflictException", "There is already an ongoing operation on this permission set and account. Try again later.")
		}
	}
	if running >= s.opt.Outstanding {
		return nil, refuse("ThrottlingException", "Too many outstanding assignment requests.")
	}
	now := s.opt.Now()
	j := &job{ID: s.id(), Creates: creates, What: what, Begun: now, Ready: now.Add(s.opt.Lag), State: inProgress}
	s.state.Jobs = append(s.state.Jobs, j)
	s.progress()
	return j.shown(), nil
}

// assignable refuses what there is not.
func (s *System) assignable(what assigned) *fault {
	switch a := s.account(what.Account); {
	case a == nil:
		return missing("Account", what.Account)
	case a.Suspended:
		return refuse("ConflictException", "The account %s is suspended.", what.Account)
	}
	if what.Kind == "GROUP" {
		_, f := s.group(what.Principal)
		return f
	}
	_, f := s.user(what.Principal)
	return f
}

// The states of a job.
const (
	inProgress = "IN_PROGRESS"
	succeeded  = "SUCCEEDED"
	failed     = "FAILED"
)

// progress ends jobs whose time has come.
func (s *System) progress() {
	now := s.opt.Now()
	for _, j := range s.state.Jobs {
		if j.State == inProgress && !now.Before(j.Ready) {
			s.end(j)
		}
	}
	s.state.Jobs = slices.DeleteFunc(s.state.Jobs, func(j *job) bool { return j.State != inProgress && now.Sub(j.Ready) > 24*time.Hour })
}

func (s *System) end(j *job) {
	at := slices.IndexFunc(s.state.Assigned, func(a *assigned) bool { return *a == j.What })
	j.State = succeeded
	switch {
	case s.opt.GivesUp != "":
		j.State, j.Reason = failed, s.opt.GivesUp
	case j.Creates && at < 0:
		what := j.What
		s.state.Assigned = append(s.state.Assigned, &what)
	case !j.Creates && at < 0:
		j.State, j.Reason = failed, "Received a 404 status error: the assignment was not found."
	case !j.Creates:
		s.state.Assigned = slices.Delete(s.state.Assigned, at, at+1)
	}
}

func (j *job) name() string {
	if j.Creates {
		return "AccountAssignmentCreationStatus"
	}
	return "AccountAssignmentDeletionStatus"
}

func (j *job) shown() output {
	status := output{
		"RequestId": j.ID, "Status": j.State, "CreatedDate": j.Begun.Unix(), "PermissionSetArn": j.What.Set, "TargetId": j.What.Account,
		"TargetType": "AWS_ACCOUNT", "PrincipalType": j.What.Kind, "PrincipalId": j.What.Principal,
	}
	if j.Reason != "" {
		status["FailureReason"] = j.Reason
	}
	return output{j.name(): status}
}

func (s *System) describeJob(id string, creates bool) (output, *fault) {
	i := slices.IndexFunc(s.state.Jobs, func(j *job) bool { return j.ID == id && j.Creates == creates })
	if i < 0 {
		return nil, missing("Request", id)
	}
	return s.state.Jobs[i].shown(), nil
}

func (s *System) listJobs(in input, creates bool) (output, *fault) {
	var found []*job
	for _, j := range s.state.Jobs {
		if state := in.object("Filter").text("Status"); j.Creates == creates && (state == "" || state == j.State) {
			found = append(found, j)
		}
	}
	name := "AccountAssignmentsDeletionStatus"
	if creates {
		name = "AccountAssignmentsCreationStatus"
	}
	return paged(s, name, "jobs", in, found, func(j *job) any {
		return output{"RequestId": j.ID, "Status": j.State, "CreatedDate": j.Begun.Unix()}
	})
}
