package mariadbtest

import (
	"os"
	"testing"
)

func TestAServerOfOnesOwn(t *testing.T) {
	server := New()
	t.Cleanup(server.Stop)
	admin := server.Admin(t)
	for _, s := range []string{"CREATE ROLE `odd``role`", "CREATE USER 'ada'@'%' IDENTIFIED BY 'x'"} {
		if _, err := admin.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	ada, err := server.Connect(t.Context(), "ada", "x")
	if err != nil {
		t.Fatal(err)
	}
	if err := ada.Close(); err != nil {
		t.Error(err)
	}
	if err := server.Clear(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := server.Connect(t.Context(), "ada", "x"); err == nil {
		t.Error("an account that was cleared away still lets in")
	}
	server.Stop()
	if _, err := os.Stat(server.dir); !os.IsNotExist(err) {
		t.Errorf("the server's folder is still there: %v", err)
	}
}
