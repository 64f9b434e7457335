package entra

import (
	"testing"
	"time"

	"birthright/targets"
	"birthright/targets/entra/entrasim"
)

func TestSignInActivityIsAskedForWhereItIsSet(t *testing.T) {
	at := time.Date(2025, 3, 4, 5, 6, 7, 0, time.UTC)
	for on, want := range map[bool]time.Time{true: at, false: {}} {
		r := newRig(t, description(t), entrasim.Options{}, func(c *Config) { c.SignInActivity = on })
		r.org.handler = r.org.Sim // the description that is kept here knows nothing of signInActivity
		ada := targets.Account{Name: "ada" + domain, Active: true, LastUsed: at}
		if err := r.Transport.Seed(t.Context(), targets.State{Accounts: []targets.Account{ada, named("bob")}}); err != nil {
			t.Fatal(err)
		}
		for _, q := range []targets.Query{{}, {Accounts: []targets.Account{{Name: ada.Name}}}} {
			s, err := targets.ReadState(t.Context(), r.target, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range s.Accounts {
				if told := a.Name == ada.Name; told && !a.LastUsed.Equal(want) || !told && !a.LastUsed.IsZero() {
					t.Errorf("set %v: %s was used at %v", on, a.Name, a.LastUsed)
				}
			}
		}
	}
}
