package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/app"
	"birthright/rules"
	"birthright/store"
)

// conditionReach is of whom a condition holds that is in no rule yet.
type conditionReach struct {
	Condition string   `json:"condition"`
	People    int      `json:"people"`
	Users     []string `json:"users"`
}

// explainCondition says of whom a condition holds.
func (p *program) explainCondition(ctx context.Context, a *app.App, condition string, limit int) error {
	q, err := rules.CompileCondition(condition)
	if err != nil {
		return usageError{fmt.Errorf("--when %s: %w", condition, err)}
	}
	out := conditionReach{Condition: condition}
	err = a.Store.View(ctx, func(tx *store.Tx) error {
		crowd, err := a.Runner.Crowd(ctx, tx, nil, a.Engine(), q.Engine())
		if err != nil {
			return err
		}
		asked := a.Engine().Groups(q.Groups(), crowd.Population, crowd.World)
		set := q.Matches(crowd.Population, crowd.World, func(group string) *roaring.Bitmap { return asked.Users(group) })
		out.People = int(set.GetCardinality())
		out.Users, err = userNames(ctx, tx, set, limit)
		return err
	})
	if err != nil {
		return err
	}
	return p.print(listing{
		data: out, header: []string{"condition", "people"}, rows: [][]string{{condition, strconv.Itoa(out.People)}},
		text: holdsOf(out.People, out.Users),
	})
}

// holdsOf is the sentence on of whom something holds.
func holdsOf(people int, users []string) string {
	text := "It holds of " + count(people, "person", "people")
	if len(users) > 0 {
		text += ": " + visible(strings.Join(users, ", "))
		if rest := people - len(users); rest > 0 {
			text += fmt.Sprintf(" and %d more", rest)
		}
	}
	return text + ".\n"
}
