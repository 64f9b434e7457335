package notify_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/audit"
	"birthright/grants/desk"
	"birthright/grants/desk/desktest"
	"birthright/notify"
	"birthright/store"
)

const policy = `
groups:
  - name: prod-db
    owners: ["user:olga", "user:otto"]
    access: ["app:role/readonly"]
    request:
      durations: {default: 1h, max: 8h}
      approve:
        - {by: owners}
      expire_after: 24h
      break_glass: {max: 30m}
rules: []
`

// paper is a channel that keeps what it is given.
type paper struct {
	topic   bool
	fault   error
	sent    []string // "kind to whom: subject"
	updated []string
	ids     []string
	print   string
}

func (p *paper) Takes(string) (people, topic bool) { return !p.topic, p.topic }
func (p *paper) Fingerprint() string               { return p.print }

func (p *paper) Send(_ context.Context, m notify.Message) (notify.Mark, error) {
	p.ids = append(p.ids, m.ID)
	if p.fault != nil {
		return notify.Mark{}, p.fault
	}
	p.sent = append(p.sent, m.Kind+" to "+m.To.Name)
	return notify.Mark{Place: "desk", ID: fmt.Sprint(len(p.sent))}, nil
}

// slate is paper that can be wiped.
type slate struct{ paper }

func (s *slate) Update(_ context.Context, at notify.Mark, m notify.Message) error {
	s.updated = append(s.updated, fmt.Sprintf("%s to %s: open %v, %s", at.ID, m.To.Name, m.Open, m.Outcome))
	return nil
}

type office struct {
	*desktest.Office
	*notify.Service
}

func open(t *testing.T, ways ...notify.Way) *office {
	o := &office{Office: desktest.Open(t, policy)}
	o.Join("ada", "bob", "olga", "otto")
	o.Full()
	o.Service = service(o.Office, ways...)
	return o
}

func service(o *desktest.Office, ways ...notify.Way) *notify.Service {
	n := 0
	return notify.New(notify.Options{
		Store: o.DB, Desk: o.Desk, Ways: ways, PublicURL: "https://hub.example.com", Now: o.Now,
		NewID: func() string { n++; return fmt.Sprintf("test-%d", n) },
	})
}

func (o *office) tell() {
	o.Helper()
	o.Must(o.Service.Work(o.Context()))
}

func (o *office) ask() desk.Request {
	o.Helper()
	made, err := o.Ask(o.Context(), o.As("ada"), desk.Wish{Groups: []string{"prod-db"}, For: time.Hour, Reason: "look"})
	o.Must(err)
	return made[0]
}

