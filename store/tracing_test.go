package store_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"go.opentelemetry.io/otel/sdk/trace"

	"birthright/internal/tracing"
	"birthright/store"
)

// What one thing makes of work goes on in its trace, unless it is a bulk load.
func TestWorkStaysInItsTrace(t *testing.T) {
	db := open(t, "sqlite:"+filepath.Join(t.TempDir(), "hub.db"), store.Options{Migrate: true})
	ctx, span := tracing.New(trace.NewTracerProvider()).Start(t.Context(), "import")
	defer span.End(nil)
	for people, want := range map[int]string{200: tracing.Place(ctx), 201: ""} {
		t.Run(fmt.Sprint(people), func(t *testing.T) {
			work := make([]store.Work, people)
			for i := range work {
				work[i].UserN = int64(people*1000 + i)
			}
			var found []store.Work
			err := db.Update(ctx, func(tx *store.Tx) (err error) {
				if err := tx.EnqueueWork(ctx, work); err != nil {
					return err
				}
				found, err = tx.WorkOf(ctx, []string{""}, []int64{work[0].UserN, work[people-1].UserN})
				return err
			})
			if err != nil || len(found) != 2 || found[0].Trace != want || found[1].Trace != want {
				t.Errorf("%v, %v; want the trace %q", found, err, want)
			}
		})
	}
}
