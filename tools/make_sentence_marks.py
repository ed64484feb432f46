"""Write corpuskit/text/sentence_terminal.py from the Unicode data of the `regex` package.

python tools/make_sentence_marks.py > corpuskit/text/sentence_terminal.py
"""

import regex

marks = [
    code
    for code in range(0x110000)
    if not 0xD800 <= code < 0xE000 and regex.match(r"\p{Sentence_Terminal}", chr(code))
]

print('"""Code points that end a sentence (Unicode PropList.txt, Sentence_Terminal).')
print()
print("Written by tools/make_sentence_marks.py; do not edit.")
print('"""')
print()
print("# fmt: off")
print("CODES: tuple[int, ...] = (")
for start in range(0, len(marks), 10):
    print("    " + " ".join(f"0x{code:04X}," for code in marks[start : start + 10]))
print(")")
