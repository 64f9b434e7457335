// Package console holds the stories of the console: the whole program, as a value, with
// its pages in a real browser (internal/chromiumtest).
//
//	people.csv, policy.yaml ─▶ app.Open, Start ─▶ pages ─▶ Chromium ─▶ what people see
//
// pages_test.go lists every page there is: each is judged at every width, light and dark,
// and by axe-core in `make peers`. Whoever makes a page adds a line. The other files are
// stories, named after what people come for; a story judges what only it leads to.
//
// What pages show to whom, without a browser, is tested beside them, in console.
package console
