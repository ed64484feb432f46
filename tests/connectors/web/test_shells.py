"""Pages that show nothing without scripts: kept by a crawl, lost with a reason of their own."""

from pathlib import Path

from connectors.web.crawls import crawled, options
from connectors.web.sites import Route, links, serving

from corpuskit.extract import extract_html

HEAD = '<head><meta charset="utf-8"><title>ព័ត៌មាន</title><link rel="stylesheet" href="/s.css">'

SHELLS = {
    "react": '<noscript>You need to enable JavaScript to run this app.</noscript><div id="root">'
    '</div><script src="/static/js/main.4f1c.js"></script>',
    "next": '<div id="__next"><div class="loader"></div></div>'
    '<script src="/_next/static/chunks/main.js" defer></script>',
    "nuxt": '<div id="__nuxt"></div><script>window.__NUXT__={config:{public:{}},data:{},state:{},'
    'serverRendered:false};(function(){var e=document.createElement("link")})();' + "x=1;" * 90 +
    "</script>",
    "angular": "<app-root><p>Loading...</p></app-root>"
    '<script src="runtime.js" type="module"></script><script src="main.js" type="module"></script>',
    "vue": '<div id="app"><!-- built files will be injected --></div>'
    '<noscript><iframe src="https://tags.example/ns"></iframe></noscript>'
    '<script src="/js/chunk-vendors.js"></script>',
}  # fmt: skip

ARTICLE = "<p>" + "ភាសាខ្មែរជាភាសាផ្លូវការរបស់ព្រះរាជាណាចក្រកម្ពុជា។ " * 8 + "</p>"

PAGES = {
    "rendered": f'<div id="__next"><main>{ARTICLE}</main></div><script src="/main.js"></script>',
    "counted": f'<article>{ARTICLE}</article><script src="https://count.example/c.js"></script>',
}


def page(body: str) -> str:
    return f"<!doctype html><html>{HEAD}</head><body>{body}</body></html>"


def test_shells_are_told_from_pages_that_only_use_scripts(tmp_path: Path) -> None:
    bodies = {**SHELLS, **PAGES}
    routes: dict[str, Route] = {f"/{name}": page(body) for name, body in bodies.items()}
    routes["/"] = links(*routes)
    with serving(routes) as [site]:
        found = crawled(tmp_path, options(site))
        reasons = {
            str(record.url).rpartition("/")[2]: extract_html(record.content).reason
            for record in found
            if record.url != site.url + "/" and record.reason is None
        }
    assert reasons == dict.fromkeys(SHELLS, "extract/needs_js") | dict.fromkeys(PAGES)


def test_a_site_of_shells_ends_after_ten(tmp_path: Path) -> None:
    named = [f"/{word}" for word in "abcdefghijklmnopqrst"]
    routes: dict[str, Route] = {path: page(SHELLS["react"]) for path in named}
    with serving({**routes, "/": links(*named)}) as [site]:
        found = crawled(tmp_path, options(site, sitemaps=False))
    assert sum(record.reason is None for record in found) == 11
    assert sum(record.reason == "read/same_content" for record in found) == 10
