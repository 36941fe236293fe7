# What a person can do here. `make` alone lists it; the work is done by the scripts in tests/.

.DEFAULT_GOAL := help
.PHONY: help run test soak bench fmt setup clean

help: ## lists these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'
	@echo
	@echo "  run:   DATA=DIR (default data), PORT=N, ARGS=\"...\" are passed on to 'castellan serve'"
	@echo "  test:  SUITE=NAME runs one of: setup web format lint rust browser"
	@echo "  soak:  PROPTEST_CASES=N cases of each property (default 5000), SOAK=N times as many seeds and kills (default 20)"

run: ## builds Castellan and starts it with a simulated building; prints the address
	@sh tests/start.sh

test: ## everything that CI runs, with the minutes of each suite at the end
	@sh tests/run.sh $(SUITE)

soak: ## the long tests: many seeds, fuzzing, kill -9 in a loop; hours if you like
	@sh tests/soak.sh

bench: ## measures this machine: what web/docs/en/benchmarks.md shows
	cargo run --release --locked --quiet -- bench

fmt: ## formats the sources
	cargo fmt --all

setup: ## checks the tools that the tests need, and installs what is missing when root on Debian or Ubuntu
	@sh tests/setup.sh test

clean: ## removes what was built; never the data folder
	cargo clean
	rm -rf web/dist web/node_modules
