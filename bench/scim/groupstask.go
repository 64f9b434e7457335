package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"birthright/bench/hub"
	"birthright/bench/measure"
	"birthright/identity"
	"birthright/store"
)

// additions is how many members are added to each group, one by one; largePatches
// how many large PATCHes are sent.
const additions, largePatches = 150, 3

// groupsTask adds members to groups of all sizes in turns, then many at once.
func groupsTask(ctx context.Context, _ []string) (result measure.Result, err error) {
	result.Figures, result.Counts = map[string]float64{}, map[string]int{}
	return result, withHub(ctx, func(dir string, h *hub.Hub, c *hub.Client) error {
		largest := groupSizes[len(groupSizes)-1]
		people, _, err := fill(ctx, h, largest+additions)
		if err != nil {
			return err
		}
		ids := make([]string, len(groupSizes))
		for i, size := range groupSizes {
			if ids[i], err = grouped(ctx, h, size); err != nil {
				return err
			}
		}
		took := map[string][]float64{}
		for i := range additions {
			for g, size := range groupSizes {
				began := time.Now()
				if err := c.Patch(ctx, "/Groups/"+ids[g], adding(people[largest+i])); err != nil {
					return err
				}
				took[groupKey(size)] = append(took[groupKey(size)], time.Since(began).Seconds())
			}
		}
		note(result, took)
		return crowd{h, c, dir, people[:atOnce]}.atOnce(ctx, result)
	})
}

// grouped makes a group whose members are the first so many records.
func grouped(ctx context.Context, h *hub.Hub, size int) (string, error) {
	g := identity.SourceGroup{Source: hub.Source, Name: groupKey(size)}
	return g.ID, h.Store.Update(ctx, func(tx *store.Tx) error {
		if err := tx.SaveSourceGroups(ctx, []*identity.SourceGroup{&g}); err != nil {
			return err
		}
		members := make([]store.MemberN, size)
		for i := range members {
			members[i].N = int64(i + 1)
		}
		_, err := tx.AddMembers(ctx, g.N, members)
		return err
	})
}

// adding is a PATCH that adds members.
func adding(ids ...string) []byte {
	members := make([]map[string]string, len(ids))
	for i, id := range ids {
		members[i] = map[string]string{"value": id}
	}
	body, _ := json.Marshal(map[string]any{ // texts always can be
		"schemas":    []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"},
		"Operations": []any{map[string]any{"op": "add", "path": "members", "value": members}},
	})
	return body
}

// crowd is a hub with people who all become members at once.
type crowd struct {
	h      *hub.Hub
	client *hub.Client
	dir    string
	people []string
}

// atOnce sends large PATCHes to empty groups, in turns with the bare insert, when
// nothing else is left to do.
func (m crowd) atOnce(ctx context.Context, result measure.Result) error {
	took := map[string][]float64{}
	for i := range largePatches {
		body := fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"large %d"}`, i)
		id, err := m.client.Create(ctx, "/Groups", []byte(body))
		if err != nil {
			return err
		}
		if err := measure.Until(ctx, 5*time.Minute, func() (bool, error) { return m.h.Idle(ctx) }); err != nil {
			return err
		}
		bare, err := memberFloor(ctx, m.dir, i, len(m.people))
		if err != nil {
			return err
		}
		began := time.Now()
		if err := m.client.Patch(ctx, "/Groups/"+id, adding(m.people...)); err != nil {
			return err
		}
		took["large"], took["floor"] = append(took["large"], time.Since(began).Seconds()), append(took["floor"], bare)
	}
	result.Figures["large"], result.Figures["floor"] = measure.Median(took["large"]), measure.Median(took["floor"])
	return nil
}
