package main

import (
	"context"
	"io"
	"time"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/reviews/desk"
)

type (
	// takenAway is what the commands about what was taken away ask and do.
	takenAway interface {
		Revocations(ctx context.Context, a approval.Actor, q hub.TakenQuery) (hub.Page[hub.Revocation], error)
		Orders(ctx context.Context, a approval.Actor, q hub.TakenQuery) (hub.Page[hub.Order], error)
		Lift(ctx context.Context, a approval.Actor, ids []string, reason string) ([]hub.Revocation, error)
		Withdraw(ctx context.Context, a approval.Actor, ids []string, reason string) ([]hub.Order, error)
	}

	// reports is what the commands about reports and evidence ask and do.
	reports interface {
		Report(ctx context.Context, a approval.Actor, q hub.ReportQuery) (*hub.Report, error)
		Paper(ctx context.Context, a approval.Actor, q hub.PaperQuery, w io.Writer) error
		PlanRemoval(ctx context.Context, a approval.Actor, q hub.ReportQuery) (hub.Removal, error)
		Remove(ctx context.Context, a approval.Actor, q hub.ReportQuery, mark, reason string) ([]hub.Order, error)
		WriteReports(ctx context.Context, a approval.Actor) ([]string, error)
		Evidence(ctx context.Context, a approval.Actor, from, until time.Time, name string, w io.Writer) (*hub.Evidence, error)
	}

	// campaigns is what the commands about access reviews ask and do.
	campaigns interface {
		Preview(ctx context.Context, a approval.Actor, w desk.Wish) (desk.Forecast, error)
		Start(ctx context.Context, a approval.Actor, w desk.Wish) (desk.Campaign, error)
		List(ctx context.Context, a approval.Actor, q desk.CampaignQuery) ([]desk.Campaign, error)
		Campaign(ctx context.Context, a approval.Actor, id string) (desk.Campaign, error)
		Items(ctx context.Context, a approval.Actor, q desk.ItemQuery) ([]desk.Item, error)
		Waiting(ctx context.Context, a approval.Actor, q desk.ItemQuery) ([]desk.Item, error)
		ByID(ctx context.Context, a approval.Actor, ids []string) (map[string][]desk.Item, error)
		Reviewers(ctx context.Context, a approval.Actor, id string) ([]desk.Reviewing, error)
		Decide(ctx context.Context, a approval.Actor, campaign string, w desk.Choice) (desk.Outcome, error)
		Close(ctx context.Context, a approval.Actor, id, reason string) (desk.Campaign, error)
		Report(ctx context.Context, a approval.Actor, id string) (desk.Report, error)
	}
)
