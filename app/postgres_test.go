package app_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"birthright/app"
	"birthright/grants/desk"
	"birthright/internal/pgtest"
	"birthright/reconcile"
)

const prodConfig = `
server: {listen: "127.0.0.1:0"}
database: {url: "sqlite:hub.db"}
policies: [policy.yaml]
sources:
  - {name: hr, kind: file, path: people.csv}
targets:
  - {name: prod, kind: postgres, url: "file:prod.url", accounts: {create: true, leaver: disable}, ignore: ["pg_*"]}
`

const prodPolicy = `
groups:
  - name: prod-read
    standing: never
    owners: ["user:olga"]
    access: ["prod:role/readonly"]
    request: {durations: {default: 1h, max: 8h}, approve: [{by: owners}]}
`

// Somebody asks for a role, gets it, logs in and takes it on. At the end of the
// grant the running program takes the role away and ends the session, which would
// otherwise have kept it.
func TestASessionEndsWithTheGrant(t *testing.T) {
	server := pgtest.New(nil)
	t.Cleanup(server.Stop)
	address := server.EmptyURL(t)
	ctx := t.Context()
	admin, err := pgx.Connect(ctx, address)
	must(t, err)
	t.Cleanup(func() { admin.Close(context.Background()) })
	_, err = admin.Exec(ctx, `CREATE ROLE hub LOGIN CREATEROLE PASSWORD 'hubs'; GRANT pg_signal_backend TO hub; CREATE ROLE readonly`)
	must(t, err)
	if admin.PgConn().ParameterStatus("server_version") >= "16" {
		_, err = admin.Exec(ctx, "GRANT readonly TO hub WITH ADMIN OPTION")
		must(t, err)
	}
	as := func(name, password string) string {
		u, err := url.Parse(address)
		must(t, err)
		u.User = url.UserPassword(name, password)
		return u.String()
	}
	cfg := folder(t, map[string]string{
		"hub.yaml": prodConfig, "policy.yaml": prodPolicy, "prod.url": as("hub", "hubs"),
		"people.csv": "userName,email\nada,ada@x.test\nolga,olga@x.test\n",
	})
	a, _ := serving(t, app.Options{Config: cfg})
	_, err = a.Import(ctx, []string{"hr"})
	must(t, err)
	_, err = a.Runner.Sync(ctx, reconcile.Request{Full: true})
	must(t, err)

	who, err := a.Desk.Actor(ctx, "ada")
	must(t, err)
	owner, err := a.Desk.Actor(ctx, "olga")
	must(t, err)
	const lasts = 3 * time.Second
	asked, err := a.Desk.Ask(ctx, who, desk.Wish{Groups: []string{"prod-read"}, For: lasts, Reason: "look"})
	must(t, err)
	answer, err := a.Desk.Approve(ctx, owner, asked[0].ID, "")
	must(t, err)
	grant := func() desk.Grant {
		g, err := a.Desk.Grant(ctx, desk.Operator("operator:test"), answer.Request.Grant)
		must(t, err)
		return g
	}
	await(t, "the grant to be active", func() bool { return grant().State == "active" })
	end := grant().EndsAt

	_, err = admin.Exec(ctx, "ALTER ROLE ada PASSWORD 'adas'")
	must(t, err)
	session, err := pgx.Connect(ctx, as("ada", "adas"))
	must(t, err)
	t.Cleanup(func() { session.Close(context.Background()) })
	_, err = session.Exec(ctx, "SET ROLE readonly")
	must(t, err)
	_, err = session.Exec(ctx, "SELECT pg_sleep(20)") // until it is ended
	late := time.Since(end)
	if err == nil || !strings.Contains(fmt.Sprint(err), "57P01") {
		t.Fatalf("the session was not ended: %v", err)
	}
	t.Logf("the session ended %s after the grant", late.Round(time.Millisecond))
	if late < 0 || late > time.Second {
		t.Errorf("the session ended %s after the grant, want within a second", late)
	}
	var member bool
	must(t, admin.QueryRow(ctx, "SELECT pg_has_role('ada', 'readonly', 'MEMBER')").Scan(&member))
	if member {
		t.Error("ada is still in the role")
	}
	await(t, "the grant to be over", func() bool { return grant().State == "ended" })
}

// await fails where something does not come true soon.
func await(t *testing.T, what string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(20 * time.Second); !so(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
