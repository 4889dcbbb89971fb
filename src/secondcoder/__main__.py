"""`python -m secondcoder` is the command line."""

from secondcoder.cli.main import run

if __name__ == "__main__":
    run()
