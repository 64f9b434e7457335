package sourcetest

import (
	"errors"
	"testing"

	"birthright/identity"
	"birthright/sources"
)

// rotaHarness opens rotas in memory, each spoiled by plant if there is one.
func rotaHarness(plant func(sources.Context) sources.Context) ContextHarness {
	return ContextHarness{Tickets: true, Open: func(_ testing.TB, facts []identity.Fact) ContextPeer {
		r := NewRota(sources.Terms{}, facts...)
		var source sources.Context = r
		if plant != nil {
			source = plant(r)
		}
		return ContextPeer{
			Source: source,
			Change: func(_ testing.TB, facts []identity.Fact) { r.Set(facts...) },
			Break:  func(testing.TB) { r.Fail(errors.New("the peer hung up")) },
		}
	}}
}

func TestRota(t *testing.T) {
	t.Parallel()
	RunContext(t, rotaHarness(nil))
}

// Each case must fail on its planted fault, or it proves nothing.
func TestPlantedFaultsInContextsAreFound(t *testing.T) {
	t.Parallel()
	for _, c := range ContextCases() {
		if c.Why == "" || c.plant == nil {
			t.Errorf("%s: no why or no planted fault", c.Name)
			continue
		}
		if err := c.check(t, rotaHarness(c.plant)); err == nil {
			t.Errorf("%s: the planted fault was not found", c.Name)
		}
	}
}
