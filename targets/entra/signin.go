package entra

import "time"

const (
	// signInActivity is where Graph tells when somebody signed in. Delta queries know
	// nothing of it.
	signInActivity = "signInActivity"
	// mostSignIns is how many users with it Graph hands out at once.
	mostSignIns = 500
)

// userSelection is what is read of users.
func (t *Target) userSelection() string {
	if t.signIns {
		return t.selection() + "," + signInActivity
	}
	return t.selection()
}

// lastSignIn is when u last tried to sign in by hand; zero for never, and where it was
// not asked for.
func (u user) lastSignIn() time.Time {
	activity, _ := u[signInActivity].(map[string]any)
	at, err := time.Parse(time.RFC3339, user(activity).text("lastSignInDateTime"))
	if err != nil || at.Year() <= 1 {
		return time.Time{}
	}
	return at.UTC()
}
