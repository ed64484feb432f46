"""From bytes to characters and to a tree of elements, for stages and connectors alike.

decode          bytes to characters: byte order mark, HTTP, declaration, UTF-8, detection
charsets        charset labels as the web means them
plausible       whether text decoded with a single-byte charset is real
byte_kinds      what bytes look like before any declaration is believed
tree            characters to elements, within limits
"""
