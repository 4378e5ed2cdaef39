"""Who lives in the demo: names that nobody bears, codes that nobody holds. Pure and deterministic."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from stdnum.cn import uscc

from ..catalogue.snapshot import Catalogue
from ..kernel.bilingual import Bilingual
from ..kernel.measure import rounded

SAMPLE = Bilingual("（示例）", " (sample)")
_FIRST = (
    ("澜岳", "Lanyue"), ("青峦", "Qingluan"), ("瓯禾", "Ouhe"), ("松溪源", "Songxiyuan"), ("云栖岭", "Yunqiling"),
    ("石莲", "Shilian"), ("括苍行", "Kuocangxing"), ("好川", "Haochuan"), ("畲山", "Sheshan"), ("剑湖", "Jianhu"),
    ("碧涧", "Bijian"), ("仙岩", "Xianyan"), ("南明峰", "Nanmingfeng"), ("梅溪", "Meixi"), ("竹里", "Zhuli"),
    ("百仞", "Bairen"), ("凤阳", "Fengyang"), ("古堰", "Guyan"), ("大洋坪", "Dayangping"), ("枫林渡", "Fenglindu"),
)  # fmt: skip
_SECOND = (
    ("恒", "heng"), ("拓", "tuo"), ("正", "zheng"), ("锐", "rui"), ("信", "xin"), ("达", "da"), ("远", "yuan"),
    ("诚", "cheng"),
)  # fmt: skip
_TRADES: dict[str, tuple[str, str]] = {
    "01": ("半导体", "Semiconductor"), "02": ("机械", "Machinery"), "03": ("智能电器", "Smart Appliances"),
    "04": ("短途车辆", "Light Vehicles"), "05": ("精密传动", "Precision Drive"), "06": ("汽车空调部件", "Auto Air-conditioning"),
    "07": ("不锈钢制品", "Stainless Steel"), "08": ("控制阀", "Control Valves"), "09": ("金属制品", "Metal Products"),
    "10": ("健康用品", "Health Products"), "11": ("生态革", "Eco-leather"), "12": ("鞋服", "Shoes and Clothing"),
    "13": ("木玩", "Wooden Toys"), "14": ("竹木", "Bamboo and Wood"), "15": ("药业", "Pharmaceuticals"),
    "16": ("数字科技", "Digital Technology"), "00": ("新材料加工", "Materials Processing"),
}  # fmt: skip
JINYUN, LONGQUAN = "331122", "331181"
# The first twelve live in the two counties whose accounts are listed, on chains the sources name there.
_HOMES = {JINYUN: ("02", "03", "04", "02", "03", "00"), LONGQUAN: ("06", "14", "06", "14", "06", "00")}
CAST = 12
NEWCOMERS = 100_000  # numbers from here on are not on the register yet
_SIZE_CHANCES = (("L", 0.06), ("M", 0.22), ("S", 0.44), ("X", 0.28))
_STAFF = {"L": (1000, 1900), "M": (300, 800), "S": (25, 240), "X": (5, 18)}
_PER_HEAD = (55, 130)  # yearly output in 万元 a head


@dataclass(frozen=True, slots=True)
class Person:
    """One fictitious enterprise as the county's register would have it. Money in 万元, of the year "
    "before the plan data."""

    number: int
    credit_code: str
    name: Bilingual
    county: str
    segment: str
    gb_class: str
    founded_on: date
    staff: int
    revenue: Decimal
    output: Decimal
    land: Decimal
    is_industrial: bool
    is_above_scale: bool

    @property
    def chain(self) -> str:
        return self.segment[:2]


def credit_code(region: str, number: int) -> str:
    """A valid code with a body of its own (MAD…): well formed in both check characters, held by nobody."""
    body = f"MAD{number:05d}" if number < NEWCOMERS else f"MADY{number - NEWCOMERS:04d}"
    code = f"91{region}{body}{organisation_check(body)}"
    return code + uscc.calc_check_digit(code)