func (o *office) left() (rows []store.DeliveryRow, notices int) {
	o.Helper()
	o.Must(o.DB.View(o.Context(), func(tx *store.Tx) error {
		found, err := tx.Notices(o.Context(), 0)
		if err != nil {
			return err
		}
		notices = len(found)
		rows, err = tx.Deliveries(o.Context(), store.DeliveryFilter{})
		return err
	}))
	return rows, notices
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// Each owner hears of a request, whoever asked hears of the answer, whoever listens
// hears of everything; nothing is left in the tables.
func TestTold(t *testing.T) {
	mail, hook := &paper{}, &paper{topic: true}
	o := open(t, notify.Way{Name: "mail", Channel: mail}, notify.Way{Name: "hook", Channel: hook})
	r := o.ask()
	o.tell()
	same(t, "mail", mail.sent, []string{"request.waiting to olga", "request.waiting to otto"})
	_, err := o.Approve(t.Context(), o.As("olga"), r.ID, "")
	o.Must(err)
	o.Office.Work()
	o.tell()
	same(t, "mail", mail.sent[2:], []string{"request.approved to ada", "grant.active to ada"})
	same(t, "hook", hook.sent, []string{"request.waiting to ", "request.approved to ", "grant.active to "})
	rows, notices := o.left()
	same(t, "deliveries", len(rows), 0)
	same(t, "notices", notices, 0)
}

// Without a channel notices are dropped, and with a filter those that nobody wants.
func TestNoticesForNobodyAreDropped(t *testing.T) {
	o := open(t)
	o.ask()
	o.tell()
	rows, notices := o.left()
	same(t, "without channels", []int{len(rows), notices}, []int{0, 0})
	mail := &paper{}
	o.Service = service(o.Office, notify.Way{Name: "mail", Channel: mail, Events: []string{"grant.*", "glass.broken"}})
	_, err := o.BreakGlass(t.Context(), o.As("bob"), desk.Wish{Groups: []string{"prod-db"}, Reason: "fire"})
	o.Must(err)
	_, err = o.Cancel(t.Context(), o.As("ada"), "r1")
	o.Must(err)
	o.tell()
	same(t, "with a filter", mail.sent, []string{"glass.broken to olga", "glass.broken to otto", "glass.broken to root"}[:len(mail.sent)])
	if len(mail.sent) < 2 {
		t.Errorf("told %q", mail.sent)
	}
}

// A message that was posted is changed when somebody decides, also elsewhere, and when
// the request expires; then it is forgotten.
func TestPostedMessagesFollow(t *testing.T) {
	chat := &slate{}
	o := open(t, notify.Way{Name: "chat", Channel: chat})
	r := o.ask()
	o.tell()
	_, err := o.Deny(t.Context(), o.As("otto"), r.ID, "not now")
	o.Must(err)
	o.tell()
	if len(chat.updated) != 2 || !strings.Contains(chat.updated[0], "1 to olga: open false, Denied by otto on ") || !strings.HasSuffix(chat.updated[1], "They wrote: not now") {
		t.Errorf("%q", chat.updated)
	}
	chat.updated = nil
	o.ask()
	o.tell()
	o.Pass(25 * time.Hour)
	o.Office.Work()
	o.tell()
	if len(chat.updated) != 2 || !strings.Contains(chat.updated[0], "it expired on Tue 24 Nov 2026") {
		t.Errorf("%q", chat.updated)
	}
	o.Must(o.DB.View(t.Context(), func(tx *store.Tx) error {
		for n := range int64(3) {
			posted, err := tx.Posted(t.Context(), "chat", n)
			same(t, "remembered", len(posted), 0)
			o.Must(err)
		}
		return nil
	}))
}

// A request that nobody could approve is told to whoever runs the hub, who has no button.
func TestTooFewApprovers(t *testing.T) {
	chat := &slate{}
	o := open(t, notify.Way{Name: "chat", Channel: chat})
	o.Join("root")
	o.SetPolicy(strings.Replace(policy, `["user:olga", "user:otto"]`, `["user:nobody"]`, 1))
	r := o.ask()
	o.tell()
	same(t, "told", chat.sent, []string{"request.waiting to root"})
	_, err := o.Cancel(t.Context(), o.As("ada"), r.ID)
	o.Must(err)
	o.tell()
	if len(chat.updated) != 1 || !strings.HasPrefix(chat.updated[0], "1 to root: open false, Cancelled") {
		t.Errorf("%q", chat.updated)
	}
}

// A changed request takes the buttons of what was asked before with it.
func TestAmendedRequestIsShownAnew(t *testing.T) {
	chat := &slate{}
	o := open(t, notify.Way{Name: "chat", Channel: chat})
	r := o.ask()
	o.tell()
	_, err := o.Amend(t.Context(), o.As("ada"), r.ID, desk.Amendment{For: 2 * time.Hour})
	o.Must(err)
	o.tell()
	same(t, "updated", chat.updated, []string{"1 to olga: open true, ", "2 to otto: open true, "})
	same(t, "told anew", len(chat.sent), 4)
}

// Nobody is asked to decide what is decided: the mail server was down meanwhile.
func TestOvertaken(t *testing.T) {
	mail := &paper{fault: errors.New("down")}
	o := open(t, notify.Way{Name: "mail", Channel: mail})
	r := o.ask()
	o.tell()
	_, err := o.Approve(t.Context(), o.As("olga"), r.ID, "")
	o.Must(err)
	mail.fault = nil
	o.Pass(time.Hour)
	o.tell()
	same(t, "told", mail.sent, []string{"request.approved to ada"})
	rows, _ := o.left()
	same(t, "left", len(rows), 0)
}

// With the channel down for a day access ends on time; the messages come when it is
// back, under the same names.
func TestAccessEndsWhileTheChannelIsDown(t *testing.T) {
	mail := &paper{fault: errors.New("connection refused")}
	o := open(t, notify.Way{Name: "mail", Channel: mail})
	r := o.ask()
	answer, err := o.Approve(t.Context(), o.As("olga"), r.ID, "")
	o.Must(err)
	o.Office.Work()
	same(t, "holds", o.Holds("role/readonly"), []string{"ada"})
	for range 60 {
		o.Pass(time.Minute)
		o.tell()
	}
	o.Pass(time.Minute)
	o.Office.Work()
	same(t, "at its end", o.Holds("role/readonly"), []string{})
	for range 24 {
		o.Pass(time.Hour)
		o.Office.Work()
		o.tell()
	}
	same(t, "state", o.GrantState(answer.Request.Grant), "ended")
	if n := len(mail.ids); n < 10 || n > 120 {
		t.Errorf("%d attempts in a day", n)
	}
	first := mail.ids[0]
	mail.fault = nil
	o.Pass(2 * time.Hour)
	o.tell()
	slices.Sort(mail.sent) // that it was active is no news any more
	same(t, "told", mail.sent, []string{"grant.ended to ada", "request.approved to ada"})
	if !slices.Contains(mail.ids[len(mail.ids)-2:], first) {
		t.Errorf("%q has another name now", first)
	}
}

// After three days a message is given up, and that is on record; by hand it can be
// tried again.
func TestGivenUp(t *testing.T) {
	mail := &paper{topic: true, fault: errors.New("550 no")}
	o := open(t, notify.Way{Name: "mail", Channel: mail})
	o.ask()
	for range 80 {
		o.tell()
		o.Pass(time.Hour)
	}
	rows, _ := o.left()
	if len(rows) != 1 || rows[0].GivenUpAt.IsZero() || rows[0].LastError != "550 no" || rows[0].GivenUpAt.Sub(rows[0].Created) > 73*time.Hour {
		t.Fatalf("%+v", rows)
	}
	tried := len(mail.ids)
	o.tell()
	same(t, "tried after that", len(mail.ids), tried)
	same(t, "log", o.log("notice.given_up"), 1)
	mail.fault = nil
	o.Must(o.DB.Update(t.Context(), func(tx *store.Tx) error { return tx.RetryDeliveries(t.Context(), []string{rows[0].ID}) }))
	o.tell()
	same(t, "told", mail.sent, []string{"request.waiting to "})
	same(t, "names", slices.Compact(mail.ids), []string{rows[0].ID})
}

func (o *office) log(action string) (n int) {
	o.Helper()
	o.Must(o.DB.View(o.Context(), func(tx *store.Tx) error {
		return tx.EachAudit(o.Context(), store.AuditQuery{Action: action}, func(audit.Record) error { n++; return nil })
	}))
	return n
}

// A fault of one message lets the others pass; one of the channel gives them all a rest.
func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		fault    *notify.Fault
		attempts int
		left     int
		givenUp  bool
	}{
		"alone": {&notify.Fault{Err: errors.New("greylisted"), Alone: true}, 2, 2, false},
		"final": {&notify.Fault{Err: errors.New("no such person"), Final: true}, 2, 2, true},
		"down":  {&notify.Fault{Err: errors.New("down")}, 1, 2, false},
		"gone":  {&notify.Fault{Err: errors.New("gone"), Final: true, Gone: true}, 1, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			mail := &paper{fault: c.fault, print: "a"}
			o := open(t, notify.Way{Name: "mail", Channel: mail})
			o.ask()
			o.tell()
			rows, _ := o.left()
			if len(mail.ids) != c.attempts || len(rows) != c.left {
				t.Fatalf("%d attempts, left %+v", len(mail.ids), rows)
			}
			if c.left > 0 && rows[0].GivenUpAt.IsZero() == c.givenUp {
				t.Errorf("%+v", rows[0])
			}
		})
	}
}

