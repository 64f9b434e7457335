# Everything a developer runs. `make help` lists it.

# Recipes use bash's process substitution.
SHELL := /bin/bash

GO ?= go
STATICCHECK ?= honnef.co/go/tools/cmd/staticcheck@v0.7.0
GOVULNCHECK ?= golang.org/x/vuln/cmd/govulncheck@v1.9.0

# Packages with concurrency of their own: tested with the race detector. Those that take
# longest go first here and in LONG, so that nothing waits for one of them in the end.
RACE = ./reconcile/... ./grants/desk/... ./store/... ./api/... ./scim ./scim/backing ./scim/conformance ./scim/inspect ./intake/... ./signals/... ./targets/... \
	./app/... ./console/... ./notify/... ./oauth/... ./rules ./rules/population ./internal/ldapapp/... ./internal/ldapsim/...
LONG = ./e2e ./cmd/birthright

# The race detector watches our code and what it is built on, but not the inside of
# SQLite, which is C made into Go and locks for itself: that made tests three times slower.
# Its driver is watched. No package that has generic code of others in common with ours may
# be left out: the linker keeps one copy of that, which may be the one that is not watched.
RACED = -race -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc/...=-race=false

# Lint has vetted all.
TESTS = -vet=off

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build bin/birthright
	$(GO) build -trimpath -o bin/birthright ./cmd/birthright

.PHONY: demo
demo: ## Watch the whole main job; installs nothing
	$(GO) run ./cmd/birthright demo

.PHONY: test
test: servers lint ## Everything but peers: installs test servers if need be, lints, tests
	$(GO) test $(TESTS) $(LONG) ./targets/... $$($(GO) list ./... | grep -v -F -x -f <($(GO) list $(RACE) $(LONG)))
	$(GO) test $(TESTS) ./grants/desk -run Histories
	$(GO) test $(TESTS) ./api ./console -run GeneratedMatrix
	$(GO) test $(TESTS) $(RACED) ./reviews/desk -run AtOnce
	$(GO) test $(TESTS) $(RACED) $(RACE)

.PHONY: quick
quick: ## Tests without the race detector and without installing anything
	$(GO) test ./...

.PHONY: peers
peers: servers ## Against peers from other registries (sets them up itself)
	./scripts/peers

.PHONY: lint
lint: ## gofmt, vet, staticcheck, and that go.mod is tidy
	@test -z "$$(gofmt -l .)" || { echo "not formatted:"; gofmt -l .; exit 1; }
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...
	$(GO) mod tidy -diff

.PHONY: vuln
vuln: ## Known vulnerabilities in what is called; needs the vulnerability database
	$(GO) run $(GOVULNCHECK) ./...

.PHONY: bench
bench: servers ## Measure against the floors; prints ratios
	./scripts/bench

.PHONY: fuzz
fuzz: ## Each fuzz target for 20 seconds
	./scripts/fuzz 20s

.PHONY: servers
servers: ## Install what tests start: slapd, PostgreSQL, MariaDB, Chromium
	@./scripts/servers
