# Everything a developer has to know:
#   make build   bin/onward
#   make demo    build the example blog with it and serve it on port 3000
#   make check   the quick checks before every commit
#   make test    all tests, with what they need installed first
#
# Each target does its own set-up. Needed beforehand: Go, Node.js with npm (to
# install JavaScript packages, not to run them), gcc and g++.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

PORT ?= 3000
MODULES := . cli cli/tsgo test
RUNTIME_SOURCES := $(shell find runtime -name node_modules -prune -o -name dist -prune -o -type f -print)
GO_SOURCES := $(shell find . -name node_modules -prune -o -name .next -prune -o -name testdata -prune -o \( -name '*.go' -o -name '*.cc' -o -name '*.h' -o -name '*.d.ts' -o -path './cli/template/*' -o -name go.mod -o -name go.sum \) -print)

.PHONY: setup runtime build demo test check unit lint format conformance conformance-record browser bench fuzz packages clean

## setup: what a checkout needs before `go build` works.
setup: internal/engine/v8/include

# The V8 headers stay in the module cache; cgo finds them through this link.
internal/engine/v8/include:
	go mod download github.com/tommie/v8go
	ln -sfn "$$(go list -m -f '{{.Dir}}' github.com/tommie/v8go)/deps/include" $@

## runtime: the npm parts of the JavaScript platform, bundled once.
runtime: runtime/dist/platform.js

runtime/node_modules/.installed: runtime/package.json runtime/package-lock.json
	cd runtime && npm ci --no-audit --no-fund --loglevel=error
	touch $@

runtime/dist/platform.js: runtime/node_modules/.installed $(RUNTIME_SOURCES) cli/cmd/bundle-runtime/main.go
	cd cli && go run ./cmd/bundle-runtime ../runtime

## build: the onward command.
build: bin/onward

bin/onward: setup runtime/dist/platform.js $(GO_SOURCES)
	cd cli && go build -trimpath -ldflags="-s -w" -o ../bin/onward ./cmd/onward

## demo: the main job on the example app.
demo: build
	cd examples/blog && npm ci --no-audit --no-fund --loglevel=error
	bin/onward build examples/blog
	bin/onward start examples/blog -p $(PORT)

## packages: Debian packages that tests need: a browser, Redis, PostgreSQL.
packages:
	@missing=; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	command -v redis-server >/dev/null || missing="$$missing redis-server"; \
	ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="$$missing postgresql"; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$missing; \
	  else echo "missing:$$missing; install with: apt-get install$$missing" >&2; exit 1; fi; fi

## check: format, vet, staticcheck, dependency direction, unit tests.
check: format lint unit

format:
	@bad=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$bad" ]; then echo "not gofmt-ed:"; echo "$$bad"; exit 1; fi

lint: setup runtime/dist/platform.js bin/staticcheck
	for m in $(MODULES); do (cd $$m && go vet ./...); done
	for m in $(MODULES); do (cd $$m && $(CURDIR)/bin/staticcheck ./...); done
	cd runtime && npm run --silent typecheck

# Its version stands in test/go.mod.
bin/staticcheck: test/go.mod
	cd test && go build -o ../bin/staticcheck honnef.co/go/tools/cmd/staticcheck

unit: packages setup runtime/dist/platform.js
	go test ./...
	cd cli && go test ./... && cd tsgo && go test ./...

## test: everything.
test: packages build check
	cd test && go test -timeout 40m ./...
	cd test && ONWARD_ENGINE=node go test -timeout 30m ./conformance ./browser

## conformance: answers compared with those recorded from Next.js.
conformance: build
	cd test && go test -timeout 30m ./conformance/...

conformance-record:
	cd test && go run ./conformance/record
	cd test && go run ./conformance/record -dev

browser: packages build
	cd test && go test -timeout 30m ./browser/... ./dev/... ./devclient/... ./overlay/...

## bench: side by side with Next.js, as ratios.
bench: build
	cd test && go run ./bench

fuzz:
	go test -run '^$$' -fuzz FuzzLookup -fuzztime 60s ./internal/route
	go test -run '^$$' -fuzz FuzzParse -fuzztime 60s ./internal/route

clean:
	rm -rf bin runtime/dist/*.js runtime/node_modules
