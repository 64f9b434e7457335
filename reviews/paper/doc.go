// Package paper writes what was found as documents: which figures a reader sees first,
// in which words, and which tables follow. It is pure.
//
//	creep.Report ─┬─Creep────→ document.Document ─→ HTML, CSV, JSON, Markdown, XLSX
//	              ├─Orphans──→
//	              ├─Dormant──→
//	              └─SoD──────→
//
// What is surplus is decided in reviews/creep, how a document looks in
// reviews/document.
package paper
