package slack

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/grants/desk"
	"birthright/internal/duration"
	"birthright/notify"
)

const usage = "`/access` opens a form.\n`/access GROUP 2h ticket OPS-7 because …` asks at once; duration and ticket may be left out.\n" +
	"`/access mine` shows what you wait for and what you have.\n`/access return g3` gives it back."

// command acknowledges a slash command, and does it.
func (a *App) command(w http.ResponseWriter, _ *http.Request, f url.Values) {
	c := slack.SlashCommand{UserID: f.Get("user_id"), Text: f.Get("text"), ResponseURL: f.Get("response_url"), TriggerID: f.Get("trigger_id")}
	if words := strings.Fields(c.Text); len(words) > 0 && strings.EqualFold(words[0], "help") {
		answer(w, ephemeral(usage))
		return
	}
	if !a.later(func(ctx context.Context) { a.obey(ctx, c) }) {
		answer(w, ephemeral("Too much is asked of Birthright just now. Please try again."))
		return
	}
	w.WriteHeader(http.StatusOK)
}

// obey does what a slash command says, and tells whoever gave it.
func (a *App) obey(ctx context.Context, c slack.SlashCommand) {
	words, err := a.doCommand(ctx, c)
	if err != nil {
		words = escaped(a.friendly(err))
	}
	if words != "" {
		a.reply(ctx, c.ResponseURL, words)
	}
}

func (a *App) doCommand(ctx context.Context, c slack.SlashCommand) (string, error) {
	actor, err := a.actor(ctx, c.UserID)
	if err != nil {
		return "", err
	}
	words := strings.Fields(c.Text)
	switch {
	case len(words) == 0:
		return "", a.openAskForm(ctx, actor, c.TriggerID)
	case strings.EqualFold(words[0], "mine") && len(words) == 1:
		return a.mine(ctx, actor)
	case strings.EqualFold(words[0], "return") && len(words) == 2:
		g, err := a.o.Desk.Return(ctx, actor, strings.ToLower(words[1]))
		return escaped("You gave " + g.Group + " back. It is being taken off every system."), err
	case strings.EqualFold(words[0], "return"):
		return "Say which: `/access mine` shows what you have, and `/access return g3` gives it back.", nil
	}
	wish, err := parseWish(c.Text)
	if err != nil {
		return "", err
	}
	made, err := a.o.Desk.Ask(ctx, actor, wish)
	return escaped(asked(made)), err
}

// parseWish reads "GROUP [DURATION] [ticket ID] [because] REASON".
func parseWish(line string) (desk.Wish, error) {
	words := strings.Fields(line)
	w := desk.Wish{Groups: words[:1]}
	words = words[1:]
	if len(words) > 0 && words[0] != "" && words[0][0] >= '0' && words[0][0] <= '9' {
		d, err := duration.Parse(words[0])
		if err != nil {
			return w, err
		}
		w.For, words = d, words[1:]
	}
	if len(words) > 1 && strings.EqualFold(words[0], "ticket") {
		w.Ticket, words = words[1], words[2:]
	}
	if len(words) > 0 && strings.EqualFold(words[0], "because") {
		words = words[1:]
	}
	w.Reason = strings.Join(words, " ")
	return w, nil
}

// asked says what became of requests that were just made.
func asked(made []desk.Request) string {
	var lines []string
	for _, r := range made {
		line := r.ID + ": you asked for " + r.Group + " for " + duration.Format(time.Duration(r.Seconds)*time.Second) + ". "
		switch {
		case r.State == grants.Approved:
			line += "It is approved at once, and on its way."
		case r.Stage != nil && len(r.Stage.Approvers) > 0:
			line += "It waits for " + list(r.Stage.Approvers) + "."
		default:
			line += "It waits for an answer."
		}
		lines = append(lines, notify.Plain(line, 500))
	}
	return strings.Join(lines, "\n")
}

// list names a few of many.
func list(names []string) string {
	const few = 5
	if len(names) > few {
		return strings.Join(names[:few], ", ") + " and others"
	}
	return strings.Join(names, " or ")
}

// mostMine bounds what is listed.
const mostMine = 20

// mine lists what somebody waits for and has.
func (a *App) mine(ctx context.Context, actor approval.Actor) (string, error) {
	user := strings.TrimPrefix(actor.Name, "user:")
	open, err := a.o.Desk.Requests(ctx, actor, desk.Query{User: user, States: []string{grants.Pending}, Limit: mostMine})
	if err != nil {
		return "", err
	}
	held, err := a.o.Desk.Grants(ctx, actor, desk.Query{User: user, States: []string{grants.Scheduled, grants.Activating, grants.Active, grants.Ending}, Limit: mostMine})
	if err != nil {
		return "", err
	}
	var lines []string
	for _, r := range open {
		lines = append(lines, notify.Plain(r.ID+": "+r.Group+" for "+duration.Format(time.Duration(r.Seconds)*time.Second)+", waiting", 300))
	}
	for _, g := range held {
		lines = append(lines, notify.Plain(g.ID+": "+g.Group+", "+g.State+", until "+g.EndsAt.UTC().Format("Mon 2 Jan 2006 15:04 MST"), 300))
	}
	if len(lines) == 0 {
		return "You wait for nothing, and have nothing that ends.", nil
	}
	return escaped(strings.Join(lines, "\n")), nil
}
