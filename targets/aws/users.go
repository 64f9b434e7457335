package aws

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/document"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// account turns a user into an account.
func (t *Target) account(u *types.User) targets.Account {
	a := targets.Account{
		ID: sdk.ToString(u.UserId), Name: sdk.ToString(u.UserName), Active: u.UserStatus != types.UserStatusDisabled, Attributes: identity.Attributes{},
	}
	for _, f := range t.fields {
		a.Attributes.Set(f.hub, f.get(u))
	}
	return a
}

// eachUser hands every user to take.
func (t *Target) eachUser(ctx context.Context, store string, take func(*types.User) error) error {
	return pages(ctx, func(token *string) (*string, error) {
		out, err := t.store.ListUsers(ctx, &identitystore.ListUsersInput{IdentityStoreId: &store, MaxResults: &t.page, NextToken: token})
		if err != nil {
			return nil, err
		}
		for i := range out.Users {
			if sdk.ToString(out.Users[i].UserId) == "" || sdk.ToString(out.Users[i].UserName) == "" {
				return nil, incomplete("a user without id or name")
			}
			if err := take(&out.Users[i]); err != nil {
				return nil, err
			}
		}
		return out.NextToken, nil
	})
}

// find returns the user that a names, by id or else by name; errNoAccount where there
// is none.
func (t *Target) find(ctx context.Context, store string, a targets.Account) (*types.User, error) {
	id, err := t.userID(ctx, store, a)
	if err != nil {
		return nil, err
	}
	out, err := t.store.DescribeUser(ctx, &identitystore.DescribeUserInput{IdentityStoreId: &store, UserId: &id})
	switch err := failure(err); {
	case isMissing(err) || a.ID != "" && malformed(err):
		return nil, errNoAccount
	case err != nil:
		return nil, err
	}
	return &types.User{
		UserId: out.UserId, UserName: out.UserName, DisplayName: out.DisplayName, Name: out.Name, NickName: out.NickName, Title: out.Title,
		UserType: out.UserType, Locale: out.Locale, PreferredLanguage: out.PreferredLanguage, Timezone: out.Timezone, ProfileUrl: out.ProfileUrl,
		Emails: out.Emails, UserStatus: out.UserStatus,
	}, nil
}

// userID returns the id of the user that a names; one that a tells is taken as it is.
func (t *Target) userID(ctx context.Context, store string, a targets.Account) (string, error) {
	if a.ID != "" {
		return a.ID, nil
	}
	out, err := t.store.GetUserId(ctx, &identitystore.GetUserIdInput{IdentityStoreId: &store, AlternateIdentifier: unique("userName", a.Name)})
	switch err := failure(err); {
	case isMissing(err), malformed(err): // no user has a name that AWS does not take
		return "", errNoAccount
	case err != nil:
		return "", err
	case sdk.ToString(out.UserId) == "":
		return "", incomplete("a user without id")
	}
	return *out.UserId, nil
}

// malformed reports whether AWS says that what was named cannot be a name at all.
func malformed(err error) bool {
	f := httpkit.AsFailure(err)
	return f != nil && (f.Type == "ValidationException" || f.Type == "ValidationError" || f.Type == "InvalidInput")
}

// unique names something by an attribute that only one has.
func unique(path, value string) types.AlternateIdentifier {
	return &types.AlternateIdentifierMemberUniqueAttribute{
		Value: types.UniqueAttribute{AttributePath: &path, AttributeValue: document.NewLazyDocument(value)},
	}
}

// wanted renders an account as a user.
func (t *Target) wanted(a targets.Account) *types.User {
	u := &types.User{UserName: &a.Name}
	for _, p := range places() {
		if p.needed {
			p.set(u, a.Name) // Identity Center takes nobody without
		}
	}
	for _, f := range t.fields {
		f.set(u, t.Normalise(a).Attributes.First(f.hub))
	}
	return u
}

func (t *Target) createAccount(ctx context.Context, op targets.Op) targets.Result {
	if !op.Account.Active && t.scim == nil {
		return targets.Failed(op, targets.Refused, identity.Invalid, errors.New("AWS makes no user that is switched off, unless scim is set"))
	}
	at, err := t.where(ctx)
	if err != nil {
		return unsettled(op, err)
	}
	out, err := t.store.CreateUser(ctx, input(at.store, t.wanted(op.Account)))
	if err = failure(err); status(err) == http.StatusConflict {
		return t.adopt(ctx, at.store, op, err)
	}
	if err != nil {
		return result(op, err)
	}
	id := sdk.ToString(out.UserId)
	if id == "" {
		return targets.Failed(op, targets.Unknown, identity.Incomplete, errors.New("made, but AWS does not tell its id"))
	}
	if !op.Account.Active {
		if r := t.switchTo(ctx, op, id, false); !r.Outcome.OK() {
			r.Outcome = targets.Unknown // it is there, and switched on
			return r
		}
	}
	return targets.Result{Outcome: targets.Done, AccountID: id}
}

