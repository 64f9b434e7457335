package aws

import (
	"context"
	"errors"
	"fmt"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"

	"birthright/identity"
)

// instance is one Identity Center with its identity store.
type instance struct{ arn, store string }

// where returns the instance: as configured, else the only one there is.
func (t *Target) where(ctx context.Context) (instance, error) {
	if t.given.arn != "" && t.given.store != "" {
		return t.given, nil
	}
	t.memory.mu.Lock()
	known := t.memory.found
	t.memory.mu.Unlock()
	if known.arn != "" {
		return known, nil
	}
	found, err := t.search(ctx)
	if err != nil {
		return instance{}, err
	}
	t.memory.mu.Lock()
	defer t.memory.mu.Unlock()
	t.memory.found = found
	return found, nil
}

func (t *Target) search(ctx context.Context) (instance, error) {
	var found []instance
	err := pages(ctx, func(token *string) (*string, error) {
		out, err := t.sso.ListInstances(ctx, &ssoadmin.ListInstancesInput{MaxResults: &t.page, NextToken: token})
		if err != nil {
			return nil, err
		}
		for _, i := range out.Instances {
			at := instance{sdk.ToString(i.InstanceArn), sdk.ToString(i.IdentityStoreId)}
			if (t.given.arn == "" || t.given.arn == at.arn) && (t.given.store == "" || t.given.store == at.store) {
				found = append(found, at)
			}
		}
		return out.NextToken, nil
	})
	switch {
	case err != nil:
		return instance{}, err
	case len(found) == 0:
		return instance{}, &identity.Error{Kind: identity.NotFound, Op: "find Identity Center", Err: errors.New("there is none that this credential sees in this region"),
			Hint: "check region, and instance_arn and identity_store_id where they are set; outside the organisation's management account, Identity Center must be delegated"}
	case len(found) > 1:
		return instance{}, &identity.Error{Kind: identity.Invalid, Op: "find Identity Center", Err: fmt.Errorf("there are %d instances", len(found)),
			Hint: "set instance_arn"}
	}
	return found[0], nil
}

// pages asks for page after page until there is no token for another. A token that
// comes again would go round for ever, or skip what is between.
func pages(ctx context.Context, ask func(token *string) (*string, error)) error {
	seen := map[string]bool{}
	var token *string
	for {
		if err := ctx.Err(); err != nil {
			return &identity.Error{Kind: identity.Unavailable, Op: "read", Err: err}
		}
		next, err := ask(token)
		if err != nil {
			return failure(err)
		}
		if sdk.ToString(next) == "" {
			return nil
		}
		if seen[*next] {
			return incomplete("a page was handed out twice: a list cannot be read to its end")
		}
		seen[*next] = true
		token = next
	}
}

// incomplete is the error for an answer that is not all that it should be.
func incomplete(text string) error {
	return &identity.Error{Kind: identity.Incomplete, Op: "read", Err: errors.New(text)}
}
