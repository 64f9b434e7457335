// Package config reads birthright.yaml and its environment variables into one
// typed value, and says everything that is wrong with them at once.
//
//	birthright.yaml ─strictyaml→ document ─┬─ process settings ─┐
//	                 (keys, types, places) │                    ├─viper→ Server, Database, Auth, Sync
//	BIRTHRIGHT_…    ───────────────────────│────────────────────┘
//	                                       └─ sources, targets: common keys + the kind's own Config
//	                 → checks of meaning → *Config, or every fault with file:line:column
//
// It owns the keys, their defaults and which values can be right. What a kind of
// source or target needs is the kind's own business: its Config is decoded and
// asked to Validate here, and opened elsewhere. Nothing here reaches out: a
// secret is resolved by whoever uses it, or by CheckSecrets.
//
// viper layers defaults, file and environment for the process settings, whose
// keys are fixed. Everything that people name (sources, mappings, policies) is
// kept away from it: viper changes the case of keys and splits them.
package config
