"""Write corpuskit/connectors/wikimedia/data/words.json from MediaWiki's own localization.

    python tools/make_wiki_words.py MEDIAWIKI [PHP]

MEDIAWIKI is the folder of an unpacked MediaWiki (`make services` unpacks one), PHP the program
that runs its files of messages. Taken are facts of the languages whose wikis the catalogue names:
the names of the namespaces that a reader does not see, and the magic words that wikitext may hold.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "corpuskit/connectors/wikimedia/data/words.json"
NAMESPACES = (-2, 6, 10, 14)
"""Media, file, template, category."""
LISTS = {
    "redirect": ("redirect",),
    "title": ("pagename", "fullpagename", "subpagename"),
    "functions": ("formatnum", "lc", "uc", "lcfirst", "ucfirst"),
}
SWITCHES = ("switches_any_case", "switches")
SWITCH = re.compile(r"[_\uff3f]{2}.+[_\uff3f]{2}")

PHP = """
define('MEDIAWIKI', true);
preg_match_all("/define\\( '(NS_\\w+|MW_VERSION)', '?([^ ']+)'? \\)/",
    file_get_contents($argv[1] . '/includes/Defines.php'), $defined, PREG_SET_ORDER);
foreach ($defined as $one) define($one[1], is_numeric($one[2]) ? (int)$one[2] : $one[2]);
$found = ['version' => MW_VERSION];
foreach (array_slice($argv, 2) as $code) {
    $file = $argv[1] . '/languages/messages/Messages'
        . str_replace('-', '_', ucfirst($code)) . '.php';
    if (!file_exists($file)) continue;
    $fallback = ''; $namespaceNames = $namespaceAliases = $magicWords = [];
    require $file;
    $found['languages'][$code] = compact(
        'fallback', 'namespaceNames', 'namespaceAliases', 'magicWords');
    $found['languages'][$code]['fallback'] = (string)$fallback;
}
echo json_encode($found);
"""


def wikis() -> list[str]:
    """Codes of the languages of the catalogue's wikis."""
    texts = (path.read_text(encoding="utf-8") for path in sorted((ROOT / "sources").glob("*.toml")))
    codes = {code for text in texts for code in re.findall(r"wikimedia\.org/([a-z]+)wiki", text)}
    return sorted(codes - {"incubator"})


def messages(mediawiki: str, php: str, codes: list[str]) -> dict[str, Any]:
    """What MediaWiki's files say of languages, as far as there are files."""
    command = [php, "-r", PHP, "--", mediawiki, *codes]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))


def with_fallbacks(mediawiki: str, php: str, codes: list[str]) -> dict[str, Any]:
    """The same, also of the languages that these fall back to."""
    defined = messages(mediawiki, php, codes)
    for _ in range(3):  # the longest chain has three
        named = {code for has in defined["languages"].values() for code in chain(has["fallback"])}
        defined = messages(mediawiki, php, sorted({*codes, *named, "en"}))
    return defined


def chain(fallback: str) -> list[str]:
    return [code.strip() for code in fallback.split(",") if code.strip()]


def words(code: str, languages: dict[str, Any]) -> dict[str, Any]:
    """The words of one language and of those that it falls back to."""
    collected: dict[str, Any] = {"names": {}, **{name: set() for name in (*SWITCHES, *LISTS)}}
    for language in [code, *chain(languages[code]["fallback"])]:
        add(collected, languages[language])
    return collected


def add(collected: dict[str, Any], definitions: dict[str, Any]) -> None:
    """What one language says, where no other has said it before."""
    names = [(name, int(number)) for number, name in dict(definitions["namespaceNames"]).items()]
    for name, number in [*names, *dict(definitions["namespaceAliases"]).items()]:
        if number in NAMESPACES:
            collected["names"].setdefault(name.replace("_", " "), number)
    magic = {key: list(map(str, held)) for key, held in dict(definitions["magicWords"]).items()}
    for name, keys in LISTS.items():
        collected[name].update(word.rstrip(":") for key in keys for word in magic.get(key, ())[1:])
    for cased, *held in magic.values():
        collected[SWITCHES[int(cased)]].update(word for word in held if SWITCH.fullmatch(word))


def own(collected: dict[str, Any], english: dict[str, Any]) -> dict[str, Any]:
    """What a language has beyond English, in order."""
    rest = {
        name: {word: number for word, number in held.items() if word not in english[name]}
        if name == "names"
        else held - english[name]
        for name, held in collected.items()
    }
    return {
        name: dict(sorted(held.items())) if name == "names" else sorted(held)
        for name, held in rest.items()
        if held
    }


def main() -> None:
    mediawiki, php = sys.argv[1], (sys.argv[2:] or ["php"])[0]
    defined = with_fallbacks(mediawiki, php, wikis())
    languages = defined["languages"]
    every = {code: words(code, languages) for code in wikis() if code in languages}
    nothing = {name: {} if name == "names" else set() for name in every["en"]}
    kept = {
        code: own(held, nothing if code == "en" else every["en"]) for code, held in every.items()
    }
    lines = ",\n".join(f" {json.dumps(code)}: {json.dumps(held, ensure_ascii=False)}"
                       for code, held in sorted(kept.items()))  # fmt: skip
    about = {
        "from": f"MediaWiki {defined['version']}, languages/messages",
        "made": datetime.now(UTC).date().isoformat(),
        "by": "tools/make_wiki_words.py",
        "without": [code for code in wikis() if code not in languages],
    }
    TARGET.parent.mkdir(exist_ok=True)
    text = f'{{"about": {json.dumps(about)},\n"languages": {{\n{lines}\n}}}}\n'
    TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
