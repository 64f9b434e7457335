package slack

import (
	"context"
	"net/url"

	"birthright/internal/httpkit"
)

type channel struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	IsArchived bool   `json:"is_archived"`
	IsGeneral  bool   `json:"is_general"`
	IsMember   bool   `json:"is_member"`
}

// readOnly says why nobody like us can change who is in; "" where we can.
func (c channel) readOnly() string {
	switch {
	case c.IsArchived:
		return "the channel is archived"
	case c.IsGeneral:
		return "everybody is in the general channel, and nobody can be taken out"
	case !c.IsMember:
		return "the app is not in the channel: invite it"
	}
	return ""
}

// listChannels reads the channels whose members are given: public ones, and private
// ones that the app is in. Slack does not tell of others.
func (t *Target) listChannels(ctx context.Context) ([]channel, error) {
	var out []channel
	q := url.Values{"types": {"public_channel,private_channel"}, "exclude_archived": {"false"}, "limit": {"200"}}
	err := t.each(ctx, "conversations.list", q, func(resp *httpkit.Response) error {
		var page struct {
			Channels []channel `json:"channels"`
		}
		if err := resp.Decode(&page); err != nil {
			return err
		}
		for _, c := range page.Channels {
			if t.gives(c.Name) {
				out = append(out, c)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.channels)
	for _, c := range out {
		t.channels[c.Name] = c
	}
	return out, nil
}

// channelCalled finds a channel by its name, from what is known or by reading the list.
func (t *Target) channelCalled(ctx context.Context, name string) (channel, error) {
	t.mu.Lock()
	c, known := t.channels[name]
	t.mu.Unlock()
	if known {
		return c, nil
	}
	all, err := t.listChannels(ctx)
	if err != nil {
		return channel{}, err
	}
	for _, c := range all {
		if c.Name == name {
			return c, nil
		}
	}
	return channel{}, errNoEntitlement
}

// forget drops what is known of channels.
func (t *Target) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.channels)
}

// members reads who is in a channel. One that is gone meanwhile has nobody.
func (t *Target) members(ctx context.Context, id string) ([]string, error) {
	var out []string
	err := t.each(ctx, "conversations.members", url.Values{"channel": {id}, "limit": {"1000"}}, func(resp *httpkit.Response) error {
		var page struct {
			Members []string `json:"members"`
		}
		if err := resp.Decode(&page); err != nil {
			return err
		}
		out = append(out, page.Members...)
		return nil
	})
	return out, err
}
