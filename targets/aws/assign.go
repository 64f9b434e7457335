package aws

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"birthright/identity"
	"birthright/targets"
)

// job is an assignment that AWS makes or takes away in the background.
type job struct {
	request  string
	instance string
	store    string
	user     string
	set      string // ARN
	account  string
	action   targets.Action
}

// same reports whether two jobs are about the same thing.
func (j job) same(other job) bool {
	return j.user == other.user && j.set == other.set && j.account == other.account && j.action == other.action
}

// progress is how far a job is.
type progress struct {
	state  types.StatusValues
	reason string
}

func progressOf(s *types.AccountAssignmentOperationStatus) (progress, string) {
	if s == nil {
		return progress{}, ""
	}
	return progress{s.Status, sdk.ToString(s.FailureReason)}, sdk.ToString(s.RequestId)
}

// prepare finds out what op is about: the user, the permission set, the account.
func (t *Target) prepare(ctx context.Context, op targets.Op) (job, error) {
	at, err := t.where(ctx)
	if err != nil {
		return job{}, err
	}
	name, account, ok := splitSet(op.Entitlement.ID)
	if !ok || !t.manages(account) {
		return job{}, errNoEntitlement
	}
	user, err := t.find(ctx, at.store, op.Account)
	if err != nil {
		return job{}, err
	}
	set, err := t.setARN(ctx, at.arn, name)
	if err != nil {
		return job{}, err
	}
	return job{instance: at.arn, store: at.store, user: *user.UserId, set: set, account: account, action: op.Action}, nil
}

// start has AWS begin, unless there is nothing to do. A zero progress means that the
// result says it all.
func (t *Target) start(ctx context.Context, op targets.Op, j *job) (progress, targets.Result) {
	direct, through, err := t.assigned(ctx, *j)
	if err != nil {
		return progress{}, unsettled(op, unknownPlace(err))
	}
	if direct == (op.Action == targets.Add) {
		if op.Action == targets.Remove && through {
			return progress{}, targets.Failed(op, targets.Refused, identity.Conflict, errors.New("the user holds it through a group"))
		}
		return progress{}, targets.Result{Outcome: targets.Already, AccountID: j.user}
	}
	state, err := t.send(ctx, j)
	if err == nil {
		return state, targets.Result{}
	}
	err = unknownPlace(failure(err))
	if status(err) != http.StatusConflict {
		if errors.Is(err, errNoEntitlement) {
			t.memory.forgetSet(j.set)
			return progress{}, unsettled(op, err)
		}
		return progress{}, withID(result(op, err), j.user)
	}
	if closed.MatchString(err.Error()) {
		return progress{}, withID(result(op, err), j.user) // waiting does not help
	}
	// AWS changes one thing at a time here: our own, begun earlier, or somebody else's.
	request, look := t.running(ctx, *j)
	if look != nil || request == "" {
		return progress{}, withID(t.busy(op, err), j.user)
	}
	j.request = request
	return progress{state: types.StatusValuesInProgress}, targets.Result{}
}

// assigned looks whether the user of a job holds what it is about: directly, and, where
// not, through a group.
func (t *Target) assigned(ctx context.Context, j job) (direct, through bool, err error) {
	groups := map[string]bool{}
	err = t.eachHolder(ctx, j.instance, j.set, j.account, func(kind types.PrincipalType, id string) error {
		direct = direct || kind == types.PrincipalTypeUser && id == j.user
		if kind == types.PrincipalTypeGroup {
			groups[id] = true
		}
		return nil
	})
	if err != nil || direct || len(groups) == 0 || j.action == targets.Add {
		return direct, false, err
	}
	err = t.eachGroupOf(ctx, j.store, j.user, func(group string) error {
		through = through || groups[group]
		return nil
	})
	return false, through, err
}

// unknownPlace tells what it means that AWS does not find something here: user and
// permission set were looked up before, so that it is the set or the account.
func unknownPlace(err error) error {
	if isMissing(err) {
		return errNoEntitlement
	}
	return err
}

func (m *memory) forgetSet(arn string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.setARNs, m.sets[arn])
	delete(m.sets, arn)
}

// send asks AWS to begin.
func (t *Target) send(ctx context.Context, j *job) (progress, error) {
	var s *types.AccountAssignmentOperationStatus
	if j.action == targets.Add {
		out, err := t.sso.CreateAccountAssignment(ctx, &ssoadmin.CreateAccountAssignmentInput{
			InstanceArn: &j.instance, PermissionSetArn: &j.set, PrincipalId: &j.user, PrincipalType: types.PrincipalTypeUser,
			TargetId: &j.account, TargetType: types.TargetTypeAwsAccount,
		})
		if err != nil {
			return progress{}, err
		}
		s = out.AccountAssignmentCreationStatus
	} else {
		out, err := t.sso.DeleteAccountAssignment(ctx, &ssoadmin.DeleteAccountAssignmentInput{
			InstanceArn: &j.instance, PermissionSetArn: &j.set, PrincipalId: &j.user, PrincipalType: types.PrincipalTypeUser,
			TargetId: &j.account, TargetType: types.TargetTypeAwsAccount,
		})
		if err != nil {
			return progress{}, err
		}
		s = out.AccountAssignmentDeletionStatus
	}
	var state progress
	state, j.request = progressOf(s)
	return state, nil
}

