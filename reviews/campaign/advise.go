package campaign

import (
	"fmt"
	"time"

	"birthright/identity"
	"birthright/reviews"
)

const (
	// disused is after how long without use access is thought to be needed no more.
	disused = 90 * 24 * time.Hour
	// common and rare are shares of peers: what so many hold belongs to the job, what
	// so few hold does not.
	common, rare = 0.8, 0.1
)

// advise says what the facts of an item speak for, and why: the strongest fact first.
func advise(i *reviews.Item, now time.Time, requestable bool) (advice, because string) {
	share := float64(i.Alike) / float64(max(i.Peers, 1))
	switch ruled := standing(i.Causes); {
	case i.Group != "" && len(i.Causes) > 0 && !ruled:
		return reviews.Kept, "it was given for a time and ends by itself"
	case !i.LastUsed.IsZero() && now.Sub(i.LastUsed) >= disused:
		return reviews.Revoked, "not used since " + i.LastUsed.Format(time.DateOnly)
	case i.Group == "" && i.Peers > 0 && share >= common:
		return reviews.Kept, fmt.Sprintf("%s hold it: a rule seems to be missing", peersText(i))
	case i.Group == "":
		return reviews.Revoked, "no rule and no grant gives it" + alsoPeers(i)
	case requestable && atLeast(i.Risk, "high"):
		return reviews.Shortened, "its risk is " + i.Risk + ", and it can be asked for when it is needed"
	case i.Peers > 0 && share <= rare:
		return reviews.Revoked, "only " + peersText(i) + " hold it"
	case i.Peers > 0:
		return reviews.Kept, "a rule gives it, and " + peersText(i) + " hold it"
	}
	return reviews.Kept, "a rule gives it"
}

// standing reports whether something gives it that does not end by itself.
func standing(causes []identity.Cause) bool {
	for _, c := range causes {
		switch c.Kind {
		case identity.CauseGrant, identity.CauseShift, identity.CauseTicket:
		default:
			return true
		}
	}
	return false
}

func peersText(i *reviews.Item) string {
	return fmt.Sprintf("%d of %d others in the same place", i.Alike, i.Peers)
}

func alsoPeers(i *reviews.Item) string {
	if i.Peers == 0 {
		return ""
	}
	return ", and " + peersText(i) + " hold it"
}