def organisation_check(body: str) -> str:
    """The ninth character of an organisation code (GB 11714)."""
    values = (int(c, 36) for c in body)
    rest = 11 - sum(v * w for v, w in zip(values, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def population(catalogue: Catalogue, count: int, seed: int) -> list[Person]:
    """`count` enterprises, spread over all chains and units; the same for the same arguments."""
    chance = random.Random(f"people:{seed}:{count}")
    chains = [c.code for c in catalogue.listed_chains] + ["00"]
    names = _names(chance, count)
    homes = [(chain, county) for pair in zip(*_homes(), strict=True) for chain, county in pair]
    found = []
    for number in range(count):
        chain, county = homes[number] if number < CAST else (chains[number % len(chains)], "")
        found.append(_person(catalogue, chance, number, chain, county, names[number]))
    return found


def newcomer(catalogue: Catalogue, number: int, chain: str, county: str, seed: int) -> Person:
    """An enterprise that is not on the register yet."""
    chance = random.Random(f"newcomer:{seed}:{number}")
    (zh, en), (zh_end, en_end) = chance.choice(_FIRST), chance.choice(_SECOND)
    return _person(catalogue, chance, number, chain, county, (f"{zh}新{zh_end}", f"{en}xin{en_end}"))


def _homes() -> list[list[tuple[str, str]]]:
    return [[(chain, county) for chain in chains] for county, chains in _HOMES.items()]


def _names(chance: random.Random, count: int) -> list[tuple[str, str]]:
    pairs = [(f"{a}{b}", f"{x}{y}") for a, x in _FIRST for b, y in _SECOND]
    chance.shuffle(pairs)
    while len(pairs) < count:
        pairs += [(f"{zh}{len(pairs)}", f"{en}{len(pairs)}") for zh, en in pairs[: count - len(pairs)]]
    return pairs


def _person(
    catalogue: Catalogue, chance: random.Random, number: int, chain: str, home: str, name: tuple[str, str]
) -> Person:
    segments = [s for s in catalogue.segments_of(chain) if s.gb_classes] or list(catalogue.segments_of(chain))
    segment = chance.choice(segments)
    gb_class = segment.gb_classes[0] if segment.gb_classes else "3399"
    county = home or _county(catalogue, chance, chain, number)
    size = chance.choices([s for s, _ in _SIZE_CHANCES], [w for _, w in _SIZE_CHANCES])[0]
    # Of the first dozen all but the two on no chain are above the scale: they show the whole form.
    size = "M" if number < CAST - 2 and size in "SX" else size
    staff = chance.randint(*_STAFF[size])
    output = rounded(Decimal(staff * chance.randint(*_PER_HEAD)), 2)
    industrial = catalogue.is_industrial(gb_class)
    region = county if county.isdigit() else "331100"
    trade = _TRADES[chain]
    return Person(
        number,
        credit_code(region, number),
        Bilingual(f"{name[0]}{trade[0]}有限公司{SAMPLE.zh}", f"{name[1]} {trade[1]} Co., Ltd.{SAMPLE.en}"),
        county,
        segment.code,
        gb_class,
        date(chance.randint(1996, 2019), chance.randint(1, 12), chance.randint(1, 28)),
        staff,
        rounded(output * Decimal(chance.randint(94, 108)) / 100, 2),
        output,
        rounded(output / Decimal(chance.randint(180, 420)), 2) if industrial else Decimal(0),
        industrial,
        industrial and output >= 2000,
    )


def _county(catalogue: Catalogue, chance: random.Random, chain: str, number: int) -> str:
    """A county the sources name for the chain two times out of three, else any unit in turn."""
    hints = [c for c in catalogue.chain(chain).counties if c in catalogue.units]
    if hints and chance.random() < 0.66:
        return chance.choice(hints)
    units = list(catalogue.units)
    return units[number % len(units)]
