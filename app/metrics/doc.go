// Package metrics is what operators watch and alarm on, for Prometheus.
//
//	store ─▶ snapshot (kept while it is fresh) ─┐
//	runs, imports, requests ─▶ counters ────────┼─▶ /metrics
//	policy, build, process ─────────────────────┘
//
// Figures of the store are asked for when somebody scrapes, by questions whose cost does
// not grow with the number of people, and no more often than takes a hundredth of the
// time: a scraper cannot hurt. While the database is away the figures of the process
// are still told, with birthright_database_up at 0.
//
// Labels have few values: names of targets, sources, receivers and channels of the
// configuration, patterns of routes, and words of the hub. No label names a person.
package metrics
