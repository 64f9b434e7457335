package memory_test

import (
	"testing"

	"birthright/targets"
	"birthright/targets/memory"
	"birthright/targets/targettest"
)

func TestContract(t *testing.T) {
	shapes := map[string]func(*targets.Capabilities){
		"as it comes":           func(*targets.Capabilities) {},
		"folding names":         func(c *targets.Capabilities) { c.FoldNames = true },
		"implicit":              func(c *targets.Capabilities) { c.ImplicitAccounts, c.ImplicitEntitlements = true, true },
		"never deleting":        func(c *targets.Capabilities) { c.DeleteAccounts = false },
		"one op a call":         func(c *targets.Capabilities) { c.MaxBatch = 1 },
		"roles and groups only": func(c *targets.Capabilities) { c.Kinds = []string{"role", "group"} },
	}
	for name, change := range shapes {
		t.Run(name, func(t *testing.T) {
			caps := memory.DefaultCapabilities()
			change(&caps)
			targettest.Run(t, targettest.Harness{New: func(testing.TB) targettest.Peer {
				return targettest.MemoryPeer(memory.New("t", memory.WithCapabilities(caps)), "t", nil)
			}})
		})
	}
}
