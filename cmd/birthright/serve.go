package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"birthright/app"
)

func (p *program) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Run the hub: SCIM endpoint, schedules and workers in one process",
		Long: `Listens for SCIM pushes, reads sources and targets on their schedules, and sends
every change out at once. SIGHUP reads the policy files again and brings all
targets up to them; a policy with a fault changes nothing, and is logged, audited
and shown by metrics, /readyz and birthright doctor. SIGINT and SIGTERM stop
it cleanly.`,
		Args: takes(0, 0),
		RunE: p.with(func(ctx context.Context, a *app.App, _ []string) error {
			s, err := a.Start(ctx)
			if err != nil {
				return err
			}
			p.remark("birthright listens on %s; SCIM is at %s/scim/v2", s.Addr(), s.PublicURL())
			if err := p.remarkFirstLink(context.WithoutCancel(ctx), a, s.PublicURL()); err != nil {
				return errors.Join(err, s.Stop(ctx))
			}
			return errors.Join(p.wait(ctx, a, s), s.Stop(ctx))
		}, signInSecrets, sourceSecrets, targetSecrets, receiverSecrets, channelSecrets),
	}
}

// wait returns when the program is told to stop or cannot go on.
func (p *program) wait(ctx context.Context, a *app.App, s *app.Server) error {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-s.Failed():
			return err
		case <-hangup:
			_ = a.ReloadPolicy(ctx) // it tells by itself how that went
		}
	}
}
