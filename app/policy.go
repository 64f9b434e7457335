package app

import (
	"context"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"birthright/config"
	"birthright/hub"
	"birthright/identity"
	"birthright/rules"
)

// policyHeld is the policy that the program goes by, and how the last try to
// put another one in its place ended.
type policyHeld struct {
	loaded  atomic.Pointer[loadedPolicy]
	refusal atomic.Pointer[refusal] // nil unless the last reload failed
	reload  sync.Mutex              // one at a time
}

// loadedPolicy is a policy with the files that it was read from.
type loadedPolicy struct {
	*rules.Engine
	files []rules.File
	at    time.Time
}

func (p *loadedPolicy) version() string { return p.Policy().Version }

// Engine returns the policy in force.
func (a *App) Engine() *rules.Engine { return a.policy.loaded.Load().Engine }

// policyInForce is the policy in force with its files, as the hub shows it.
func (a *App) policyInForce() hub.InForce {
	p := a.policy.loaded.Load()
	out := hub.InForce{Engine: p.Engine, Files: p.files, At: p.at}
	if r := a.policy.refusal.Load(); r != nil {
		out.Refusal = &hub.Refusal{At: r.at.UTC(), Faults: r.faults}
	}
	return out
}

// Policy reads and compiles the policy files of a configuration.
func Policy(cfg *config.Config) (*rules.Engine, error) {
	p, err := readPolicy(cfg)
	if err != nil {
		return nil, err
	}
	return p.Engine, nil
}

func readPolicy(cfg *config.Config) (*loadedPolicy, error) {
	files := make([]rules.File, 0, len(cfg.PolicyFiles))
	for _, path := range cfg.PolicyFiles {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, &identity.Error{Kind: identity.Invalid, Op: "read policy", Object: path, Err: err}
		}
		files = append(files, rules.File{Name: policyName(cfg, path), Data: data})
	}
	names := make([]string, len(cfg.Targets))
	for i, t := range cfg.Targets {
		names[i] = t.Name
	}
	engine, err := rules.Build(files, names)
	return &loadedPolicy{Engine: engine, files: files}, err
}

// loadPolicy reads the policy files and puts them in force. Nothing is kept of
// it yet: the program may be one that only looks.
func (a *App) loadPolicy() error {
	p, err := readPolicy(a.Config)
	if err != nil {
		return err
	}
	p.at = a.Now()
	a.policy.loaded.Store(p)
	return nil
}

// ReloadPolicy reads the policy files again, new ones too, and lets a running
// hub bring all targets up to them. A policy with a fault changes nothing: the
// one in force stays, and everybody who looks is told so.
func (a *App) ReloadPolicy(ctx context.Context) error {
	a.policy.reload.Lock()
	defer a.policy.reload.Unlock()
	p, err := a.freshPolicy(ctx)
	if err != nil {
		a.refusePolicy(ctx, err)
		return err
	}
	was := a.policy.loaded.Swap(p)
	a.policy.refusal.Store(nil)
	a.Log.WarnContext(ctx, "the policy was reloaded", "version", p.version(), "before", was.version())
	for _, w := range p.Policy().Warnings {
		a.Log.WarnContext(ctx, "policy", "warning", w.Error())
	}
	a.Runner.OweAll()
	return nil
}

// freshPolicy is what the files say now, kept and ready to be put in force.
func (a *App) freshPolicy(ctx context.Context) (*loadedPolicy, error) {
	paths, err := a.Config.FindPolicies()
	if err != nil {
		return nil, err
	}
	cfg := *a.Config
	cfg.PolicyFiles = paths
	p, err := readPolicy(&cfg)
	if err != nil {
		return nil, err
	}
	p.at = a.Now()
	return p, a.keep(ctx, p)
}
