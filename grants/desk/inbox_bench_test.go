package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"birthright/grants/desk"
	"birthright/grants/desk/desktest"
)

// BenchmarkInbox is how long an owner of one group among 200 waits who looks what there is
// to decide, where 20 and where 2,000 requests are open in the company. Each of them is
// read; what others decide is to cost no more than that.
func BenchmarkInbox(b *testing.B) {
	for _, open := range []int{20, 2000} {
		b.Run(fmt.Sprint(open), func(b *testing.B) {
			const groups = 200
			var policy strings.Builder
			var people []string
			for i := range groups {
				fmt.Fprintf(&policy, "  - {name: g%03d, owners: [\"user:o%03d\"], access: [\"app:role/g%03d\"], request: {durations: {max: 8h}}}\n", i, i, i)
				people = append(people, fmt.Sprintf("o%03d", i), fmt.Sprintf("p%03d", i))
			}
			o := desktest.Open(b, "groups:\n"+policy.String())
			o.Join(people...)
			o.Full()
			for i := range open {
				asker := o.As(fmt.Sprintf("p%03d", i%groups))
				_, err := o.Ask(o.Context(), asker, desk.Wish{Groups: []string{fmt.Sprintf("g%03d", (i+i/groups)%groups)}, For: time.Hour, Reason: "work"})
				o.Must(err)
			}
			owner := o.As("o007")
			b.ResetTimer()
			for b.Loop() {
				in, err := o.Inbox(o.Context(), owner, desk.Query{}, 25)
				if err != nil || in.All == 0 && open >= groups {
					b.Fatal(in.All, err)
				}
			}
		})
	}
}
