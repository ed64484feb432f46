"""Use the stages one by one, on strings, as in a REPL.

python examples/stages_one_by_one.py
"""

import corpuskit as ck

PAGE = """<html lang="km"><head><meta charset="utf-8"><title>ទំព័រ</title></head><body>
<nav><a href="/">ដើម</a> <a href="/about">អំពី</a></nav>
<article><h1>សិទ្ធិមនុស្ស</h1><p>មនុស្សទាំងអស់ កើតមកមានសេរីភាព និងសមភាព ក្នុងផ្នែកសេចក្ដីថ្លៃថ្នូរនិងសិទ្ធិ។
មនុស្ស មានវិចារណញ្ញាណនិងសតិសម្បជញ្ញៈជាប់ពីកំណើត ហើយគប្បីប្រព្រឹត្ដចំពោះគ្នាទៅវិញទៅមក
ក្នុងស្មារតីភាតរភាពជាបងប្អូន។</p></article></body></html>"""


def main() -> None:
    page = ck.extract_html(PAGE)
    print("extracted:", page.title, "|", page.text[:40], "…")

    clean = ck.normalize(page.text, language="khm_Khmr")
    print("edits:", clean.edits)

    print("languages:", ck.identify([clean.text, "ຍິນດີຕ້ອນຮັບສູ່ປະເທດລາວ"]))

    signals = ck.quality_signals([clean.text], language="khm_Khmr")[0]
    print("words:", signals["words"], "clusters:", signals["clusters"])

    print("words by dictionary:", ck.words(clean.text)[:6])

    copies = [clean.text, clean.text.replace("\u200b", "") + " ", "អត្ថបទផ្សេង ដែលគ្មានអ្វីដូចគ្នាសោះ"]
    for cluster in ck.near_duplicates(copies, language="khm_Khmr", threshold=0.8):
        print("duplicates:", cluster)


if __name__ == "__main__":
    main()
