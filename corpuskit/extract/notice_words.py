"""Words of license notices in the catalogue's languages and those that sites copy notices from.

Words of scripts that write spaces are found whole, others anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final


def _pattern(words: str) -> re.Pattern[str]:
    """One pattern of words that are divided by spaces; `_` stands for a space in a word."""
    names = sorted((word.replace("_", " ") for word in words.split()), key=len, reverse=True)
    spaced = [re.escape(name) for name in names if not _is_unspaced(name)]
    unspaced = [re.escape(name) for name in names if _is_unspaced(name)]
    whole = rf"(?<!\w)(?:{'|'.join(spaced)})(?!\w)"
    return re.compile("|".join([whole, *unspaced]))


def _is_unspaced(name: str) -> bool:
    return any("\u0e00" <= char <= "\u109f" or "\u1780" <= char <= "\u17ff" or char > "\u2e80"
               for char in name)  # fmt: skip


PAGE: Final = _pattern(
    # English
    "page pages site website websites work works content contents text texts article articles "
    "document documents documentation docs manual handbook book blog post posts material materials "
    "guide publication wiki data dataset datasets database information story tutorial "
    # Indonesian, Malay, Filipino, Vietnamese
    "halaman laman situs konten kandungan isi teks "
    "artikel karya ciptaan dokumen buku tulisan bahan "
    "cerita maklumat informasi nilalaman gawa akda pahina teksto artikulo tác_phẩm nội_dung trang "
    "bài_viết tài_liệu sách văn_bản dữ_liệu truyện "
    # Thai, Lao, Khmer, Burmese
    "หน้านี้ เว็บไซต์ เนื้อหา ข้อความ บทความ งาน เอกสาร "
    "ผลงาน หนังสือ ข้อมูล ໜ້ານີ້ ເວັບໄຊ ເນື້ອໃນ ເນື້ອຫາ "
    "ບົດຄວາມ ຜົນງານ ເອກະສານ ຂໍ້ມູນ អត្ថបទ ទំព័រ គេហទំព័រ "
    "ខ្លឹមសារ មាតិកា ស្នាដៃ ឯកសារ សៀវភៅ ទិន្នន័យ "
    "စာမျက်နှာ အကြောင်းအရာ ဝက်ဘ်ဆိုက် ဆောင်းပါး စာသား စာအုပ် အချက်အလက် "
    # Chinese, Japanese, Korean
    "作品 内容 內容 页面 頁面 本文 文書 文档 文檔 文字 ページ サイト 이_저작물 콘텐츠 "
    # European languages
    "werk inhalt inhalte seite dokument verk verket innhold innehåll texte contenu œuvre obra "
    "contenido contenidos conteúdo texto página documento opera contenuto"
)
"""What a page calls itself and its text."""

PART: Final = _pattern(
    "photo photos photograph photographs photography image images picture pictures pictured "
    "illustration illustrations icon icons font fonts theme themes template templates video videos "
    "audio music logo logos background banner plugin plugins software map maps artwork drawing "
    "widget third-party powered built_with photographer unsplash flickr pixabay wikimedia_commons "
    "openstreetmap clipart emoji emojis "
    "foto gambar imej ilustrasi ikon fon tema templat musik muzik perisian perangkat_lunak peta "
    "larawan litrato ảnh hình hình_ảnh minh_họa phần_mềm giao_diện bản_đồ biểu_tượng "
    "ภาพ รูปถ่าย ธีม แม่แบบ ไอคอน ซอฟต์แวร์ ຮູບ "
    "ຊອບແວ រូបភាព រូបថត កម្មវិធី ဓာတ်ပုံ ရုပ်ပုံ ဆော့ဖ်ဝဲ "
    "写真 画像 图片 圖片 图标 软件 軟體 ソフトウェア 사진 이미지 "
    "bild bilder fotos imagen imágenes imagem imagens photographie logiciel immagine"
)
"""What is a part of a page, or beside it."""

CODE: Final = _pattern(
    "code codes kod kode sample samples snippet snippets example examples recipes scripts contoh "
    "mã_nguồn โค้ด ตัวอย่าง ໂຄດ កូដ 代码 代碼 コード 示例"
)
"""What programming text holds beside prose."""

VERB: Final = _pattern(
    "licensed licenced license licence licensing released published available distributed "
    "redistribute redistributed shared dedicated copyrighted offered provided "
    "dilisensikan berlisensi dilesenkan disebarluaskan diterbitkan dirilis dikeluarkan tersedia "
    "tertakluk dibagikan dikongsi lisensi lesen lisensyado lisensya inilabas cấp_phép phát_hành "
    "xuất_bản giấy_phép công_bố อนุญาต เผยแพร่ ອະນຸຍາດ ເຜີຍແຜ່ អនុញ្ញាត អាជ្ញាប័ណ្ណ ផ្សព្វផ្សាយ "
    "ခွင့်ပြု လိုင်စင် ဖြန့်ချိ 许可 許可 授权 授權 許諾 ライセンス 라이선스 이용허락 "
    "lizenz lizenziert lisensiert licens licensierat "
    "licencia bajo licença autorisé licenza lisanslıdır"
)
"""What a notice says of the work."""

THIS: Final = _pattern(
    "this these our all otherwise except ini semua "
    "seluruh này toàn_bộ tất_cả trừ_khi itong ito lahat "
    "นี้ ทั้งหมด ເວັ້ນ ນີ້ ทุก ທັງໝົດ នេះ ទាំងអស់ ဤ ယခု အားလုံး この 本 此 所有 全部 이 "
    "diese dieses dette ce cette cet este esta estos questo questa"
)
"""What tells a notice about the page from a sentence about another work."""

EXCEPT: Final = _pattern(
    "except unless otherwise excluding kecuali melainkan trừ ngoại_trừ ยกเว้น ເວັ້ນ លើកលែង မှလွဲ 除 除外"
)
"""What begins an exception: `except for photos, the text is licensed ...`."""

LABEL: Final = re.compile(
    r"^(?:content |text |data )?(?:licen[cs]e|licen[cs]ed under|lisensi|lesen|lisensya|giấy phép"
    r"|สัญญาอนุญาต|ใบอนุญาต|ໃບອະນຸຍາດ|អាជ្ញាប័ណ្ណ|လိုင်စင်|许可|許可|ライセンス|라이선스)\s?[:：]"
)
"""`License: CC BY 4.0` on a line of its own."""

WITHIN: Final = re.compile(
    r"(?:(?<!\w)(?:in|on|of|within|from|for|di|pada|dalam|dari|trong|của|trên|từ|sa)"
    r" (?:the |this |these |our |its )?|ใน|บน|ของ|ໃນ|ຂອງ|ក្នុង|លើ|របស់)$"
)
"""What stands before the whole that something is a part of: `code in the documentation`."""

RESERVED: Final = re.compile(
    r"all rights? (?:are )?reserved|semua hak (?:cipta )?(?:dilindungi|terpelihara)|hak cipta "
    r"(?:dilindungi|terpelihara)|seluruh hak cipta|giữ (?:toàn|mọi|bản) quyền"
    r"|bảo lưu (?:mọi|toàn bộ)|mọi quyền được bảo lưu|สงวนลิขสิทธิ์|สงวนสิทธิ์|ສະຫງວນລິ|ສະຫງວນສິດ|រក្សាសិទ្ធិ"
    r"|မူပိုင်ခွင့်အားလုံး|အခွင့်အရေးအားလုံး|karapatan ay (?:nakalaan|reserbado)|版权所有|版權所有"
    r"|無断転載|tous droits réservés|alle rechte vorbehalten|los derechos reservados"
    r"|todos os direitos reservados"
)
"""`All rights reserved` in the catalogue's languages: it says that there is no license."""

