"""Found before pandas by the commands that tests run: see `_commands_without_pandas`."""

raise ImportError("the command line is tested as it is installed: without pandas")
