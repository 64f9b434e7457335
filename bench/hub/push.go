package hub

import (
	"context"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"birthright/bench/measure"
	"birthright/internal/company"
)

// Push has clients create made-up people with as many requests on the way, and
// times each. args are how many of each: clients, people.
func (c *Client) Push(ctx context.Context, args []string) (measure.Result, error) {
	clients, err := strconv.Atoi(args[0])
	if err != nil {
		return measure.Result{}, err
	}
	people, err := strconv.Atoi(args[1])
	if err != nil {
		return measure.Result{}, err
	}
	crowd := company.Generate(7, people, time.Now())
	bodies := make([][]byte, people)
	for i, p := range crowd.People {
		bodies[i] = p.SCIM(crowd.Now)
	}
	took := make([]float64, people)
	began := time.Now()
	var group errgroup.Group
	for client := range clients {
		group.Go(func() error {
			for i := client; i < people; i += clients {
				sent := time.Now()
				if _, err := c.Create(ctx, "/Users", bodies[i]); err != nil {
					return err
				}
				took[i] = time.Since(sent).Seconds()
			}
			return nil
		})
	}
	err = group.Wait()
	result := measure.Since(began, map[string]int{"people": people})
	result.Figures = map[string]float64{"p50": measure.Median(took), "p99": measure.Quantile(took, 0.99)}
	return result, err
}
