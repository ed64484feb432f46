"""Asking servers: one client for every connector, and for models.

policy          how servers are asked: the name, pauses, limits
errors          what may come of it
retry           the one loop that asks again
causes          why a request failed, in words
deadline        an end for requests that drip
limits          an end for bodies that are too large or too slow
session         Session: addresses that the recipe names; whole answers, ranges, files
download        a file on its way, resumable
range_file      a remote file that is read like a local one
pinned          PinnedClient: addresses that pages name, one request, nothing followed
addresses       where such a request may go
robots          what robots.txt allows
origins         what an origin says about itself, asked once a day
origin_store    where that is kept
robots_tag      rules of X-Robots-Tag and meta robots
opt_outs        reservations of text mining and training
page_metas      the meta elements of a page, which hold some of them
redaction       URLs as a log may show them
"""
