package console

import (
	"os"
	"testing"

	"birthright/internal/chromiumtest"
)

var browser = chromiumtest.New()

func TestMain(m *testing.M) {
	code := m.Run()
	browser.Stop()
	os.Exit(code)
}
