#!/bin/bash
# A few rounds of the crash harness; `make crash` runs all of it.
exec "$(dirname "$0")/run" --short
