"""The fonts that papers are set in: cut once from Debian's `fonts-noto-cjk`, kept in the repository, verified by sum.

`python scripts/fonts.py` cuts all files anew (about a minute each, needs fontTools and the package) and writes the
manifest and the list of the characters they have, by which the portal warns of others; `--characters` writes only that
list, from the files that lie here; `--check` only compares. The cut keeps the whole unified block, what the font has of
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
CHARACTERS = FOLDER / "characters.txt"
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
# What papers say, how this city's places and chains are called, usual trade names and surnames: these have the first
# places in the small files, for what cutting and packing costs grows with the furthest place that a paper needs.
OURS = (
    "，。、；：？！（）《》“”‘’〔〕【】…％／＋－～业制的节造产假放与件示不用发例工是上企国数元和品链其电金动务备机人化年设级调服能明中为他生经单市报于关庆春税休合料本加属计万期班值水写季成新器技信劳定资内填度项大政术特色车入"
    "台文材部地字审有研增排认丽亿助县口号平或核具及在环通专木目省等装一到名容对未查现策编请体出家布投按行补套已方自量位奖小局收清演理租算药集首公应精网证道限零任励含建引据超过阀额高争以价何准分同学实导控窗竞竹表费除鞋个作健全员态"
    "标百知给统软院书予利办型外安开改效源转间非主云五交保减区半均塑康时末条械气焦群联钢革亩供医原子总月物由系营说配长付厂变告密床日检民测济热煤田相端结聚详采门际青之代包千商性所推支整板构案汽法管美规重二低军冠剂午厅压去回少尚展延"
    "微心息房旦智款玩申码秋程空织绿胶荐进退互但凭划前力可后售境处完差并形得执折提教次滚片短种究站第要记负运选途键验了仅修再决功印取否天妆带库府托接无格橡正每比治润然牌皮益直矿社科米线维综缴般路销隐面三丝会传共冶创初厨只吨四园固土"
    "基封巨录往径户承护景最果校榜没泉炼石票立累组育莲订评试质载酬锻阅食也亏从仪份停冷切升协占卫司场域多宁山师废当手抵持揭摩撤攻星权林植毛氧油流浙涂溪照燃球疗登盈破确突童笔符筹箱紧约纺缙缝职致获训议误谷账购贸越辅这都铸锈锯闲险饮黑"
    "龙下两严乐伏你佰使倍储充光免兑册冲列则割勾南向嘉因址坪城壹复失如委岗岩川币干式强待怀感扫招拟拾指损授昌显更望杠来松染树梅樟模此氨氮汇江池污洁活消液渠渡滑炭猛率畲监真禾积称章类纤纸终绳缩者脂航舶船芯苍若草落蒸薪藤被解许该读货贰"
    "赁跨轴输达远违追送遂针铝银阳附需页饰香东乘事今介仓仙仞仟伍伐伪估住佐余佳便像儿兆六兰养农况净凝凤凯刘刷削剑副华博即历叁反古另叶各吉吴周善圆坑块坞坯培堰塞夏头奥好娱媒宏室宽射就层居屑岛岫岭岱岳峡峦峰帅帆常幼广序底弃影德思恒情意"
    "才打扣批担拓括挂捌捷搬播断施旁旋族旧旭昀易映昭晟普晰晶替朗枫架柒柱栖样桃桩棒棕森毂母求沐注泰洋洗津派海涧涨深湖湿溅溶满潘澜炊点烟焊燥版状献玖珠瑾瓦瓯界留番皿盖看础硫硬碎碧碳磨福离笛筑签粉素索紫纱纹练续缺罚置羽翻耍肆胀腾膨舒芝"
    "花茶蓝衬衿袋西见角让诊诚诺贡贴足轨轮较辆边迁返还适逆遣邦酒酯里野钟钩铁铜锂锐镜闸闻阁阻陆陈降隆障雷雾霁震霞靶预领频风飞餐驻骑鸣鹤黏齐纳爱斯团珍琪祖起步荣胜壶镇欣灵肯世兴惠宝防君悦涛晨畅尔喜辰恩永丰双枪耐股优盛威顺祥瑞鑫茂旺富"
    "贵义仁贤忠勇慧亮辉煌耀冬北河虎鹰鹏麒麟跃卓先雅伟雄劲久盾坚锡锌铅钛玻璃陶瓷绸棉漆帽袜伞扇眼墨画粮糖蔬菜肉禽蛋奶蜂蜜菌菇卉苗太暖冻泵齿刀钻缆插座灯音响视听讯络桥隧砖砂混橱柜浴锁弹簧喷镀咨询伙责店铺乡村街弄楼黄张李王郑徐朱蔡杨胡"
    "卢吕谢傅麻丁柳范邱汤沈钱孙赵郭罗宋唐曹袁邓冯董苏韩彭萧曾杜蒋魏薛阎姜廖姚汪侯孟白崔史顾戴邵贺龚尹黎武乔赖鲁柏樊霍翁庄洪艾游颜聂锦绣宇宙寰昊晖晓晴灿炎焱烽炬骏驰骋翔翼翰鸿雁啸韵律诗词歌颂赞誉铭鼎尊爵皇冕帝圣哲睿敏迅速士霸豪杰俊"
    "英彦奇妙巧细良潮依恋缘梦想志愿希冀祈祝友亲敬孝礼谦逊朴纯粹澄澈潭塘港湾屿礁滩岸堤坝崖坡埠圩坊亭塔寺庙宫殿堂苑庭轩斋舍宅邸馆炜烨煜琨钰铖骅翊栎梓楠榕桦淼"
)
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
    ours = [ord(letter) for letter in OURS]
    others = sorted(known, key=lambda code: (known[code], code))
    return list(dict.fromkeys(plain + ours + others))


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


def drawn() -> str:
    """The ranges of characters that both faces have, in hex, one a line: what stands in characters.txt."""
    faces: dict[str, set[int]] = {}
    for file, family, _, _ in CUTS:
        with TTFont(FOLDER / file, lazy=True) as font:
            faces.setdefault(family.removesuffix(" Usual"), set()).update(font.getBestCmap())
    codes = sorted(set.intersection(*faces.values()))
    starts = [code for code, before in zip(codes, [-1, *codes], strict=False) if code != before + 1]
    ends = [code for code, after in zip(codes, [*codes[1:], -1], strict=True) if code + 1 != after]
    pairs = zip(starts, ends, strict=True)
    return "".join(f"{first:X}\n" if first == last else f"{first:X}-{last:X}\n" for first, last in pairs)


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
    parser.add_argument("--characters", action="store_true", help="only write the list of characters anew")
    asked = parser.parse_args()
    if not asked.check and not asked.characters:
        MANIFEST.write_text(json.dumps(build(), indent=2) + "\n", "utf-8")
    if not asked.check:
        CHARACTERS.write_text(drawn(), "ascii")
    problems = differences(manifest())
    if CHARACTERS.read_text("ascii") != drawn():
        problems.append(f"{CHARACTERS.name}: not what the fonts have")
    print("\n".join(problems) or "the fonts are as the manifest says")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
