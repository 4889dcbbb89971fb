# The same commands without just: each recipe's line works as it stands.

# List the recipes.
default:
    @just --list

# Everything CI checks of the code, then the tests.
check:
    .ci/check
    pytest --numprocesses auto --cov --cov-report term:skip-covered

# The tests alone.
test *arguments:
    pytest {{ arguments }}

# Format and mend what can be mended by itself.
fix:
    ruff format .
    ruff check --fix .

# What CI runs, from clean environments.
ci:
    .ci/run
