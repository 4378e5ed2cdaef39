"""The part of an enterprise's name that tells it from others. Pure."""

from __future__ import annotations

import re

_PLACES = re.compile(
    r"^(中国|浙江省?|丽水市?|莲都区?|龙泉市?|青田县?|云和县?|庆元县?|缙云县?|遂昌县?|松阳县?|景宁(畲族自治县|县)?)+"
)
_FORMS = re.compile(r"(股份有限公司|有限责任公司|有限公司|集团|公司|厂|合作社|\(.*?\)|（.*?）)+$")


def core_of(name: str) -> str:
    """`丽水示例机械有限公司` → `示例机械`: without place in front and legal form at the end."""
    return _FORMS.sub("", _PLACES.sub("", name.strip())).strip()
