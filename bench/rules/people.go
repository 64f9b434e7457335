package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"

	"birthright/identity"
)

// attribute is one that people have: how many values there are of it, and how
// much more frequent the first ones are (Zipf's exponent).
type attribute struct {
	name   string
	values int
	skew   float64
}

// attributes are what the rules are about.
var attributes = []attribute{
	{"department", 60, 1.1}, {"team", 2_000, 0.9}, {"title", 400, 1.2}, {"location", 150, 1.0}, {"employeeType", 5, 1.8},
	{"costCenter", 6_000, 0.7}, {"division", 14, 0.8}, {"organization", 30, 1.3}, {"userType", 8, 1.5},
}

// valueOf is the text of an attribute's i-th value.
func valueOf(a, i int) string { return fmt.Sprintf("%s %d", attributes[a].name, i) }

// crowd makes people, the same ones each time.
type crowd struct {
	random *rand.Rand
	draws  []draw
	values [][][]string // by attribute and number, as attributes hold them
}

func newCrowd() *crowd {
	c := &crowd{random: rand.New(rand.NewPCG(1, 2))}
	for i, a := range attributes {
		c.draws = append(c.draws, newDraw(a.values, a.skew))
		values := make([][]string, a.values)
		for j := range values {
			values[j] = []string{valueOf(i, j)}
		}
		c.values = append(c.values, values)
	}
	return c
}

// person makes the next one. One in fifty has no team.
func (c *crowd) person(n int64) identity.User {
	u := identity.User{N: n, UserName: fmt.Sprintf("u%07d", n), State: identity.Active, Attributes: make(identity.Attributes, len(attributes))}
	for i, a := range attributes {
		if a.name == "team" && c.random.IntN(50) == 0 {
			continue
		}
		u.Attributes[a.name] = c.values[i][c.draws[i].next(c.random)]
	}
	return u
}

// draw picks numbers of which the small ones are frequent.
type draw []float64 // sums of the shares

func newDraw(n int, skew float64) draw {
	d := make(draw, n)
	sum := 0.0
	for i := range d {
		sum += math.Pow(float64(i+1), -skew)
		d[i] = sum
	}
	return d
}

func (d draw) next(random *rand.Rand) int {
	return sort.SearchFloat64s(d, random.Float64()*d[len(d)-1])
}
