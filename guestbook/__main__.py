"""`python -m guestbook` is the `guestbook` command."""

from guestbook.cli import main

if __name__ == "__main__":
    main()