// ask looks how far a job is.
func (t *Target) ask(ctx context.Context, j job) (progress, job, error) {
	s, err := t.status(ctx, j)
	if err != nil {
		return progress{}, job{}, failure(err)
	}
	if s == nil || s.Status == "" {
		return progress{}, job{}, incomplete("AWS does not tell how far an assignment is")
	}
	state, request := progressOf(s)
	return state, job{request, j.instance, j.store, sdk.ToString(s.PrincipalId), sdk.ToString(s.PermissionSetArn), sdk.ToString(s.TargetId), j.action}, nil
}

func (t *Target) status(ctx context.Context, j job) (*types.AccountAssignmentOperationStatus, error) {
	if j.action == targets.Add {
		out, err := t.sso.DescribeAccountAssignmentCreationStatus(ctx, &ssoadmin.DescribeAccountAssignmentCreationStatusInput{
			InstanceArn: &j.instance, AccountAssignmentCreationRequestId: &j.request,
		})
		if err != nil {
			return nil, err
		}
		return out.AccountAssignmentCreationStatus, nil
	}
	out, err := t.sso.DescribeAccountAssignmentDeletionStatus(ctx, &ssoadmin.DescribeAccountAssignmentDeletionStatusInput{
		InstanceArn: &j.instance, AccountAssignmentDeletionRequestId: &j.request,
	})
	if err != nil {
		return nil, err
	}
	return out.AccountAssignmentDeletionStatus, nil
}

// running finds the request of a job that is on its way though we do not know it: its
// reply was lost, or an earlier run of the program began it. "" where it is not.
func (t *Target) running(ctx context.Context, j job) (string, error) {
	var requests []string
	filter := &types.OperationStatusFilter{Status: types.StatusValuesInProgress}
	err := pages(ctx, func(token *string) (*string, error) {
		found, next, err := t.inProgress(ctx, j, filter, token)
		for _, m := range found {
			requests = append(requests, sdk.ToString(m.RequestId))
		}
		return next, err
	})
	if err != nil {
		return "", err
	}
	for _, request := range requests {
		j.request = request
		if _, is, err := t.ask(ctx, j); err == nil && is.same(j) {
			return request, nil
		}
	}
	return "", nil
}

func (t *Target) inProgress(
	ctx context.Context, j job, filter *types.OperationStatusFilter, token *string,
) ([]types.AccountAssignmentOperationStatusMetadata, *string, error) {
	if j.action == targets.Add {
		out, err := t.sso.ListAccountAssignmentCreationStatus(ctx, &ssoadmin.ListAccountAssignmentCreationStatusInput{
			InstanceArn: &j.instance, Filter: filter, MaxResults: &t.page, NextToken: token,
		})
		if err != nil {
			return nil, nil, err
		}
		return out.AccountAssignmentsCreationStatus, out.NextToken, nil
	}
	out, err := t.sso.ListAccountAssignmentDeletionStatus(ctx, &ssoadmin.ListAccountAssignmentDeletionStatusInput{
		InstanceArn: &j.instance, Filter: filter, MaxResults: &t.page, NextToken: token,
	})
	if err != nil {
		return nil, nil, err
	}
	return out.AccountAssignmentsDeletionStatus, out.NextToken, nil
}

var (
	later = regexp.MustCompile(`(?i)throttl|rate exceeded|too many requests|conflict|try again|internal (server )?error|service unavailable`)
	gone  = regexp.MustCompile(`(?i)\b404\b|not found|does not exist`)
	// closed is a conflict with an account that is not in use.
	closed = regexp.MustCompile(`(?i)suspended|closed|pending closure`)
	deny   = regexp.MustCompile(`(?i)access ?denied|not authorized|forbidden`)
)

// failed makes the result of a job that AWS gave up, which it explains in a sentence.
func (t *Target) failed(op targets.Op, reason string) targets.Result {
	if reason == "" {
		reason = "no reason told"
	}
	err := fmt.Errorf("AWS gave up: %s", clip(reason))
	switch {
	case later.MatchString(reason):
		return t.busy(op, err)
	case gone.MatchString(reason):
		return targets.Failed(op, targets.Stale, identity.NotFound, err)
	case deny.MatchString(reason):
		return targets.Failed(op, targets.Refused, identity.Denied, err)
	}
	return targets.Failed(op, targets.Refused, identity.Conflict, err)
}
