package ad_test

import (
	"testing"

	"birthright/internal/sambatest"
	"birthright/targets"
	"birthright/targets/targettest"
)

func TestContractOnSamba(t *testing.T) {
	targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
		r := start(t, nil)
		return r.proxy.Peer(targettest.Peer{
			Target: r.target, Name: "ad", Page: 3, Nests: true, RefusesName: refusesName,
			Seed:   func(t testing.TB, s targets.State) { r.seed(t, s) },
			Canary: sambatest.AdminPassword,
			Said:   r.log.String,
		})
	}})
}
