package store

import (
	"context"
	"errors"
	"time"

	"birthright/audit"
	"birthright/identity"
)

var errPending = errors.New("store: not there yet")

func Digest(a identity.Attributes, payload []byte) (sum [16]byte) { return sum }

func (tx *Tx) RecordByID(ctx context.Context, source, id string) (identity.Record, error) {
	return identity.Record{}, errPending
}
func (tx *Tx) RecordsByKey(ctx context.Context, source string, keys []string) (map[string]identity.Record, error) {
	return nil, errPending
}
func (tx *Tx) RecordDigests(ctx context.Context, source string, keys []string) (map[string]RecordState, error) {
	return nil, errPending
}
func (tx *Tx) RecordsOfUsers(ctx context.Context, userNs []int64) (map[int64][]identity.Record, error) {
	return nil, errPending
}
func (tx *Tx) Records(ctx context.Context, q RecordQuery) (records []identity.Record, total int, err error) {
	return nil, 0, errPending
}
func (tx *Tx) LiveRecords(ctx context.Context, source string) ([]int64, error) {
	return nil, errPending
}
func (tx *Tx) SaveRecords(ctx context.Context, records []*identity.Record, events ...audit.Event) error {
	return errPending
}
func (tx *Tx) RecordKeys(ctx context.Context, ns []int64) (map[int64]string, error) {
	return nil, errPending
}

func (tx *Tx) MatchKeys(ctx context.Context, keys []string) (map[string][]Match, error) {
	return nil, errPending
}
func (tx *Tx) SetMatchKeys(ctx context.Context, keys map[int64][]string, events ...audit.Event) error {
	return errPending
}

func (tx *Tx) SourceGroupByID(ctx context.Context, source, id string) (identity.SourceGroup, error) {
	return identity.SourceGroup{}, errPending
}
func (tx *Tx) SourceGroupsByKey(ctx context.Context, source string, keys []string) (map[string]identity.SourceGroup, error) {
	return nil, errPending
}
func (tx *Tx) SourceGroups(ctx context.Context, q SourceGroupQuery) (groups []identity.SourceGroup, total int, err error) {
	return nil, 0, errPending
}
func (tx *Tx) SaveSourceGroups(ctx context.Context, groups []*identity.SourceGroup, events ...audit.Event) error {
	return errPending
}
func (tx *Tx) DeleteSourceGroups(ctx context.Context, ns []int64, events ...audit.Event) error {
	return errPending
}
func (tx *Tx) GroupMembers(ctx context.Context, groupN int64) ([]Member, error) {
	return nil, errPending
}
func (tx *Tx) AddMembers(ctx context.Context, groupN int64, members []MemberN, events ...audit.Event) (changed []MemberN, err error) {
	return nil, errPending
}
func (tx *Tx) RemoveMembers(ctx context.Context, groupN int64, members []MemberN, events ...audit.Event) (changed []MemberN, err error) {
	return nil, errPending
}
func (tx *Tx) SetMembers(ctx context.Context, groupN int64, members []MemberN, events ...audit.Event) (added, removed []MemberN, err error) {
	return nil, nil, errPending
}
func (tx *Tx) UsersUnderGroups(ctx context.Context, groupNs []int64) ([]int64, error) {
	return nil, errPending
}
func (tx *Tx) HasMember(ctx context.Context, groupN, memberN int64, group bool) (bool, error) {
	return false, errPending
}
func (tx *Tx) GroupsOfRecord(ctx context.Context, recordN int64) ([]identity.SourceGroup, error) {
	return nil, errPending
}

func (tx *Tx) UserByN(ctx context.Context, n int64) (identity.User, error) {
	return identity.User{}, errPending
}
func (tx *Tx) UserByName(ctx context.Context, name string) (identity.User, error) {
	return identity.User{}, errPending
}
func (tx *Tx) UserByID(ctx context.Context, id string) (identity.User, error) {
	return identity.User{}, errPending
}
func (tx *Tx) UsersByN(ctx context.Context, ns []int64) ([]identity.User, error) {
	return nil, errPending
}
func (tx *Tx) EachUser(ctx context.Context, fn func(identity.User) error) error { return errPending }
func (tx *Tx) Users(ctx context.Context, f UserFilter) (users []identity.User, total int, err error) {
	return nil, 0, errPending
}
func (tx *Tx) SaveUsers(ctx context.Context, users []*identity.User, events ...audit.Event) error {
	return errPending
}
func (tx *Tx) CountUsers(ctx context.Context) (int, error) { return 0, errPending }

func (tx *Tx) GroupNumbers(ctx context.Context, names []string, create bool) (map[string]int64, error) {
	return nil, errPending
}
func (tx *Tx) Groups(ctx context.Context) ([]GroupRow, error) { return nil, errPending }
func (tx *Tx) SaveGroups(ctx context.Context, groups []GroupRow, events ...audit.Event) error {
	return errPending
}
func (tx *Tx) CauseSets(ctx context.Context) (map[int64][]identity.Cause, error) {
	return nil, errPending
}
func (tx *Tx) CauseSetNumber(ctx context.Context, causes []identity.Cause) (int64, error) {
	return 0, errPending
}
func (tx *Tx) EachMembership(ctx context.Context, fn func(MembershipRow) error) error {
	return errPending
}
func (tx *Tx) MembershipsOfUsers(ctx context.Context, userNs []int64) ([]MembershipRow, error) {
	return nil, errPending
}
func (tx *Tx) MembersOf(ctx context.Context, groupN, afterUserN int64, limit int) ([]MembershipRow, error) {
	return nil, errPending
}
func (tx *Tx) ChangeMemberships(ctx context.Context, put []MembershipRow, drop []Pair, events ...audit.Event) error {
	return errPending
}