// adopt explains a conflict: an account that is there just as wanted is what an
// earlier try left; one that differs is for the next plan to decide about.
func (t *Target) adopt(ctx context.Context, store string, op targets.Op, conflict error) targets.Result {
	found, err := t.find(ctx, store, targets.Account{Name: op.Account.Name})
	if errors.Is(err, errNoAccount) {
		return result(op, conflict) // something else clashes, an e-mail address perhaps
	}
	if err != nil {
		return unsettled(op, err)
	}
	have := t.account(found)
	if have.Active == op.Account.Active && have.Attributes.Equal(t.Normalise(op.Account).Attributes) {
		return targets.Result{Outcome: targets.Already, AccountID: have.ID}
	}
	r := targets.Failed(op, targets.Stale, identity.Conflict, errors.New("a user of that name is there and differs"))
	r.AccountID = have.ID
	return r
}

// updateAccount reads the user and changes only what differs.
func (t *Target) updateAccount(ctx context.Context, op targets.Op) targets.Result {
	at, err := t.where(ctx)
	if err != nil {
		return unsettled(op, err)
	}
	current, err := t.find(ctx, at.store, op.Account)
	if err != nil {
		return unsettled(op, err)
	}
	changes := t.changes(current, op.Account)
	if len(changes) == 0 {
		return targets.Result{Outcome: targets.Already, AccountID: *current.UserId}
	}
	_, err = t.store.UpdateUser(ctx, &identitystore.UpdateUserInput{IdentityStoreId: &at.store, UserId: current.UserId, Operations: changes})
	return withID(result(op, err), *current.UserId)
}

// changes returns what makes current as a wants it.
func (t *Target) changes(current *types.User, a targets.Account) []types.AttributeOperation {
	var out []types.AttributeOperation
	if a.Name == "" {
		a.Name = sdk.ToString(current.UserName)
	}
	if a.Name != sdk.ToString(current.UserName) {
		// In the answers it is UserName; here AWS knows only this spelling.
		out = append(out, types.AttributeOperation{AttributePath: sdk.String("userName"), AttributeValue: document.NewLazyDocument(a.Name)})
	}
	want := t.Normalise(a)
	for _, f := range t.fields {
		if value := want.Attributes.First(f.hub); value != f.get(current) {
			f.set(current, value)
			out = append(out, f.change(current))
		}
	}
	return out
}

func (t *Target) deleteAccount(ctx context.Context, op targets.Op) targets.Result {
	at, err := t.where(ctx)
	if err != nil {
		return unsettled(op, err)
	}
	id, err := t.userID(ctx, at.store, op.Account)
	if errors.Is(err, errNoAccount) {
		return targets.Result{Outcome: targets.Already}
	}
	if err != nil {
		return unsettled(op, err)
	}
	_, err = t.store.DeleteUser(ctx, &identitystore.DeleteUserInput{IdentityStoreId: &at.store, UserId: &id})
	if isMissing(failure(err)) {
		return targets.Result{Outcome: targets.Already}
	}
	return withID(result(op, err), id)
}

// setActive switches a user off or on.
func (t *Target) setActive(ctx context.Context, op targets.Op, active bool) targets.Result {
	at, err := t.where(ctx)
	if err != nil {
		return unsettled(op, err)
	}
	current, err := t.find(ctx, at.store, op.Account)
	if err != nil {
		return unsettled(op, err)
	}
	if found := t.account(current); found.Active == active {
		return targets.Result{Outcome: targets.Already, AccountID: found.ID}
	}
	return t.switchTo(ctx, op, *current.UserId, active)
}

// switchTo writes through the SCIM endpoint, where a user has the id that it has in
// the identity store.
func (t *Target) switchTo(ctx context.Context, op targets.Op, id string, active bool) targets.Result {
	body := map[string]any{
		"schemas":    []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"},
		"Operations": []map[string]any{{"op": "replace", "path": "active", "value": active}},
	}
	_, err := t.scim.JSON(ctx, httpkit.Request{
		Method: http.MethodPatch, Path: "/Users/" + url.PathEscape(id), Removes: !active,
		ContentType: "application/scim+json", Accept: "application/scim+json",
	}, body, nil)
	return withID(httpkit.Result(op, err), id)
}

func withID(r targets.Result, id string) targets.Result {
	r.AccountID = id
	return r
}
