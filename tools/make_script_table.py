"""Write corpuskit/text/script_ranges.py from the Unicode property data of the `regex` package.

python tools/make_script_table.py > corpuskit/text/script_ranges.py
"""

import regex

SCRIPTS = [
    "Arab", "Armn", "Bali", "Batk", "Beng", "Bopo", "Bugi", "Buhd", "Cakm", "Cans", "Cham",
    "Cher", "Copt", "Cyrl", "Deva", "Ethi", "Geor", "Grek", "Gujr", "Guru", "Hang", "Hani",
    "Hano", "Hebr", "Hira", "Hmnp", "Java", "Kali", "Kana", "Khmr", "Knda", "Lana", "Laoo",
    "Latn", "Limb", "Lisu", "Maka", "Mlym", "Mong", "Mtei", "Mymr", "Nkoo", "Olck", "Orya",
    "Pauc", "Rjng", "Sinh", "Sund", "Sylo", "Syrc", "Tagb", "Tale", "Talu", "Taml", "Tavt",
    "Telu", "Tfng", "Tglg", "Thaa", "Thai", "Tibt", "Vaii", "Yiii",
]  # fmt: skip


def ranges(script: str) -> list[tuple[int, int]]:
    pattern = regex.compile(rf"\p{{Script={script}}}")
    found: list[tuple[int, int]] = []
    for code in range(0x110000):
        if 0xD800 <= code < 0xE000 or not pattern.match(chr(code)):
            continue
        if found and found[-1][1] == code - 1:
            found[-1] = (found[-1][0], code)
        else:
            found.append((code, code))
    return found


print('"""Code point ranges of each script (Unicode Scripts.txt), by ISO 15924 code.')
print()
print("Written by tools/make_script_table.py; do not edit.")
print('"""')
print()
print("# fmt: off")
print("RANGES: dict[str, tuple[tuple[int, int], ...]] = {")
for script in SCRIPTS:
    pairs = ranges(script)
    print(f'    "{script}": (')
    line = "       "
    for first, last in pairs:
        item = f" (0x{first:04X}, 0x{last:04X}),"
        if len(line) + len(item) > 98:
            print(line)
            line = "       "
        line += item
    print(line)
    print("    ),")
print("}")
