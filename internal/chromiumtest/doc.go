// Package chromiumtest shows pages to a real browser, Debian's Chromium, and judges what
// comes of it. One headless browser serves a test binary; it starts with the first tab
// and is stopped, by its own process, when the test binary ends.
//
//	var browser = chromiumtest.New()           // starts nothing yet
//
//	func TestMain(m *testing.M) { code := m.Run(); browser.Stop(); os.Exit(code) }
//
//	func TestX(t *testing.T) {
//		for look := range chromiumtest.Looks() { // phone, laptop, wide × light, dark
//			tab := browser.Tab(t, look)      // cookies of its own
//			tab.Visit(url)
//			tab.Fill("Personal token", plain) // a field by its label
//			tab.Click("Log in")               // what carries this name
//			tab.Sees("Approved")              // waits for it
//			tab.Judge("approved")             // accessible, and a picture of it
//		}
//	}
//
// What is wrong with every page fails the test by itself, whatever the test looks at:
// errors and warnings on the browser's console, exceptions, requests that fail, breaches
// of the Content-Security-Policy, pages wider than the window, ids that are there twice.
// Judge asks for more, at each stage of a story: see page/*.js. Where $BIRTHRIGHT_AXE
// names the script of axe-core, Judge has that look too: `make peers` does so.
//
// Pictures are taken where $BIRTHRIGHT_SCREENSHOTS names a folder, or with -artifacts.
// Nothing waits by sleeping: whatever is waited for is told by the page or the browser.
package chromiumtest
