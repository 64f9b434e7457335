package sourcetest

import (
	"errors"
	"testing"

	"birthright/sources"
)

// memoryHarness opens memories, each spoiled by plant if there is one.
func memoryHarness(plant func(sources.Source) sources.Source) Harness {
	return Harness{Nested: true, Open: func(_ testing.TB, w World) Peer {
		m := NewMemory(w)
		var source sources.Source = m
		if plant != nil {
			source = plant(m)
		}
		return Peer{
			Source: source,
			Change: func(_ testing.TB, w World) { m.Set(w) },
			Break:  func(testing.TB) { m.Fail(errors.New("the peer hung up")) },
		}
	}}
}

func TestMemory(t *testing.T) {
	t.Parallel()
	Run(t, memoryHarness(nil))
}

// Each case must fail on its planted fault, or it proves nothing.
func TestPlantedFaultsAreFound(t *testing.T) {
	t.Parallel()
	for _, c := range Cases() {
		if c.Why == "" || c.plant == nil {
			t.Errorf("%s: no why or no planted fault", c.Name)
			continue
		}
		if err := c.check(t, memoryHarness(c.plant)); err == nil {
			t.Errorf("%s: the planted fault was not found", c.Name)
		}
	}
}