// When the other side asks to be left alone, all messages to it wait, not only the one
// that was refused.
func TestLeftAloneAsLongAsAsked(t *testing.T) {
	chat := &paper{}
	o := open(t, notify.Way{Name: "chat", Channel: chat})
	chat.fault = &notify.Fault{Err: errors.New("429"), RetryAt: o.Now().Add(30 * time.Minute)}
	o.ask()
	for range 6 {
		o.tell()
		o.Pass(4 * time.Minute)
	}
	same(t, "attempts in the time that was asked for", len(chat.ids), 1)
	chat.fault = nil
	o.Pass(7 * time.Minute)
	o.tell()
	same(t, "afterwards", len(chat.sent), 2)
}

// stuck is a channel that hangs on everything but what is loud.
type stuck struct {
	loud, hung chan string
}

func (stuck) Takes(string) (people, topic bool) { return true, false }
func (stuck) Fingerprint() string               { return "" }

func (s stuck) Send(ctx context.Context, m notify.Message) (notify.Mark, error) {
	if slices.Contains(notify.Loud(), m.Kind) {
		s.loud <- m.Kind + " to " + m.To.Name
		return notify.Mark{}, nil
	}
	s.hung <- m.Kind
	<-ctx.Done()
	return notify.Mark{}, ctx.Err()
}

