package app

import (
	"crypto/rand"

	"birthright/hub"
	"birthright/scim/backing"
)

// hub puts together what answers beyond requests and reviews.
func (a *App) hub() *hub.Hub {
	return hub.New(hub.Options{
		Store:       a.Store,
		Desk:        a.Desk,
		Engine:      a.Engine,
		Runner:      a.Runner,
		Targets:     a.targetNames(),
		TargetKinds: a.targetKinds(),
		Sources:     a.sourceSettings(),
		Talk:        backing.Conversations{DB: a.Store},
		RunSync:     a.Sync,
		ReadSources: a.importEach,
		Place:       a.Intake.ResolveAmbiguous,
		Live:        a.live,
		NewID:       a.NewID,
		Endpoints:   endpoints{a},
		Rand:        rand.Reader,
		Wake:        a.wakeWorkers,
		Policy:      a.policyInForce,
		Editable:    Editable(a.Config),
		Now:         a.Now,
		Log:         a.Log,
		Reporter:    a,
	})
}
