package creep

import "time"

// Report is what was found. No list is nil.
type Report struct {
	At      time.Time `json:"at"`
	Version string    `json:"policy_version"`
	Summary Summary   `json:"summary"`
	// Users are those with surplus, the highest score first.
	Users []User `json:"users"`
	// Incomplete are targets of which it is not known what is held there.
	Incomplete []Incomplete `json:"incomplete"`

	Departments []Sum `json:"departments"`
	Targets     []Sum `json:"targets"`
	Owners      []Sum `json:"owners"`
	Causes      []Sum `json:"causes"`

	// RepeatedJIT are explained by a live grant, and are standing access all the same.
	RepeatedJIT []RepeatedJIT `json:"repeated_jit"`
	Orphans     []Orphan      `json:"orphans"`
	Dormant     []Dormant     `json:"dormant"`
	SoD         []SoD         `json:"sod"`
	Trend       Trend         `json:"trend"`
	Formula     string        `json:"formula"`
}

// Summary is a report in few figures, kept to be compared with.
type Summary struct {
	At time.Time `json:"at"`
	// People were looked at, and Holdings are what users hold, Explained of it.
	People    int `json:"people"`
	Holdings  int `json:"holdings"`
	Explained int `json:"explained"`
	// Users have Surplus, which comes to Score.
	Users   int `json:"users"`
	Surplus int `json:"surplus"`
	Score   int `json:"score"`
	Orphans int `json:"orphans"`
	// Incomplete is how many targets are; Targets are those with surplus.
	Incomplete int   `json:"incomplete"`
	Targets    []Sum `json:"targets"`
}

// Sum is the surplus of the users in one place. An entry counts for each of its owners.
type Sum struct {
	Name    string `json:"name"`
	Users   int    `json:"users"`
	Surplus int    `json:"surplus"`
	Score   int    `json:"score"`
}

// User is a person with surplus.
type User struct {
	N          uint32  `json:"-"`
	User       string  `json:"user"`
	Display    string  `json:"display_name"`
	State      string  `json:"state"`
	Department string  `json:"department"`
	Team       string  `json:"team"`
	Title      string  `json:"title"`
	Manager    string  `json:"manager"`
	Score      int     `json:"score"`
	Surplus    []Entry `json:"surplus"` // the highest score first
}

// Entry is one entitlement that somebody holds in surplus.
type Entry struct {
	Pair        Pair      `json:"-"`
	Target      string    `json:"target"`
	Entitlement string    `json:"entitlement"`
	Account     string    `json:"account"`
	FirstSeen   time.Time `json:"first_seen"`
	// AtLatest says that FirstSeen is the target's first look: it may be older.
	AtLatest bool `json:"at_latest"`
	AgeDays  int  `json:"age_days"`
	// Cause says how it came, and How from what that is concluded.
	Cause string `json:"cause"`
	How   string `json:"how"`
	Risk  string `json:"risk"`
	// Owners answer for it and Groups carry it, as far as the policy says.
	Owners []string `json:"owners"`
	Groups []string `json:"groups"`
	// Use is used, never or unknown.
	Use      string    `json:"use"`
	LastUsed time.Time `json:"last_used,omitzero"`
	Peers    Peers     `json:"peers"`
	Score    int       `json:"score"`
	// Removable says that an order would take it away. What comes Through something
	// else goes with that.
	Removable bool     `json:"removable"`
	Through   []string `json:"through"`
	// OrderedAt is when somebody ordered it to go.
	OrderedAt time.Time `json:"ordered_at,omitzero"`
}

// What is told of use.
const (
	Used       = "used"
	NeverUsed  = "never"
	UseUnknown = "unknown"
)

// Incomplete is a target of which it is not known, or not well, what is held there.
type Incomplete struct {
	Target string    `json:"target"`
	Reason string    `json:"reason"`
	Detail string    `json:"detail"`
	SeenAt time.Time `json:"seen_at,omitzero"`
}

// Why a target is incomplete.
const (
	Unread = "unread"
	Partly = "partly-read"
	Stale  = "stale"
)

// RepeatedJIT is a grant that was given again and again.
type RepeatedJIT struct {
	N       uint32    `json:"-"`
	User    string    `json:"user"`
	Group   string    `json:"group"`
	Risk    string    `json:"risk"`
	Owners  []string  `json:"owners"`
	Grants  int       `json:"grants"`
	Renewed int       `json:"renewed"`
	Last    time.Time `json:"last,omitzero"`
}

// Orphan is an account without a user.
type Orphan struct {
	N       uint32  `json:"-"`
	Target  string  `json:"target"`
	Account string  `json:"account"`
	Score   int     `json:"score"`
	Holds   []Entry `json:"holds"`
}

// Dormant is the accounts of one target that nobody used for long.
type Dormant struct {
	Target string `json:"target"`
	// Known says whether the target tells when accounts were used; Unknown counts
	// those of which it is not known.
	Known    bool          `json:"known"`
	Unknown  int           `json:"unknown"`
	Accounts []IdleAccount `json:"accounts"`
}

// IdleAccount is an account that nobody used for long.
type IdleAccount struct {
	N uint32 `json:"-"`
	// User is the user name, or "" where the account belongs to nobody.
	User     string    `json:"user"`
	Account  string    `json:"account"`
	LastUsed time.Time `json:"last_used,omitzero"` // absent for never
	Days     int       `json:"days"`               // since then; 0 for never
}

// SoD is somebody who holds together what a constraint keeps apart.
type SoD struct {
	N          uint32    `json:"-"`
	Constraint string    `json:"constraint"`
	Mode       string    `json:"mode"`
	User       string    `json:"user"`
	Account    string    `json:"account"` // of somebody who is no user
	Sides      []SoDSide `json:"sides"`
	// Since is when the second of them was first known; absent where that is not known.
	Since time.Time `json:"since,omitzero"`
}

// SoDSide is one of the groups, and how it is held.
type SoDSide struct {
	Group  string `json:"group"`
	Member bool   `json:"member"`
	// Observed are the entitlements that show it, whoever gave them.
	Observed []string  `json:"observed"`
	Since    time.Time `json:"since,omitzero"`
}

// Trend compares with earlier reports.
type Trend struct {
	// Points are the earlier reports and this one, by time.
	Points []Summary `json:"points"`
	// New and Gone are what came and went since the last one; Compared says whether
	// there is a last one.
	Compared bool   `json:"compared"`
	New      []Line `json:"new"`
	Gone     []Line `json:"gone"`
}

// Line is one entry of a report as it is kept to be compared with.
type Line struct {
	Holder      uint32 `json:"holder"`
	User        string `json:"user"`
	Entitlement string `json:"entitlement"`
}
