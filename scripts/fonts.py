"""The fonts that papers are set in: cut once from Debian's `fonts-noto-cjk`, kept in the repository, verified by sum.

`python scripts/fonts.py` cuts all files anew (about a minute each, needs fontTools and the package) and writes the
manifest; `--check` only compares what lies here. The cut keeps the whole unified block, what the font has of
extension B and later, and of extension A the characters of the state's table of standard characters and others seen in
names; it leaves out the other faces, other regions' forms, hints and vertical forms. OpenType, never woff2: the engine
unpacks that anew for every paper.

Of each face there are two files. What the engine pays for a paper grows with the font, whatever is printed in it: the
usual characters (GB 2312) therefore lie in a small file of their own, as TrueType, the most frequent ones first, which
costs a tenth; the whole one is opened for a rare character only.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont
from fontTools.ttLib.reorderGlyphs import reorderGlyphs

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "portal" / "certificates" / "fonts"
MANIFEST = FOLDER / "manifest.json"
SOURCE = Path("/usr/share/fonts/opentype/noto")
RANGES = (
    (0x20, 0x7E),
    (0xA0, 0x17F),  # Latin with marks
    (0x2010, 0x203B),  # dashes, quotes, ellipsis
    (0x20AC, 0x20AC),
    (0x2103, 0x2103),
    (0x2116, 0x2116),
    (0x2150, 0x218B),  # fractions and Roman numbers
    (0x2190, 0x2193),
    (0x2212, 0x2212),
    (0x2460, 0x24FF),  # numbers in circles stand in names of workshops and phases
    (0x25A0, 0x25CF),
    (0x3000, 0x303F),
    (0x3040, 0x30FF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFE30, 0xFE4F),
    (0xFF01, 0xFF5E),
    (0xFFE5, 0xFFE5),
    (0x20000, 0x3FFFF),
)
# Extension A as people and places are called.
NAMES_A = (
    "㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴"
    "䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮㐂㐆㑹㒶㓚㔾㖞㘚㙟㚁㚤㛂㛇㛔㜣㜤㝉㝢㞫㟆㠭㡳㢲㣫㤚㥁㦛㧊㧥㨗㨞㩗㪚㫋㫎㫤㬂㬋㬐㬢㭉㮈㮚㯋㰁㱔"
    "㲋㳌㳠㴋㵄㵽㶷㷍㷖㸃㸅㺬㺭㻏㻒㼆㽦㿟䀹䁀䂀䂬䃳䄎䄠䅈䆁䇂䇹䈽䉤䊵䋎䋏䌷䌸䍀䍃䎱䏌䏰䐚䑏䒕䓇䓞䔮䕫䕷䖝䖳䗝䘏䘵䙌䚷䛐䛒䜌䜩䝤䞍䟫"
    "䠀䡄䡵䢍䢵䢿䣅䤑䤤䥇䥑䦷䦶䧹䨱䨺䩄䪲䫉䬎䭀䭲䮚䯂䯄䰾䱉䱽䲁䲜䳑䴉䴚䵣䵷䶊䶑䶵"
)
# Of the second level of GB 2312, what this city's places, chains and papers are called with.
OURS = "仞岫岱昀晟毂沐瑾瓯畲缙衿酯锂霁黏鑫昊炜烨煜琨璟钰铖骏骅翊睿栎梓楠榕桦淼淏"
_SECOND_LEVEL = 0xD8  # the first byte of its characters
CUTS = (
    ("LishuiSong.otf", "Lishui Song", "NotoSerifCJK-Regular.ttc", "Noto Serif CJK SC"),
    ("LishuiHei.otf", "Lishui Hei", "NotoSansCJK-Regular.ttc", "Noto Sans CJK SC"),
    ("LishuiSongUsual.ttf", "Lishui Song Usual", "NotoSerifCJK-Regular.ttc", "Noto Serif CJK SC"),
    ("LishuiHeiUsual.ttf", "Lishui Hei Usual", "NotoSansCJK-Regular.ttc", "Noto Sans CJK SC"),
)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def usual() -> list[int]:
    """Code points of the usual characters in the order of their places in the font: the often used ones first."""
    plain = [code for first, last in RANGES[:4] for code in range(first, last + 1)]
    rows = [bytes((high, low)) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF)]
    known = {ord(text): row[0] >= _SECOND_LEVEL for row in rows if (text := row.decode("gb2312", "ignore"))}
    others = sorted(known, key=lambda code: (known[code] and chr(code) not in OURS, code))
    return list(dict.fromkeys(plain + others))


def cut(collection: str, face: str, family: str, codes: list[int]) -> TTFont:
    fonts = TTCollection(str(SOURCE / collection)).fonts
    font = next(font for font in fonts if font["name"].getDebugName(1) == face)
    font.recalcTimestamp = False  # the same source gives the same bytes
    options = Options()
    options.layout_features = ["kern", "ccmp", "mark"]
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 5, 13, 14]
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "DSIG"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    _rename(font, family)
    return font


def whole() -> list[int]:
    codes = {code for first, last in RANGES for code in range(first, last + 1)} | {ord(letter) for letter in NAMES_A}
    return sorted(codes)


def as_truetype(font: TTFont, codes: list[int]) -> TTFont:
    """The same outlines within half a unit of a thousand, in the order of `codes`."""
    glyphs, drawn = font.getGlyphSet(), {}
    for name in font.getGlyphOrder():
        pen = TTGlyphPen(glyphs)
        glyphs[name].draw(Cu2QuPen(pen, 0.5, reverse_direction=True))
        drawn[name] = pen.glyph()
    names, order = font.getBestCmap(), font.getGlyphOrder()
    reorderGlyphs(font, list(dict.fromkeys([order[0], *(names[code] for code in codes if code in names), *order])))
    del font["CFF "]
    font.sfntVersion = "\0\1\0\0"
    builder = FontBuilder(font=font)
    builder.isTTF = True
    builder.setupGlyf(drawn)
    builder.setupMaxp()
    font["head"].glyphDataFormat = 0
    return font


def _rename(font: TTFont, family: str) -> None:
    """Under a name of our own: the licence keeps the original's for the original."""
    bare, names = family.replace(" ", ""), font["name"]
    for number, text in ((1, family), (2, "Regular"), (3, f"{bare}-1"), (4, family), (6, bare)):
        names.setName(text, number, 3, 1, 0x409)
    table: Any = font["CFF "].cff
    table.fontNames[0] = bare
    table.topDictIndex[0].FullName = table.topDictIndex[0].FamilyName = family


