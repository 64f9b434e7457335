package aws

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/sim"
	"birthright/targets"
	"birthright/targets/aws/awssim"
)

// outside is what a target gets from the world; tests put their own there.
type outside struct {
	transport http.RoundTripper // nil is the network
	sleep     func(context.Context, time.Duration) error
	close     func() error
}

// Open makes the target without connecting.
func (c *Config) Open(env targets.Env) (targets.Target, error) {
	out := outside{sleep: sleep}
	if c.Simulate {
		system := sim.New(awssim.New(awssim.Options{Now: env.Now, IAM: c.IAM}), env.Simulation, env.Now)
		system.Reading(awssim.Reads)
		out.transport, out.close = system, system.Close
	}
	return c.open(env, out)
}

func (c *Config) open(env targets.Env, out outside) (targets.Target, error) {
	if env.Log == nil {
		env.Log = slog.New(slog.DiscardHandler)
	}
	if env.Now == nil {
		env.Now = time.Now
	}
	client, err := c.connect(env, out)
	if err != nil {
		return nil, err
	}
	if c.IAM {
		if len(env.Map) > 0 {
			return nil, invalid(env, "map: users of classic IAM have no attributes that the hub could write")
		}
		return &iamTarget{conn: client, name: env.Name, create: c.Groups.Create, page: c.page()}, nil
	}
	fields, err := parseMap(env.Map)
	if err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Op: "open target", Object: env.Name, Err: err}
	}
	t := &Target{
		conn: client, name: env.Name, fields: fields, create: c.Groups.Create, only: c.AWSAccounts, page: c.page(),
		wait: c.Wait, log: env.Log, now: env.Now, sleep: out.sleep, memory: newMemory(),
		given: instance{arn: c.InstanceARN, store: c.IdentityStoreID},
	}
	if t.wait == 0 {
		t.wait = defaultWait
	}
	t.scim, err = c.openSCIM(env, out)
	return t, err
}

func (c *Config) page() int32 {
	if c.PageSize == 0 {
		return defaultPage
	}
	return int32(c.PageSize) //nolint:gosec // at most a hundred
}

// openSCIM makes the client of the SCIM endpoint; nil where there is none.
func (c *Config) openSCIM(env targets.Env, out outside) (*httpkit.Client, error) {
	if c.SCIM.URL == "" {
		return nil, nil
	}
	own := c.Connection
	own.URL, own.Limits = c.SCIM.URL, nil
	return own.Open(env, httpkit.Options{Base: c.SCIM.URL, Auth: httpkit.Bearer(c.SCIM.Token), Transport: out.transport})
}

// sleep waits for d of the world's time.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
