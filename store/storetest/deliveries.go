package storetest

import (
	"time"

	"birthright/store"
)

func (h *Hub) claimDeliveries(channel string, limit int) (ids []string) {
	h.Helper()
	h.update(func(tx *store.Tx) error {
		rows, err := tx.ClaimDeliveries(h.Context(), store.Lane{Channel: channel, Others: true}, limit, time.Minute)
		ids = deliveryIDs(rows)
		return err
	})
	return ids
}

func deliveryIDs(rows []store.DeliveryRow) []string {
	out := make([]string, len(rows))
	for i, row := range rows {
		out[i] = row.ID
	}
	return out
}

func (h *Hub) deliveries(f store.DeliveryFilter) (rows []store.DeliveryRow) {
	h.Helper()
	h.view(func(tx *store.Tx) (err error) { rows, err = tx.Deliveries(h.Context(), f); return err })
	return rows
}

var deliveryCases = []Case{
	{
		Name: "deliveries are kept as they were noted, and claimed by one at a time",
		Why:  "two replicas would tell people everything twice",
		Run: func(h *Hub) {
			rows := []store.DeliveryRow{
				{ID: "a", Channel: "mail", Kind: "grant.active", RequestN: 1, GrantN: 2, UserN: 3, Story: `{"x":1}`},
				{ID: "b", Channel: "mail", Kind: "grant.ended", Refresh: true, Created: epoch.Add(-time.Hour)},
				{ID: "c", Channel: "chat", Kind: "grant.ended"},
			}
			h.update(func(tx *store.Tx) error { return tx.AddDeliveries(h.Context(), rows) })
			h.same("as noted", h.deliveries(store.DeliveryFilter{Channel: "mail", Limit: 1}),
				[]store.DeliveryRow{{N: rows[0].N, ID: "a", Channel: "mail", Kind: "grant.active", RequestN: 1, GrantN: 2, UserN: 3, Story: `{"x":1}`, Created: epoch, DueAt: epoch}})
			h.same("claimed", h.claimDeliveries("mail", 5), []string{"a", "b"})
			h.same("by another", h.claimDeliveries("mail", 5), []string{})
			h.pass(2 * time.Minute)
			h.same("after the holder died", h.claimDeliveries("mail", 1), []string{"a"})
			if kept := h.deliveries(store.DeliveryFilter{Channel: "mail"}); kept[0].Attempts != 2 || !kept[1].Refresh || !kept[1].Created.Equal(epoch.Add(-time.Hour)) {
				h.Errorf("%+v", kept)
			}
		},
	},
	{
		Name: "what is loud is claimed apart from the rest",
		Why:  "a broken glass would wait behind ten thousand invitations to a review",
		Run: func(h *Hub) {
			rows := []store.DeliveryRow{{ID: "a", Channel: "mail", Kind: "campaign.started"}, {ID: "b", Channel: "mail", Kind: "glass.broken"}, {ID: "c", Channel: "chat", Kind: "glass.broken"}}
			h.update(func(tx *store.Tx) error { return tx.AddDeliveries(h.Context(), rows) })
			loud := store.Lane{Channel: "mail", Kinds: []string{"glass.broken", "grant.overdue"}}
			rest := loud
			rest.Others = true
			h.update(func(tx *store.Tx) error {
				for lane, want := range map[*store.Lane]string{&loud: "b", &rest: "a"} {
					due, err := tx.DeliveriesDue(h.Context(), *lane)
					h.must(err)
					h.same("due", due, true)
					rows, err := tx.ClaimDeliveries(h.Context(), *lane, 5, time.Minute)
					h.must(err)
					h.same("claimed", deliveryIDs(rows), []string{want})
					due, err = tx.DeliveriesDue(h.Context(), *lane)
					h.must(err)
					h.same("due afterwards", due, false)
				}
				return nil
			})
		},
	},
	{
		Name: "a delivery is delayed, given back, given up, tried again and forgotten",
		Why:  "a channel that is down must neither lose messages at once nor collect them for ever",
		Run: func(h *Hub) {
			rows := []store.DeliveryRow{{ID: "a", Channel: "mail"}, {ID: "b", Channel: "mail"}, {ID: "c", Channel: "mail"}}
			h.update(func(tx *store.Tx) error { return tx.AddDeliveries(h.Context(), rows) })
			h.claimDeliveries("mail", 3)
			h.update(func(tx *store.Tx) error {
				h.must(tx.DelayDelivery(h.Context(), rows[0].N, epoch.Add(time.Hour), "it is down\x00"))
				h.must(tx.ReleaseDeliveries(h.Context(), []int64{rows[1].N}, epoch.Add(time.Second)))
				return tx.GiveUpDelivery(h.Context(), rows[2].N, "no such address", event("notice.given_up"))
			})
			h.view(func(tx *store.Tx) error {
				counts, err := tx.CountDeliveries(h.Context())
				h.same("counts", counts, map[string]store.DeliveryCount{"mail": {Owed: 2, GivenUp: 1, Oldest: epoch}})
				return err
			})
			h.pass(time.Second)
			h.same("given back", h.claimDeliveries("mail", 3), []string{"b"})
			if kept := h.deliveries(store.DeliveryFilter{}); kept[0].LastError == "" || kept[1].Attempts != 1 || kept[2].GivenUpAt.IsZero() {
				h.Errorf("%+v", kept)
			}
			h.same("given up", deliveryIDs(h.deliveries(store.DeliveryFilter{GivenUp: true})), []string{"c"})
			h.update(func(tx *store.Tx) error { return tx.RetryDeliveries(h.Context(), []string{"a", "c"}) })
			h.same("again", h.claimDeliveries("mail", 3), []string{"a", "c"})
			h.update(func(tx *store.Tx) error {
				h.must(tx.GiveUpDelivery(h.Context(), rows[0].N, "no"))
				return tx.EndDeliveries(h.Context(), []int64{rows[1].N})
			})
			h.view(func(tx *store.Tx) error {
				due, err := tx.DeliveriesDue(h.Context(), store.Lane{Channel: "mail", Others: true})
				h.same("due while it is leased", due, false)
				return err
			})
			h.pass(time.Minute)
			h.view(func(tx *store.Tx) error {
				due, err := tx.DeliveriesDue(h.Context(), store.Lane{Channel: "mail", Others: true})
				h.same("due", due, true)
				return err
			})
			h.update(func(tx *store.Tx) error { return tx.ForgetDeliveries(h.Context(), epoch.Add(-time.Hour)) })
			h.same("young", deliveryIDs(h.deliveries(store.DeliveryFilter{})), []string{"a", "c"})
			h.update(func(tx *store.Tx) error { return tx.EndChannel(h.Context(), "mail") })
			h.same("the channel is stopped", deliveryIDs(h.deliveries(store.DeliveryFilter{})), []string{"a"})
			h.update(func(tx *store.Tx) error { return tx.ForgetDeliveries(h.Context(), tx.Now()) })
			h.same("old", len(h.deliveries(store.DeliveryFilter{})), 0)
		},
	},
	{
		Name: "what was posted about a request is found again",
		Why:  "a message would keep its buttons after the decision",
		Run: func(h *Hub) {
			h.update(func(tx *store.Tx) error {
				h.must(tx.AddPosted(h.Context(), store.PostedRow{Channel: "chat", RequestN: 1, UserN: 2, Kind: "request.waiting", Place: "D1", Mark: "1.5"}))
				return tx.AddPosted(h.Context(), store.PostedRow{Channel: "chat", RequestN: 9, Place: "D1", Mark: "1.6"})
			})
			var posted []store.PostedRow
			h.view(func(tx *store.Tx) (err error) { posted, err = tx.Posted(h.Context(), "chat", 1); return err })
			h.same("posted", posted, []store.PostedRow{{N: posted[0].N, Channel: "chat", RequestN: 1, UserN: 2, Kind: "request.waiting", Place: "D1", Mark: "1.5", Created: epoch}})
			h.update(func(tx *store.Tx) error { return tx.DropPosted(h.Context(), []int64{posted[0].N}) })
			h.view(func(tx *store.Tx) (err error) { posted, err = tx.Posted(h.Context(), "chat", 1); return err })
			h.same("dropped", len(posted), 0)
		},
	},
	{
		Name: "how a channel fared is kept, and a mark is seen once",
		Why:  "nobody would know that a channel is down, and a request could be sent to the hub again",
		Run: func(h *Hub) {
			want := store.ChannelRow{Name: "mail", SucceededAt: epoch, FailedAt: epoch.Add(time.Second), LastError: "down", Stopped: "f"}
			for range 2 {
				h.update(func(tx *store.Tx) error { return tx.SaveChannel(h.Context(), want) })
			}
			h.view(func(tx *store.Tx) error {
				got, err := tx.Channels(h.Context())
				h.same("channels", got, map[string]store.ChannelRow{"mail": want})
				return err
			})
			var seen []bool
			for range 3 {
				h.update(func(tx *store.Tx) error {
					before, err := tx.MarkSeen(h.Context(), "v0=1", time.Minute)
					seen = append(seen, before)
					return err
				})
				h.pass(40 * time.Second)
			}
			h.same("seen", seen, []bool{false, true, false})
		},
	},
}
