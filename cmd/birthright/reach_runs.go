package main

import (
	"context"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/reconcile"
)

// What the commands about targets, sources, runs and what is held need of a hub.
type (
	// overseer is what the commands about targets and sources ask.
	overseer interface {
		AllTargets(ctx context.Context, a approval.Actor) ([]hub.Target, error)
		CheckTargets(ctx context.Context, a approval.Actor, names []string) ([]hub.Check, error)
		Catalog(ctx context.Context, a approval.Actor, names []string) ([]hub.TargetEntitlement, error)
		AllSources(ctx context.Context, a approval.Actor) ([]hub.Source, error)
		Source(ctx context.Context, a approval.Actor, name string) (hub.SourceDetail, error)
		CheckSources(ctx context.Context, a approval.Actor, names []string) ([]hub.Check, error)
		Conversations(ctx context.Context, a approval.Actor, q hub.ConversationQuery) ([]hub.Conversation, error)
		Facts(ctx context.Context, a approval.Actor, source string) ([]hub.Fact, error)
	}
	// conductor is what the commands that run things do, and warden those about what
	// guards hold.
	conductor interface {
		Plan(ctx context.Context, a approval.Actor, scope hub.Scope) (reconcile.Report, error)
		Sync(ctx context.Context, a approval.Actor, scope hub.Scope) (reconcile.Report, error)
		Import(ctx context.Context, a approval.Actor, sources []string) (hub.Imported, error)
		Runs(ctx context.Context, a approval.Actor, q hub.RunQuery) (hub.Page[hub.Run], error)
		Run(ctx context.Context, a approval.Actor, id string) (hub.RunDetail, error)
		RunChanges(ctx context.Context, a approval.Actor, q hub.ChangeQuery) (hub.Page[hub.RunChange], error)
	}
	warden interface {
		Held(ctx context.Context, a approval.Actor, q hub.HeldQuery) (hub.Page[hub.HeldChange], error)
		Release(ctx context.Context, a approval.Actor, by hub.Settlement) ([]hub.HeldChange, error)
		Refuse(ctx context.Context, a approval.Actor, by hub.Settlement) ([]hub.HeldChange, error)
	}
)