func (tx *Tx) TargetState(ctx context.Context, name string) (TargetState, error) {
	return TargetState{}, errPending
}
func (tx *Tx) TargetStates(ctx context.Context) ([]TargetState, error) { return nil, errPending }
func (tx *Tx) SaveTargetState(ctx context.Context, s TargetState, events ...audit.Event) error {
	return errPending
}
func (tx *Tx) EntitlementNumbers(ctx context.Context, addrs []identity.Entitlement, create bool) (map[identity.Entitlement]int64, error) {
	return nil, errPending
}
func (tx *Tx) Entitlements(ctx context.Context, target string) ([]EntitlementRow, error) {
	return nil, errPending
}
func (tx *Tx) EachAccount(ctx context.Context, targetN int64, fn func(AccountRow) error) error {
	return errPending
}
func (tx *Tx) AccountsOfUsers(ctx context.Context, targetN int64, userNs []int64) ([]AccountRow, error) {
	return nil, errPending
}
func (tx *Tx) SaveAccounts(ctx context.Context, rows []AccountRow, events ...audit.Event) error {
	return errPending
}
func (tx *Tx) DropAccounts(ctx context.Context, targetN int64, userNs []int64, events ...audit.Event) error {
	return errPending
}
func (tx *Tx) EachAssignment(ctx context.Context, targetN int64, fn func(AssignmentRow) error) error {
	return errPending
}
func (tx *Tx) AssignmentsOfUsers(ctx context.Context, targetN int64, userNs []int64) ([]AssignmentRow, error) {
	return nil, errPending
}
func (tx *Tx) SaveAssignments(ctx context.Context, rows []AssignmentRow, events ...audit.Event) error {
	return errPending
}
func (tx *Tx) DropAssignments(ctx context.Context, rows []AssignmentRow, events ...audit.Event) error {
	return errPending
}
func (tx *Tx) CountManaged(ctx context.Context, targetN int64) (int, error) { return 0, errPending }

func (tx *Tx) SaveChanges(ctx context.Context, rows []ChangeRow, events ...audit.Event) error {
	return errPending
}
func (tx *Tx) OpenChanges(ctx context.Context, target string) ([]ChangeRow, error) {
	return nil, errPending
}
func (tx *Tx) CountUnorderedRemovals(ctx context.Context, target string, since time.Time) (int, error) {
	return 0, errPending
}
func (tx *Tx) Changes(ctx context.Context, q ChangeQuery) ([]ChangeRow, error) {
	return nil, errPending
}
func (tx *Tx) SaveRun(ctx context.Context, r RunRow, events ...audit.Event) error { return errPending }
func (tx *Tx) Runs(ctx context.Context, q RunQuery) ([]RunRow, error)             { return nil, errPending }

func (tx *Tx) EnqueueWork(ctx context.Context, work []Work, events ...audit.Event) error {
	return errPending
}
func (tx *Tx) DueWork(ctx context.Context, target string, now time.Time, limit int) ([]Work, error) {
	return nil, errPending
}
func (tx *Tx) ClaimWork(ctx context.Context, limit int, lease time.Duration) ([]Work, error) {
	return nil, errPending
}
func (tx *Tx) FinishWork(ctx context.Context, work []Work, events ...audit.Event) error {
	return errPending
}

// PostponeWork gives claimed work back, to be tried again at its DueAt, with its Attempts and LastError.
func (tx *Tx) PostponeWork(ctx context.Context, work []Work, events ...audit.Event) error {
	return errPending
}

// NextDue is the earliest time at which work may be claimed, zero when there is none.
func (tx *Tx) NextDue(ctx context.Context) (time.Time, error)             { return time.Time{}, errPending }
func (tx *Tx) Overdue(ctx context.Context, target string) ([]Work, error) { return nil, errPending }

func (tx *Tx) SaveHeld(ctx context.Context, rows []HeldRow, events ...audit.Event) error {
	return errPending
}
func (tx *Tx) Held(ctx context.Context, f HeldFilter) ([]HeldRow, error) { return nil, errPending }
func (tx *Tx) HeldByID(ctx context.Context, id string) (HeldRow, error)  { return HeldRow{}, errPending }
func (tx *Tx) DropHeld(ctx context.Context, ids []string, events ...audit.Event) error {
	return errPending
}

func (tx *Tx) SourceState(ctx context.Context, name string) (SourceState, error) {
	return SourceState{}, errPending
}
func (tx *Tx) SourceStates(ctx context.Context) ([]SourceState, error) { return nil, errPending }
func (tx *Tx) SaveSourceState(ctx context.Context, s SourceState, events ...audit.Event) error {
	return errPending
}

func (tx *Tx) SaveToken(ctx context.Context, t TokenRow, events ...audit.Event) error {
	return errPending
}
func (tx *Tx) TokenByID(ctx context.Context, id string) (TokenRow, error) {
	return TokenRow{}, errPending
}
func (tx *Tx) Tokens(ctx context.Context, source string) ([]TokenRow, error) { return nil, errPending }
func (tx *Tx) TouchToken(ctx context.Context, id string, at time.Time, events ...audit.Event) error {
	return errPending
}

func (tx *Tx) Audit(ctx context.Context, events ...audit.Event) error { return errPending }
func (tx *Tx) EachAudit(ctx context.Context, q AuditQuery, fn func(audit.Record) error) error {
	return errPending
}
func (tx *Tx) AuditHead(ctx context.Context) (audit.Head, error) { return audit.Head{}, errPending }
