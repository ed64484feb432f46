"""Knowledge about HTML and page templates that holds for any page.

The HTML Standard's elements, WAI-ARIA's landmark roles, and the class names that common
publishing systems give to the article and its surroundings. No rule is for a single site.
"""

from __future__ import annotations

import re
from typing import Final


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


BLOCKS: Final = _names(
    "address article aside blockquote body br caption center dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li "
    "listing main menu nav ol p plaintext pre search section summary table tbody td tfoot th "
    "thead tr ul xmp"
)
"""Elements that begin and end a line (HTML Standard, section 15.3: `display` other than inline)."""

UNSEEN: Final = _names(
    "applet area audio base basefont canvas datalist embed fencedframe frame head iframe img "
    "input link map meta noembed noframes noscript object param script source style svg "
    "template title track video"
)
"""Elements whose content is not text of the page, or is only shown if something else fails."""

INTERFACE: Final = _names(
    "annotation annotation-xml aside button dialog marquee menu nav optgroup option output "
    "progress rp rt rtc search select textarea"
)
"""Elements that hold controls, navigation, asides, or a second spelling of the text (ruby)."""

ROLES: Final = _names(
    "alert alertdialog banner complementary contentinfo dialog doc-toc menu menubar navigation "
    "search tablist toolbar tooltip"
)
"""WAI-ARIA 1.2 and DPUB-ARIA roles of content that is not the page's main content."""

LISTS: Final = _names("ul ol dl table")

HEADINGS: Final = _names("h1 h2 h3 h4 h5 h6")

HIDDEN_STYLE: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

CONTENT: Final[dict[str, str]] = {
    "mw-parser-output": "mediawiki",
    "theme-doc-markdown": "docusaurus",
    "theme-default-content": "vuepress",
    "content__default": "vuepress",
    "vp-doc": "vitepress",
    "md-content__inner": "mkdocs",
    "markdown-body": "github",
    "entry-content": "wordpress",
    "post-body": "blogger",
    "field--name-body": "drupal",
    "field-name-body": "drupal",
    "item-page": "joomla",
}
"""Class of the element that holds the article -> the publishing system that writes it."""

SURROUNDINGS: Final = _names(
    # MediaWiki
    ".ambox .catlinks .infobox .metadata .mw-cite-backlink .mw-editsection .mw-indicators "
    ".mw-jump-link .mw-references-wrap .navbox .navbox-styles .noprint .printfooter .reflist "
    ".sistersitebox .vertical-navbox ol.references sup.reference "
    # Docusaurus, VuePress, VitePress, MkDocs
    ".breadcrumbs .hash-link .header-anchor .headerlink .page-edit .page-nav .pagination-nav "
    ".table-of-contents .theme-doc-footer .theme-doc-toc-mobile "
    # Sphinx, DocBook
    ".navfooter .navheader .sphinxsidebar .toc .toctree-wrapper .viewcode-link "
    # WordPress, Blogger, Drupal, Joomla
    ".comment-form .comment-respond .comments-area .jp-relatedposts .post-navigation "
    ".post-footer .sharedaddy .wp-block-navigation "
    # Bootstrap and accessibility conventions
    ".breadcrumb .navbar .no-print .pagination .screen-reader-text .skip-link .sr-only "
    ".visually-hidden"
)
"""`.class` or `element.class` of elements that these systems put around or into an article."""

SUSPECT: Final = re.compile(
    r"(?i)(?<![a-z])(?:ad|ads|advert\w*|author[-_]?box|banner|bread[-_]?crumbs?|by-?line|"
    r"captcha|comments?|consent|cookies?|copyright|credits?|disclaimer|footer|foot|gdpr|"
    r"login|menu|meta|nav|navigation|newsletter|pag(?:er|inat\w*)|popup|promo\w*|ratings?|"
    r"recommend\w*|related\w*|search\w*|share\w*|sharing|sidebar\w*|side[-_]?(?:bar|nav|menu)|"
    r"social\w*|sponsor\w*|subscri\w*|tags?|tag[-_]?cloud|teasers?|toolbar|top[-_]?bar|"
    r"trending|widgets?)(?![a-z])"
)
"""Names (class or id) that authors give to elements beside the article. Only a hint: an element is
never dropped for its name alone, see select.py."""
