package e2e

import (
	"net/http"
	"testing"
)

// TestWaitingInTwoWays deletes somebody whom another record waits for because of
// two addresses. That record is looked at again once: written twice in one
// statement, it would be refused by PostgreSQL.
func TestWaitingInTwoWays(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { waitInTwoWays(t, "sqlite:hub.db") })
	t.Run("postgres", func(t *testing.T) { waitInTwoWays(t, shared.postgres.EmptyURL(t)) })
}

func waitInTwoWays(t *testing.T, database string) {
	t.Parallel()
	d := openDoor(t, database, []source{{"okta", "okta"}})
	token := d.token(t, "okta")
	var ids []string
	for _, name := range []string{"ada", "bob"} {
		status, answer := send(t, http.MethodPost, d.base+"/Users", token, object{
			"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "userName": name,
			"emails": []object{{"value": "one@example.com"}, {"value": "two@example.com"}},
		})
		id, _ := answer["id"].(string)
		if ids = append(ids, id); status != http.StatusCreated {
			t.Fatalf("push of %s: status %d: %v", name, status, answer)
		}
	}
	if status, answer := send(t, http.MethodDelete, d.base+"/Users/"+ids[0], token, nil); status != http.StatusNoContent {
		t.Errorf("delete: status %d: %v", status, answer)
	}
	var held []struct{ ID string }
	if d.mustJSON(t, exitDone, "held list", &held); len(held) != 0 {
		t.Errorf("still held: %+v", held)
	}
}