MARKUP_WORDS: Final = (
    "icens", "ICENS", "icenc", "isensi", "isens", "esen", "CC BY", "CC-BY", "CC0", "cc-by", "cc by",
    "reative Commons", "reativecommons", "reative-commons", "ublic domain", "ublic Domain",
    "GFDL", "GNU ", "ights", "IGHTS", "อนุญาต", "ครีเอทีฟ", "สงวน", "สมบัติ", "phép", "quyền",
    "omain awam", "omain publik", "ata terbuka", "ata Terbuka", "opyright shall", "ak cipta",
    "ak Cipta", "ະຫງວນ", "ອະນຸຍາດ", "រក្សាសិទ្ធិ", "အားလုံး", "47/2020", "版权", "版權", "许可", "授权",
    "ライセンス", "autoris", "vorbehalten", "droits", "erechos", "ireitos", "lisans",
)  # fmt: skip
"""A page whose markup has none of these states nothing about rights."""


_HINTS: Final = (
    "licen", "lisens", "lesen", "cc by", "cc-by", "ccby", "cc0", "cc-0", "cc 0",
    "cc zero", "cc-zero",
    "commons", "คอมมอน", "コモンズ", "知识共享", "創用", "커먼즈", "ຄອມມອນ", "domain",
    "ranah publik",
    "công cộng", "สมบัติ", "gfdl", "gnu", "gpl", "odbl", "ogl", "mpl",
    "terbuka", "47/2020", "apache",
    "ข้อมูลภาครัฐ", "ข้อมูลเปิด", "open government", "open data", "copyright shall",
    "rights reserved", "right reserved", "hak cipta", "semua hak", "quyền", "สงวน", "ສະຫງວນ",
    "រក្សាសិទ្ធិ", "အားလုံး", "karapatan", "版权所有", "版權所有", "無断", "réservés", "vorbehalten",
    "derechos reservados", "direitos reservados",
)  # fmt: skip
"""A line without any of these, in lower case, names no license and reserves no rights."""


def mentions_rights(markup: str) -> bool:
    """Whether a page may state something about rights: most need not be searched for it."""
    return any(word in markup for word in MARKUP_WORDS)


def hints_in(text: str, hints: Sequence[str] = _HINTS) -> list[str]:
    """What in a text hints at a statement about rights; a line without any has none.

    `hints` are those of a text that the line is of.
    """
    lowered = text.lower()
    return [hint for hint in hints if hint in lowered]
