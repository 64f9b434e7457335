package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"birthright/bench/hub"
	"birthright/bench/measure"
	"birthright/identity"
	"birthright/reconcile"
	"birthright/targets"
	"birthright/targets/scim/scimsim"
)

const (
	// latency is how long the application takes for each answer, and lanes how many
	// requests it is sent at once.
	latency = 5 * time.Millisecond
	lanes   = 4
	page    = 100
)

// scimTarget is how the hub reaches it.
const scimTarget = `{name: app, kind: scim, url: "%s", token: bench, page_size: 100, accounts: {create: true}}`

// application is a SCIM application behind a socket that answers after a while.
type application struct {
	*scimsim.App
	server *http.Server
	url    string
	writes atomic.Int64
	reads  atomic.Int64
}

func startApplication(ctx context.Context, people int) (*application, error) {
	a := &application{App: scimsim.New(scimsim.Options{Token: "bench", PageSize: page})}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	a.url = "http://" + listener.Addr().String() + scimsim.Base
	a.server = &http.Server{Handler: a, ReadHeaderTimeout: time.Minute}
	go func() { _ = a.server.Serve(listener) }() // ends with Close
	client := hub.NewClientWith(a.url, "bench")
	for _, name := range groupNames(people) {
		body := fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":%q}`, name)
		if _, err := client.Create(ctx, "/Groups", []byte(body)); err != nil {
			return nil, err
		}
	}
	a.reset()
	return a, nil
}

func (a *application) reset() {
	a.writes.Store(0)
	a.reads.Store(0)
}

// ServeHTTP answers after the latency, and counts.
func (a *application) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		a.reads.Add(1)
	} else {
		a.writes.Add(1)
	}
	began := time.Now()
	slow := &held{ResponseWriter: w, until: began.Add(latency)}
	a.App.ServeHTTP(slow, r)
	slow.wait()
}

// held is an answer that is not given before its time.
type held struct {
	http.ResponseWriter
	until time.Time
}

func (h *held) wait() { time.Sleep(time.Until(h.until)) }

// WriteHeader implements http.ResponseWriter.
func (h *held) WriteHeader(status int) {
	h.wait()
	h.ResponseWriter.WriteHeader(status)
}

// scimTask provisions everybody, looks once more, and gives the same changes to a
// target without a hub.
func scimTask(ctx context.Context, args []string) (result measure.Result, err error) {
	people, err := strconv.Atoi(args[0])
	if err != nil {
		return result, err
	}
	app, err := startApplication(ctx, people)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, app.server.Close()) }()
	h, done, err := openHub(ctx, fmt.Sprintf(scimTarget, app.url), "group", people)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, done()) }()
	began := time.Now()
	changes, err := syncWhole(ctx, h)
	if err != nil {
		return result, err
	}
	result = measure.Since(began, map[string]int{"changes": changes})
	calls := int(app.writes.Load() + app.reads.Load())
	groups := people / cellSize * groupsEach
	result.Counts["calls"], result.Counts["least"] = calls, people+groups+1+1+(groups+page-1)/page // accounts, groups, the document, no users, the groups
	result.Figures = map[string]float64{"floor": float64(calls) * latency.Seconds() / lanes}
	if users, _, held := app.Size(); users != people || held != people*groupsEach {
		return result, fmt.Errorf("the application holds %d users and %d memberships", users, held)
	}
	app.reset()
	began = time.Now()
	if changes, err = syncWhole(ctx, h); err != nil || changes != 0 {
		return result, fmt.Errorf("a second sync made %d changes: %w", changes, err)
	}
	result.Figures["again"] = time.Since(began).Seconds()
	result.Counts["writes again"], result.Counts["reads again"] = int(app.writes.Load()), int(app.reads.Load())
	result.Counts["pages"] = (people+page-1)/page + (groups+page-1)/page
	return result, bare(ctx, people, &result)
}

// syncWhole reads the target whole and makes it right.
func syncWhole(ctx context.Context, h *hub.Hub) (changes int, err error) {
	report, err := h.Sync(ctx, reconcile.Request{Full: true, Actor: "operator:bench"})
	if err != nil {
		return 0, err
	}
	for _, run := range report.Runs {
		if run.Error != "" || run.Counts.Failed+run.Counts.Overdue > 0 {
			return 0, fmt.Errorf("%+v: %s", run.Counts, run.Error)
		}
		changes += len(run.Changes)
	}
	return changes, nil
}

// bare gives an application the same changes without a hub: what the target itself
// takes for them.
func bare(ctx context.Context, people int, result *measure.Result) error {
	app, err := startApplication(ctx, people)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, app.server.Close()) }()
	target, err := openTarget(app.url)
	if err != nil {
		return err
	}
	if _, err := target.Read(ctx, targets.Query{}, &targets.State{}); err != nil {
		return err
	}
	app.reset()
	began := time.Now()
	if err := provision(ctx, target, people); err != nil {
		return err
	}
	result.Figures["bare"] = time.Since(began).Seconds()
	calls := int(app.writes.Load() + app.reads.Load())
	result.Counts["bare calls"] = calls
	result.Figures["bare floor"] = float64(calls) * latency.Seconds() / lanes
	return nil
}

// provision creates accounts and adds them to their groups, in four lanes.
func provision(ctx context.Context, target targets.Target, people int) error {
	ids := make([]string, people)
	err := inLanes(people/cellSize, func(c int) error {
		ops := make([]targets.Op, cellSize)
		for i := range ops {
			n := c*cellSize + i
			account := targets.Account{Name: userName(n), Active: true, Attributes: identity.Attributes{}}
			account.Attributes.Set(identity.AttrDisplayName, "Person "+userName(n))
			ops[i] = targets.Op{Action: targets.CreateAccount, Account: account}
		}
		for i, r := range target.Apply(ctx, ops) {
			if !r.Outcome.OK() {
				return r.Err
			}
			ids[c*cellSize+i] = r.AccountID
		}
		return nil
	})
	if err != nil {
		return err
	}
	names := groupNames(people)
	return inLanes(len(names), func(g int) error {
		ops := make([]targets.Op, cellSize)
		for i := range ops {
			n := g/groupsEach*cellSize + i
			ops[i] = targets.Op{Action: targets.Add, Account: targets.Account{ID: ids[n], Name: userName(n)},
				Entitlement: identity.Entitlement{Target: "app", Kind: "group", ID: names[g]}}
		}
		for _, r := range target.Apply(ctx, ops) {
			if !r.Outcome.OK() {
				return r.Err
			}
		}
		return nil
	})
}
