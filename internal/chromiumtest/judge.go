package chromiumtest

import (
	_ "embed"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// What is looked for on pages.
var (
	//go:embed page/glance.js
	glancing string
	//go:embed page/structure.js
	structure string
	//go:embed page/contrast.js
	contrast string
	//go:embed page/reach.js
	reach string
	//go:embed page/axe.js
	axe string
)

// glance looks for what no page may have at any time; it is made of each page that is
// loaded and after each thing that is done there.
func (t *Tab) glance() {
	t.t.Helper()
	t.find(glancing, "glance()")
}

// Judge takes a picture and looks for what keeps people from using the page: see
// page/structure.js, contrast.js and reach.js, and axe-core where that is there. The name
// says which stage of a story it is.
func (t *Tab) Judge(name string) {
	t.t.Helper()
	t.shoot(name)
	t.find(finding+structure, "inspectStructure()")
	t.find(finding+contrast, "inspectContrast()")
	// The outline of what has the focus is for those who use the keyboard: so use it.
	t.acts("judge "+name, chromedp.KeyEvent(keys["Shift"]))
	t.find(finding+reach, "inspectReach()")
	t.judgeWithAxe()
}

// judgeWithAxe has axe-core look, where that is there: once by day on a wide window and
// once by night on a phone, which is all that its rules tell apart. It is a script.
func (t *Tab) judgeWithAxe() {
	t.t.Helper()
	own := t.look == Look{Width: Wide} || t.look == Look{Width: Phone, Dark: true}
	if t.axe == "" || !own {
		return
	}
	var there bool
	if t.ask("'axe' in window", &there); !there {
		if err := t.evaluate(t.axe, "true", nil); err != nil {
			t.t.Fatalf("load axe-core: %v", err)
		}
	}
	t.find(axe, "inspectWithAxe()")
}

// JudgeEverywhere is Judge at every width, light and dark.
func (t *Tab) JudgeEverywhere(name string) {
	t.t.Helper()
	own := t.look
	for look := range Looks() {
		t.Turn(look)
		t.glance()
		t.Judge(name)
	}
	t.Turn(own)
}

// find adds what a script finds to the faults of the tab.
func (t *Tab) find(functions, expression string) {
	t.t.Helper()
	var found []string
	if err := t.evaluate(functions, expression, &found); err != nil {
		t.t.Fatalf("%s: %v", expression, err)
	}
	var path string
	if len(found) > 0 {
		t.ask("location.pathname + location.search", &path)
	}
	for _, fault := range found {
		t.watch.add(fmt.Sprintf("%s %s: %s", path, t.look, fault))
	}
}

var unfit = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

// shoot takes a picture of the whole page, where somebody wants pictures.
func (t *Tab) shoot(name string) {
	t.t.Helper()
	folder := pictures(t.t)
	if folder == "" {
		return
	}
	whole := true
	picture, err := call(t, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: &whole})
	if err == nil {
		err = os.MkdirAll(folder, 0o755)
	}
	test, _, _ := strings.Cut(t.t.Name(), "/")
	file := fmt.Sprintf("%s-%s-%s.png", test, unfit.ReplaceAllString(name, "-"), t.look)
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, file), picture.Data, 0o644)
	}
	if err != nil {
		t.t.Fatalf("take a picture of %s: %v", name, err)
	}
}

// pictures is the folder for pictures, "" where nobody wants any.
func pictures(t testing.TB) string {
	if folder := os.Getenv("BIRTHRIGHT_SCREENSHOTS"); folder != "" {
		return folder
	}
	if kept := flag.Lookup("test.artifacts"); kept != nil && kept.Value.String() == "true" {
		return t.ArtifactDir()
	}
	return ""
}

// axeScript is the script of axe-core, "" where nobody says where it is.
func axeScript(t testing.TB) string {
	t.Helper()
	file := os.Getenv("BIRTHRIGHT_AXE")
	if file == "" {
		return ""
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("BIRTHRIGHT_AXE names no script of axe-core; make peers gets one: %v", err)
	}
	return string(text)
}
