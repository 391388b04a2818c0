"""The command line: parse, call, map to an exit code. All printing is here."""