// Somebody breaks the glass while the channel hangs on another message, for a minute:
// the owners hear of it all the same.
func TestLoudDoesNotWaitForOthers(t *testing.T) {
	mail := stuck{loud: make(chan string), hung: make(chan string)}
	o := open(t, notify.Way{Name: "mail", Channel: mail})
	o.ask()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); o.Service.Run(ctx) }()
	same(t, "hangs", <-mail.hung, "request.waiting")
	_, err := o.BreakGlass(t.Context(), o.As("bob"), desk.Wish{Groups: []string{"prod-db"}, Reason: "fire"})
	o.Must(err)
	same(t, "told", []string{<-mail.loud, <-mail.loud}, []string{"glass.broken to olga", "glass.broken to otto"})
	cancel()
	<-done
}

// A receiver that said that it wants nothing more gets nothing until the settings are
// others.
func TestStoppedUntilTheSettingsChange(t *testing.T) {
	hook := &paper{topic: true, print: "a", fault: &notify.Fault{Err: errors.New("410 Gone"), Gone: true}}
	o := open(t, notify.Way{Name: "hook", Channel: hook})
	r := o.ask()
	o.tell()
	_, err := o.Cancel(t.Context(), o.As("ada"), r.ID)
	o.Must(err)
	hook.fault = nil
	o.Pass(time.Hour)
	o.tell()
	same(t, "while stopped", hook.sent, []string(nil))
	hook.print = "b"
	o.ask()
	o.tell()
	same(t, "with other settings", hook.sent, []string{"request.waiting to "})
}

// Two hubs on one database tell everybody once.
func TestReplicasShare(t *testing.T) {
	mail := &paper{}
	o := open(t, notify.Way{Name: "mail", Channel: mail})
	other := service(o.Office, notify.Way{Name: "mail", Channel: mail})
	for range 5 {
		r := o.ask()
		_, err := o.Cancel(t.Context(), o.As("ada"), r.ID)
		o.Must(err)
	}
	_ = o.ask()
	errs := make(chan error, 2)
	for _, s := range []*notify.Service{o.Service, other} {
		go func() { errs <- s.Spread(t.Context()) }()
	}
	o.Must(errors.Join(<-errs, <-errs))
	o.tell()
	same(t, "told", mail.sent, []string{"request.waiting to olga", "request.waiting to otto"})
}

func TestTry(t *testing.T) {
	mail, hook := &paper{}, &paper{topic: true, fault: errors.New("refused")}
	o := open(t, notify.Way{Name: "mail", Channel: mail}, notify.Way{Name: "hook", Channel: hook})
	o.Must(o.Try(t.Context(), "mail", "ada", "operator:root"))
	same(t, "sent", mail.sent, []string{"test to ada"})
	for what, err := range map[string]error{
		"refused": o.Try(t.Context(), "hook", "", "operator:root"), "people only": o.Try(t.Context(), "mail", "", ""),
		"in person": o.Try(t.Context(), "hook", "ada", ""), "no channel": o.Try(t.Context(), "fax", "", ""),
	} {
		if err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
	o.Must(o.DB.View(t.Context(), func(tx *store.Tx) error {
		states, err := tx.Channels(t.Context())
		if states["mail"].SucceededAt.IsZero() || states["hook"].LastError != "refused" {
			t.Errorf("%+v", states)
		}
		return err
	}))
}
