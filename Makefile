# What people type; `make help` lists it. The README explains.

# gles: the same window, compiled ten times quicker than with desktop OpenGL's full bindings.
# migrated_fynedo: Fyne need not guard against calls from foreign threads, the window makes none.
TAGS     := gles,migrated_fynedo
FUZZTIME ?= 20s
# The program with boundaries at which it kills itself (app/boundary), run as real processes; short unless told otherwise.
TORTURE  := go test -tags $(TAGS),torture -vet=off -count 1 -timeout 2h -run 'Torture|SideBySide|CarriedAway' -v ./cmd/znak

SHELL       := /bin/bash
.SHELLFLAGS := -o pipefail -c
# sudo's own PATH often lacks the place where go.dev's archive puts Go.
export PATH := $(PATH):/usr/local/go/bin

.NOTPARALLEL:
.PHONY: help demo build windows test torture wine lint bench fuzz screenshots clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: ## the whole job on a sandbox post office, from nothing; with a display the window opens on it
	@packaging/setup.sh demo
	@$(MAKE) --no-print-directory build
	bin/znak demo

build: ## bin/znak and bin/znak-sandbox
	@[ -e bin/znak ] || echo "Compiling; the first time takes a minute or two…"
	go build -tags $(TAGS) -o bin/ ./cmd/...

# With desktop OpenGL: there are no drivers for GLES on Windows. Its bindings are what takes so long, once.
WINDOWS := CGO_ENABLED=1 GOOS=windows GOARCH=amd64 CC=x86_64-w64-mingw32-gcc go build -tags migrated_fynedo
# Icon and manifest; by its name Go links it into the Windows program only.
RESOURCE := cmd/znak/znak_windows_amd64.syso

windows: ## bin/windows: znak.exe for commands, znakw.exe (the same, without a console) for a click, znak-sandbox.exe
	@packaging/setup.sh windows
	@$(MAKE) -s $(RESOURCE)
	@[ -e bin/windows/znak.exe ] || echo "Compiling; the first time takes up to ten minutes…"
	$(WINDOWS) -o bin/windows/ ./cmd/...
	$(WINDOWS) -ldflags '-H windowsgui' -o bin/windows/znakw.exe ./cmd/znak

$(RESOURCE): assets/icon/znak.png $(wildcard packaging/windows/*)
	@mkdir -p bin/windows
	go run packaging/windows/icon.go $< bin/windows/znak.ico
	x86_64-w64-mingw32-windres -I bin/windows -I packaging/windows -O coff packaging/windows/znak.rc $@

# The race detector makes work on pixels ten times slower: these run whole without it, and their short forms with it, but for those that start no goroutine.
# Of cmd/znak the real windows run without it, the commands with it.
# The longest come first: two packages are tested at a time.
PIXELS := ./printer/usb ./app/ui ./app/station ./app/scan/... ./app/paper/... ./app/quality ./printer/...
ALONE  := ./app/paper/... ./app/quality ./printer/page/... ./printer/pdf ./printer/quirk ./printer/raster
# SQLite itself, codes, glyphs, shapes and the hashing of PINs are not watched by it: one goroutine's work, and watching it takes most of the time.
UNSEEN := golang.org/x/crypto/... rsc.io/qr/... github.com/makiuchi-d/gozxing/... golang.org/x/image/... github.com/go-text/... github.com/srwiley/... image/... fyne.io/fyne/v2/internal/painter/...
RACE   := -race -gcflags='modernc.org/sqlite/lib=-race=false -d=checkptr=0' -gcflags='modernc.org/libc/...=-race=false -d=checkptr=0' \
	$(foreach p,$(UNSEEN),-gcflags='$(p)=-race=false')

test: ## everything that is checked: formatting, vet, all tests with the race detector
	@packaging/setup.sh test
	@$(MAKE) --no-print-directory lint
	@export DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent; SECONDS=0; run="go test -tags $(TAGS) -vet=off -timeout 40m"; \
	pixels=$$(go list -tags $(TAGS) $(PIXELS)); \
	rest=$$(go list -tags $(TAGS) ./... | grep -vxF -e znak/cmd/znak -e "$$pixels"); \
	short=$$(go list -tags $(TAGS) ./cmd/znak $(PIXELS) | grep -vxF "$$(go list -tags $(TAGS) $(ALONE))"); \
	$$run $$pixels && $$run -run '^TestWindow' ./cmd/znak && $$run $(RACE) -short $$short && $$run $(RACE) $$rest && $(TORTURE) || exit 1; \
	echo "All tests passed in $$SECONDS s."

torture: ## the program killed a thousand times, at every boundary and at random instants; prints the figures
	@packaging/setup.sh test
	@ZNAK_TORTURE_KILLS=$${ZNAK_TORTURE_KILLS:-1000} ZNAK_TORTURE_ROUNDS=$${ZNAK_TORTURE_ROUNDS:-300} \
		ZNAK_TORTURE_PRINTER_KILLS=$${ZNAK_TORTURE_PRINTER_KILLS:-150} $(TORTURE)

wine: ## the Windows program under wine: the spooler's driver against a CUPS of its own, a day in the real window (as root)
	packaging/wine.sh
	packaging/wine-window.sh

lint: ## gofmt and go vet
	@bad=$$(gofmt -l $$(find . -name '*.go' -not -path './.*')) || exit 1; \
	if [ -n "$$bad" ]; then echo "gofmt -w $$bad"; exit 1; fi
	go vet -tags $(TAGS) ./...
	go vet -tags $(TAGS),torture ./app/boundary ./cmd/znak
	CGO_ENABLED=0 GOOS=windows go vet -tags nowindow ./printer/... ./cmd/...

bench: ## speed and memory, one line a measurement
	@packaging/setup.sh test
	@go test -tags $(TAGS) -vet=off -timeout 30m -run '^$$' -bench . -benchmem ./... | \
		awk '/no test files|^PASS|^goos:|^goarch:|^cpu:/ { next } /^pkg:/ { pkg = $$2; next } \
		     /^ok/ { next } /^Benchmark/ && pkg { print "\n" pkg; pkg = "" } { print; fflush() }'

fuzz: ## each fuzz target for FUZZTIME (20s)
	@grep -rl --include='*_test.go' '^func Fuzz' . | xargs -rn1 dirname | sort -u | while read -r dir; do \
		for target in $$(grep -hoP '^func \KFuzz\w+' $$dir/*_test.go); do \
			echo "$$dir $$target"; \
			go test -tags $(TAGS) -vet=off -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$dir || exit 1; \
		done; \
	done

screenshots: ## the README's pictures of the window and of an envelope, made anew
	@packaging/setup.sh test
	@$(MAKE) --no-print-directory build
	packaging/screenshots.sh assets/readme

clean: ## what was built here
	rm -rf bin $(RESOURCE)
