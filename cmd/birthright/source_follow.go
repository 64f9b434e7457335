package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"birthright/grants/approval"
	"birthright/hub"
)

const (
	// followEvery is how often it is looked for what came.
	followEvery = time.Second
	// longestTalk is longer than any request may take: one that began before others
	// may end, and be kept, after them.
	longestTalk = 5 * time.Minute
)

// followConversations shows the last conversations and then those that come,
// until ctx ends.
func (p *program) followConversations(ctx context.Context, o office, actor approval.Actor, source string, f inspectFlags) error {
	if p.output != "table" && p.output != "json" {
		return usageError{fmt.Errorf("--follow goes with --output table or json, not %s", p.output)}
	}
	p.remark("Following what %s says; interrupt to stop.", source)
	q := hub.ConversationQuery{Source: source, Failed: f.failed}
	seen := map[string]time.Time{}
	again := time.NewTicker(followEvery)
	defer again.Stop()
	for first := true; ; first = false {
		all, err := o.Hub.Conversations(ctx, actor, q)
		if err != nil && ctx.Err() == nil {
			return err
		}
		var fresh []hub.Conversation
		for _, c := range all {
			if _, known := seen[c.ID]; !known && f.chooses(c) {
				fresh = append(fresh, c)
			}
			seen[c.ID] = *c.At
		}
		if first {
			fresh = last(fresh, f.limit)
		}
		if err := p.printComing(fresh, f); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-again.C:
		}
		q.Since = o.now().Add(-longestTalk)
		for id, at := range seen {
			if at.Before(q.Since) {
				delete(seen, id)
			}
		}
	}
}

// printComing prints conversations without knowing what comes behind them.
func (p *program) printComing(list []hub.Conversation, f inspectFlags) error {
	for _, c := range list {
		var err error
		switch {
		case p.output == "json":
			encoder := json.NewEncoder(p.out)
			encoder.SetEscapeHTML(false)
			err = encoder.Encode(c)
		case f.list:
			err = printColumns(p.out, "", [][]string{p.conversationRow(c)})
		default:
			_, err = io.WriteString(p.out, transcript(c)+"\n")
		}
		if err != nil {
			return err
		}
	}
	return nil
}
