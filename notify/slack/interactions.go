package slack

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/grants/desk"
	"birthright/internal/duration"
	"birthright/notify"
)

// patience is how long Slack waits for an answer to a form, with something to spare.
const patience = 2500 * time.Millisecond

// interaction answers buttons, forms and searches in forms.
func (a *App) interaction(w http.ResponseWriter, r *http.Request, f url.Values) {
	var c slack.InteractionCallback
	if err := json.Unmarshal([]byte(f.Get("payload")), &c); err != nil {
		http.Error(w, "the payload cannot be read", http.StatusBadRequest)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	switch c.Type {
	case slack.InteractionTypeBlockActions:
		for _, action := range c.ActionCallback.BlockActions {
			if !a.later(func(ctx context.Context) { a.press(ctx, c, *action) }) {
				http.Error(w, "too much is asked just now", http.StatusServiceUnavailable)
				return
			}
		}
		w.WriteHeader(http.StatusOK)
	case slack.InteractionTypeViewSubmission:
		answer(w, a.submit(ctx, c))
	case slack.InteractionTypeBlockSuggestion:
		answer(w, a.suggest(ctx, c))
	default:
		w.WriteHeader(http.StatusOK)
	}
}

// press does what a button is for.
func (a *App) press(ctx context.Context, c slack.InteractionCallback, action slack.BlockAction) {
	if action.ActionID != actionApprove && action.ActionID != actionDeny {
		return // a link
	}
	words, err := a.decide(ctx, c, action)
	if err != nil {
		words = escaped(a.friendly(err))
	}
	if words != "" {
		a.reply(ctx, c.ResponseURL, words)
	}
}

// decide approves, or asks why not.
func (a *App) decide(ctx context.Context, c slack.InteractionCallback, action slack.BlockAction) (string, error) {
	actor, err := a.actor(ctx, c.User.ID)
	if err != nil {
		return "", err
	}
	r, err := a.shown(ctx, actor, action.Value)
	if err != nil {
		return "", err
	}
	if action.ActionID == actionDeny {
		return "", a.open(ctx, c.TriggerID, denyForm(r, action.Value))
	}
	made, err := a.o.Desk.Decide(ctx, actor, r.ID, desk.Decision{Approve: true, Revision: r.Revision})
	if err != nil {
		return "", err
	}
	return escaped(noted(made)), nil
}

// shown is the request that a button or form is about, if it is still the one that was
// shown: whoever approves an hour must not give a day.
func (a *App) shown(ctx context.Context, actor approval.Actor, value string) (desk.Request, error) {
	id, revision, _ := strings.Cut(value, ":")
	r, err := a.o.Desk.Request(ctx, actor, id)
	if err == nil && strconv.Itoa(r.Revision) != revision {
		err = errChanged{r.ID}
	}
	return r, err
}

type errChanged struct{ id string }

func (e errChanged) Error() string {
	return e.id + " was changed after this message was sent. Please decide on the newer one."
}

// noted says what became of an approval where the message itself does not.
func noted(a desk.Answer) string {
	switch s := a.Request.Stage; {
	case a.Already:
		return a.Request.ID + " needs no more: it is " + a.Request.State + "."
	case a.Request.State == grants.Pending && s != nil:
		return "Noted. " + a.Request.ID + " has " + strconv.Itoa(s.Have) + " of " + strconv.Itoa(s.Need) + " in stage " + strconv.Itoa(s.Number) + " of " + strconv.Itoa(s.Of) + "."
	}
	return "You approved " + a.Request.ID + "."
}

// openAskForm shows what somebody can ask for.
func (a *App) openAskForm(ctx context.Context, actor approval.Actor, trigger string) error {
	shelf, err := a.o.Desk.Browse(ctx, actor, desk.Browse{Limit: mostOptions + 1})
	if err != nil {
		return err
	}
	offers := shelf.Offers
	if len(offers) == 0 {
		return errNobody{"there is nothing that you can ask for."}
	}
	return a.open(ctx, trigger, askForm(offers))
}

func (a *App) open(ctx context.Context, trigger string, view slack.ModalViewRequest) error {
	api, err := a.api(ctx)
	if err != nil {
		return err
	}
	_, err = api.OpenViewContext(ctx, trigger, view)
	return a.fault(err)
}

// submit takes a form. Faults are shown beside the fields.
func (a *App) submit(ctx context.Context, c slack.InteractionCallback) any {
	actor, err := a.actor(ctx, c.User.ID)
	if err != nil {
		return slack.NewUpdateViewSubmissionResponse(view(said("Not done", a.friendly(err))))
	}
	switch c.View.CallbackID {
	case formAsk:
		return a.submitAsk(ctx, actor, c.View)
	case formDeny:
		return a.submitDeny(ctx, actor, c.View)
	}
	return slack.NewClearViewSubmissionResponse()
}

func view(v slack.ModalViewRequest) *slack.ModalViewRequest { return &v }

func (a *App) submitAsk(ctx context.Context, actor approval.Actor, v slack.View) any {
	w := desk.Wish{Groups: []string{field(v, fieldGroup)}, Reason: field(v, fieldReason), Ticket: field(v, fieldTicket)}
	if text := field(v, fieldDuration); text != "" {
		d, err := duration.Parse(text)
		if err != nil {
			return slack.NewErrorsViewSubmissionResponse(map[string]string{fieldDuration: a.friendly(err)})
		}
		w.For = d
	}
	made, err := a.o.Desk.Ask(ctx, actor, w)
	if err != nil {
		return slack.NewErrorsViewSubmissionResponse(a.byField(err))
	}
	return slack.NewUpdateViewSubmissionResponse(view(said("Asked", asked(made))))
}

func (a *App) submitDeny(ctx context.Context, actor approval.Actor, v slack.View) any {
	r, err := a.shown(ctx, actor, v.PrivateMetadata)
	if err == nil {
		_, err = a.o.Desk.Decide(ctx, actor, r.ID, desk.Decision{Note: field(v, fieldReason), Revision: r.Revision})
	}
	if err != nil {
		return slack.NewErrorsViewSubmissionResponse(map[string]string{fieldReason: a.friendly(err)})
	}
	return slack.NewClearViewSubmissionResponse()
}

// suggest lists what matches what somebody typed into a form's search.
func (a *App) suggest(ctx context.Context, c slack.InteractionCallback) any {
	none := slack.OptionsResponse{Options: []*slack.OptionBlockObject{}}
	actor, err := a.actor(ctx, c.User.ID)
	if err != nil {
		return none
	}
	shelf, err := a.o.Desk.Browse(ctx, actor, desk.Browse{Search: notify.Plain(c.Value, mostOptionText), Limit: mostOptions})
	if err != nil {
		a.o.Log.Error("slack", "doing", "list groups", "error", err)
		return none
	}
	return slack.OptionsResponse{Options: options(shelf.Offers)}
}
