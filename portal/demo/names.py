"""Names that nobody bears: of enterprises by number, each only once, in both languages. Pure."""

from __future__ import annotations

from ..kernel.bilingual import Bilingual

SAMPLE = Bilingual("（示例）", " (sample)")
Pair = tuple[str, str]
_FIRST: tuple[Pair, ...] = (
    ("澜岳", "Lanyue"), ("青峦", "Qingluan"), ("瓯禾", "Ouhe"), ("松溪源", "Songxiyuan"), ("云栖岭", "Yunqiling"),
    ("石莲", "Shilian"), ("括苍行", "Kuocangxing"), ("好川", "Haochuan"), ("畲山", "Sheshan"), ("剑湖", "Jianhu"),
    ("碧涧", "Bijian"), ("仙岩", "Xianyan"), ("南明峰", "Nanmingfeng"), ("梅溪", "Meixi"), ("竹里", "Zhuli"),
    ("百仞", "Bairen"), ("凤阳", "Fengyang"), ("古堰", "Guyan"), ("大洋坪", "Dayangping"), ("枫林渡", "Fenglindu"),
    ("雾谷", "Wugu"), ("银坑", "Yinkeng"), ("千峡", "Qianxia"), ("东岱", "Dongdai"), ("水阁", "Shuige"),
    ("鹤影", "Heying"), ("桃源岗", "Taoyuangang"), ("溪口渡", "Xikoudu"), ("岩樟", "Yanzhang"), ("霁月", "Jiyue"),
    ("苍坪", "Cangping"), ("望岫", "Wangxiu"), ("芝田", "Zhitian"), ("垟谷", "Yanggu"), ("隆岗", "Longgang"),
    ("紫坞", "Ziwu"), ("鸣泉", "Mingquan"), ("樟台", "Zhangtai"), ("沐川", "Muchuan"), ("飞霞", "Feixia"),
)  # fmt: skip
_SECOND: tuple[Pair, ...] = (
    ("恒", "heng"), ("拓", "tuo"), ("正", "zheng"), ("锐", "rui"), ("信", "xin"), ("达", "da"), ("远", "yuan"),
    ("诚", "cheng"), ("广", "guang"), ("博", "bo"), ("科", "ke"), ("利", "li"), ("晟", "sheng"), ("旭", "xu"),
    ("通", "tong"), ("宏", "hong"), ("泰", "tai"), ("盈", "ying"), ("朗", "lang"), ("格", "ge"), ("联", "lian"),
    ("创", "chuang"), ("森", "sen"), ("捷", "jie"), ("腾", "teng"), ("佳", "jia"), ("奥", "ao"), ("美", "mei"),
    ("尚", "shang"), ("德", "de"), ("亿", "yi"), ("安", "an"), ("凯", "kai"), ("普", "pu"), ("邦", "bang"),
)  # fmt: skip
# Joined between the two, one or two of them, when the plain brands are used up.
_THIRD: tuple[Pair, ...] = (
    ("之", "zhi"), ("若", "ruo"), ("云", "yun"), ("然", "ran"), ("嘉", "jia"), ("景", "jing"), ("文", "wen"), ("行", "xing"),
    ("乐", "le"), ("和", "he"), ("清", "qing"), ("怀", "huai"), ("书", "shu"), ("子", "zi"), ("昭", "zhao"), ("山", "shan"),
)  # fmt: skip
_TRADES: dict[str, tuple[Pair, ...]] = {
    "01": (("半导体", "Semiconductor"), ("微电子", "Microelectronics")),
    "02": (("机械", "Machinery"), ("数控装备", "CNC Equipment"), ("锯床", "Sawing Machines")),
    "03": (("智能电器", "Smart Appliances"), ("厨电", "Kitchen Appliances")),
    "04": (("短途车辆", "Light Vehicles"), ("车业", "Vehicle Parts")),
    "05": (("精密传动", "Precision Drive"), ("滚动部件", "Rolling Components")),
    "06": (("汽车空调部件", "Auto Air-conditioning"), ("制冷配件", "Refrigeration Parts")),
    "07": (("不锈钢制品", "Stainless Steel"), ("管业", "Steel Tubes")),
    "08": (("控制阀", "Control Valves"), ("阀门", "Valves")),
    "09": (("金属制品", "Metal Products"), ("五金", "Hardware")),
    "10": (("健康用品", "Health Products"), ("日化", "Personal Care")),
    "11": (("生态革", "Eco-leather"), ("革业", "Synthetic Leather")),
    "12": (("鞋服", "Shoes and Clothing"), ("鞋业", "Footwear")),
    "13": (("木玩", "Wooden Toys"), ("玩具", "Toys")),
    "14": (("竹木", "Bamboo and Wood"), ("竹业", "Bamboo Products")),
    "15": (("药业", "Pharmaceuticals"), ("生物科技", "Biotech")),
    "16": (("数字科技", "Digital Technology"), ("软件", "Software")),
    "00": (("新材料加工", "Materials Processing"), ("实业", "Industries")),
}  # fmt: skip
_SERVICE = ("技术服务", "Technical Services")
BRANDS = len(_FIRST) * len(_SECOND)
_STEP = 611  # shares no factor with BRANDS: neighbours differ, and none comes twice


def brand(number: int, seed: int) -> Pair:
    """The brand of an enterprise: plain ones first, then those of one syllable more, then of two."""
    rank, place = divmod(number, BRANDS)
    place = (place * _STEP + seed * 97) % BRANDS
    (zh, en), (zh_end, en_end) = _FIRST[place % len(_FIRST)], _SECOND[place // len(_FIRST)]
    while rank:
        rank, syllable = divmod(rank - 1, len(_THIRD))
        zh, en = zh + _THIRD[syllable][0], en + _THIRD[syllable][1]
    return f"{zh}{zh_end}", f"{en}{en_end}"


def enterprise_name(pair: Pair, chain: str, number: int, *, is_industrial: bool = True) -> Bilingual:
    """The full name, marked as a sample in both languages."""
    trades = _TRADES[chain]
    trade = trades[number // 7 % len(trades)] if is_industrial or chain == "16" else _SERVICE
    zh = f"{pair[0]}{trade[0]}有限公司{SAMPLE.zh}"
    return Bilingual(zh, f"{pair[1]} {trade[1]} Co., Ltd.{SAMPLE.en}")


def new_brand(number: int, seed: int) -> Pair:
    """The brand of somebody who is not on the register yet."""
    (zh, en), (zh_end, en_end) = _FIRST[(number + seed) % len(_FIRST)], _SECOND[(number * 3 + seed) % len(_SECOND)]
    return f"{zh}新{zh_end}", f"{en}xin{en_end}"
