"""Build a corpus from Python and read it.

python examples/build_from_python.py [BUILD_FOLDER]
"""

import sys
from pathlib import Path

import corpuskit as ck

DEMO = Path(__file__).resolve().parent / "demo" / "khmer.toml"


def main(folder: str) -> None:
    recipe = ck.load_recipe(DEMO, overrides=["dedup.threshold=0.85"])
    build = ck.build(recipe, folder, workers=2)

    print(build)
    print("near-duplicates removed:", build.ledger["dedup/near"])

    characters = 0
    for batch in build.documents(columns=["text", "url"]):
        characters += sum(len(text) for text in batch.column("text").to_pylist())
    print("characters of text:", characters)

    for row in build.rejected.head(3, columns=["url", "reason", "broken"]).to_pylist():
        print("rejected:", row["reason"], row["url"], row["broken"])


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "builds/python-demo")
