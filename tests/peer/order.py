#!/usr/bin/env python3
"""Hands an order on standard input to a running peer: `order.py URL < ORDER.json`. For `command` triggers."""

import sys
import urllib.error
import urllib.request


def main(url):
    request = urllib.request.Request(url, sys.stdin.buffer.read(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            print(answer.read().decode("utf-8"))
            return 0
    except urllib.error.HTTPError as fault:
        print(fault.read().decode("utf-8"), file=sys.stderr)
    except OSError as fault:
        print(f"order: {url}: {fault}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