def build() -> list[dict[str, str]]:
    entries = []
    for file, family, collection, face in CUTS:
        is_usual = file.endswith(".ttf")
        codes = usual() if is_usual else whole()
        font = cut(collection, face, family, codes)
        if is_usual:
            font = as_truetype(font, codes)
        version = font["name"].getDebugName(5)
        font.save(FOLDER / file)
        entries.append(
            {
                "file": file,
                "family": family,
                "source": f"{face}, {version.split(';')[0]}, from Debian's fonts-noto-cjk",
                "licence": "OFL-1.1",
                "sha256": digest((FOLDER / file).read_bytes()),
            }
        )
    return entries


def manifest() -> list[dict[str, str]]:
    entries: list[dict[str, str]] = json.loads(MANIFEST.read_text("utf-8"))
    return entries


def differences(entries: list[dict[str, str]]) -> list[str]:
    """What lies here but is not what the manifest says."""
    files = {file.name: digest(file.read_bytes()) for file in FOLDER.glob("*.?tf")}
    listed = {entry["file"]: entry["sha256"] for entry in entries}
    return [f"{name}: not as the manifest says" for name in sorted(files.items() ^ listed.items())]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare what lies here with the manifest")
    if not parser.parse_args().check:
        MANIFEST.write_text(json.dumps(build(), indent=2) + "\n", "utf-8")
    problems = differences(manifest())
    print("\n".join(problems) or "the fonts are as the manifest says")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
