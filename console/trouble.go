package console

import (
	"errors"
	"net/http"

	"birthright/identity"
)

// trouble is the body of a page that has nothing else to show.
type trouble struct {
	Status int
	What   string
}

var troubleTitles = map[int]string{
	http.StatusForbidden: "This is not for you to see", http.StatusNotFound: "There is nothing here", http.StatusUnprocessableEntity: "That did not fit",
	http.StatusConflict: "That is no longer possible", http.StatusServiceUnavailable: "The hub cannot answer at present",
	http.StatusInternalServerError: "Something went wrong",
}

// statuses are those of the kinds of error that are the visitor's business.
var statuses = map[identity.Kind]int{
	identity.Invalid: http.StatusUnprocessableEntity, identity.NotFound: http.StatusNotFound, identity.Denied: http.StatusForbidden,
	identity.Conflict: http.StatusConflict, identity.Held: http.StatusConflict,
	identity.Unavailable: http.StatusServiceUnavailable, identity.Incomplete: http.StatusServiceUnavailable,
}

// told is what the visitor is told of an error.
func (c *Console) told(err error) (status int, said string) {
	var e *identity.Error
	status, known := statuses[identity.KindOf(err)]
	if !known || !errors.As(err, &e) {
		id := c.NewID()
		c.Log.Error("console: a fault of the hub", "id", id, "error", err)
		return http.StatusInternalServerError, "Something went wrong in the hub; its log says what, under " + id + "."
	}
	cause := error(e)
	if e.Err != nil {
		cause = e.Err
	}
	switch {
	case errors.Is(err, errOldForm):
		return status, "The form was too old. Go back, look again, and send it once more."
	case e.Kind == identity.Denied:
		return status, "You may not: " + cause.Error() + "."
	case status == http.StatusServiceUnavailable:
		c.Log.Error("console", "error", err)
	}
	return status, sentence(cause.Error())
}

// nowhere answers whoever asks for a page that is not there.
func (c *Console) nowhere(w http.ResponseWriter, r *http.Request) {
	out := view{
		Page: "trouble.html", Title: troubleTitles[http.StatusNotFound], Status: http.StatusNotFound,
		Body: trouble{http.StatusNotFound, "No page has this address."},
	}
	v, err := c.visitor(r)
	if err != nil {
		c.show(w, frame{view: out})
		return
	}
	c.showTo(w, r, v, out)
}
