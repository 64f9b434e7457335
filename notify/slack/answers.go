package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"birthright/identity"
	"birthright/notify"
)

// answer writes what Slack reads at once.
func answer(w http.ResponseWriter, what any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(what) // whoever hung up hears nothing
}

// note is a message that only the one who asked sees.
type note struct {
	Kind    string `json:"response_type"`
	Replace bool   `json:"replace_original"`
	Text    string `json:"text"`
}

func ephemeral(text string) note { return note{Kind: "ephemeral", Text: text} }

// reply tells whoever asked, by the address that Slack gave for it.
func (a *App) reply(ctx context.Context, to, text string) {
	if !a.ours(to) {
		a.o.Log.Warn("slack", "doing", "reply", "error", "the address for the answer is not Slack's")
		return
	}
	body, err := json.Marshal(ephemeral(text))
	if err != nil {
		return
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := a.http.Do(req)
	if err != nil {
		a.o.Log.Warn("slack", "doing", "reply", "error", withoutURL(err))
		return
	}
	_ = resp.Body.Close()
}

// ours reports whether an address is Slack's: the hub calls no other on a request's word.
func (a *App) ours(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return false
	}
	api, err := url.Parse(a.o.APIURL)
	if err == nil && u.Scheme == api.Scheme && u.Host == api.Host {
		return true
	}
	return u.Scheme == "https" && (u.Host == "hooks.slack.com" || u.Host == "hooks.slack-gov.com")
}

// typed finds what an error says to people at a command line.
var typed = regexp.MustCompile("(: |, )?--[a-z-]+( [A-Z]+)?")

// friendly is an error as somebody in Slack can use it: without what to type elsewhere,
// and without anything internal.
func (a *App) friendly(err error) string {
	var nobody errNobody
	var changed errChanged
	switch {
	case errors.As(err, &nobody), errors.As(err, &changed):
		return err.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return "Birthright did not answer in time. `/access mine` shows whether it was done."
	}
	var fault *notify.Fault
	var known *identity.Error
	switch {
	case errors.As(err, &fault):
		return fault.Error()
	case errors.As(err, &known) && known.Kind != identity.Internal && known.Kind != identity.Unavailable:
		without := *known
		without.Hint = ""
		return strings.TrimSpace(typed.ReplaceAllString(without.Error(), ""))
	case !errors.As(err, &known) && err != nil && strings.Contains(err.Error(), "is not a duration"):
		return err.Error()
	}
	a.o.Log.Error("slack", "error", err)
	return "Something went wrong in Birthright. Whoever runs it finds it in the log."
}

// byField puts the reasons against a request beside the fields that they are about.
func (a *App) byField(err error) map[string]string {
	out := map[string]string{}
	for line := range strings.SplitSeq(a.friendly(err), "\n") {
		at := fieldGroup
		switch {
		case strings.Contains(line, "needs a reason"):
			at = fieldReason
		case strings.Contains(line, "needs a ticket"):
			at = fieldTicket
		case strings.Contains(line, "can be had for"), strings.Contains(line, "is no time"):
			at = fieldDuration
		}
		out[at] = strings.TrimSpace(out[at] + "\n" + line)
	}
	return out
}
