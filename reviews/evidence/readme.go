package evidence

import (
	"io"
	"text/template"
	"time"
)

var readme = template.Must(template.New(ReadmeFile).Parse(`# Evidence of access

Period: from {{.From.Format .Layout}} until before {{.Until.Format .Layout}} (UTC).
{{with .Since}}People and memberships are known since {{.}}; what was before is not.
{{end}}
| file | one line for each |
| --- | --- |
| people.jsonl | person and time during which that person was so: state and attributes |
| memberships.jsonl | membership in a group and time during which it had the same causes, with the policy that gave it |
| observed.jsonl | time during which an account was seen on a target to have an entitlement, whoever gave it |
| requests.jsonl | request, with how it was decided and every vote |
| grants.jsonl | access given for a time, and how it ended |
| decisions.jsonl | decision of a reviewer on an item of a review |
| revocations.jsonl | membership that somebody took away, for instance in a review |
| orders.jsonl | access on a target that somebody ordered to go |
| changes.jsonl | step on a target: when it was intended, when it ended, and how |
| runs.jsonl | pass over a target |
| policies.jsonl | policy that was in force at some moment; its files are under policies/ |
| audit.jsonl | record of the audit log, between an opening and a closing line |
| manifest.json | the period, the numbers, the targets that were not read whole, and the SHA-256 of every file |
| SHA256SUMS | the same sums, for sha256sum |

Times are in UTC. What ended after the period has null for its end: nothing in here tells of what came later.
Somebody was in a group at a moment T if a line of memberships.jsonl has from at or before T, and until null or after T.
manifest.json names the targets that were not read whole: what observed.jsonl says of those is not known to be all.

## How to check it by hand

1. Unpack it and run "sha256sum -c SHA256SUMS": every file must be OK.
2. Run "sha256sum manifest.json" and ask for the event evidence.made of the hub's audit log: it has the same sum.
3. In audit.jsonl, the hash of each record is the SHA-256 of the 32 bytes of prev followed by the record's own JSON without
   prev and hash. prev is the hash of the record before; that of the first is in the opening line, and the last one is in
   the closing line. A pack of the period before ends where this one begins.
4. Each line of changes.jsonl has a record change.intent at intended_at, and change.outcome at finished_at. Each decided
   request has its record, each vote a record request.voted, and each line of decisions.jsonl a record review.decided.
   Each line of revocations.jsonl has a record membership.revoked, each of orders.jsonl access.ordered, and each grant that
   was settled grant.settled.

"birthright evidence verify FILE" does all of this but 2, without a hub.
`))

// WriteReadme tells an auditor what is in an archive and how to check it.
func WriteReadme(w io.Writer, m *Manifest) error {
	since := ""
	if m.KnownSince != nil {
		since = m.KnownSince.UTC().Format(time.RFC3339)
	}
	return readme.Execute(w, struct {
		From, Until   time.Time
		Since, Layout string
	}{m.From.UTC(), m.Until.UTC(), since, time.RFC3339})
}
