package console

import (
	"errors"
	"io"
	"net/http"
	"time"

	"birthright/identity"
	"birthright/rights"
)

// evidencePage is the form for an archive.
type evidencePage struct{ From, Until string }

func (c *Console) mountEvidence(d door) {
	d.page("GET /evidence", c.evidence)
	d.raw("POST /evidence", c.makeEvidence)
}

func (c *Console) evidence(r *http.Request, v visitor) (view, error) {
	who, err := c.Hub.Self(r.Context(), v.Actor, rights.MakeEvidence)
	if err == nil && !who.May[rights.MakeEvidence] {
		err = &identity.Error{Kind: identity.Denied, Err: errors.New("only an administrator can")}
	}
	now := c.Now().UTC()
	quarter := time.Date(now.Year(), (now.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
	return view{
		Page: "evidence.html", Section: "Reports", Title: "Evidence",
		Body: evidencePage{From: quarter.AddDate(0, -3, 0).Format(time.DateOnly), Until: quarter.Format(time.DateOnly)},
	}, err
}

// makeEvidence sends the archive of a period.
func (c *Console) makeEvidence(w http.ResponseWriter, r *http.Request, v visitor) {
	if !fits(v.key, r) {
		c.fail(w, r, v, &identity.Error{Kind: identity.Denied, Err: errOldForm})
		return
	}
	from, errFrom := instantOf("from", typed(r, "from"), midnight)
	until, errUntil := instantOf("until", typed(r, "until"), midnight)
	if err := every(errFrom, errUntil); err != nil {
		c.fail(w, r, v, &identity.Error{Kind: identity.Invalid, Err: err})
		return
	}
	name := "evidence-" + from.Format("20060102") + "-" + until.Format("20060102") + ".zip"
	c.send(w, r, v, name, "application/zip", func(to io.Writer) error {
		_, err := c.Hub.Evidence(r.Context(), v.Actor, from, until, name, to)
		return err
	})
}
