"""Who of the demo accepts policy support: everybody who applies and everybody a case is shown with, but one."""

from __future__ import annotations

from portal.demo.cast import LISTED, MONITORED, purposes_of
from portal.demo.census import CAST
from portal.demo.support_plan import LATE, UNSAFE, VETOED, WISHES
from portal.enterprises.registration import REQUIRED_PURPOSE, SUPPORT_PURPOSE


def test_one_listed_enterprise_accepts_monitoring_alone_and_its_application_goes_on() -> None:
    assert MONITORED in LISTED
    assert [n for n in range(CAST) if SUPPORT_PURPOSE not in purposes_of(n)] == [MONITORED]
    assert MONITORED in {wish.number for wish in WISHES}
    assert all(SUPPORT_PURPOSE in purposes_of(n) for n in (LATE, UNSAFE, VETOED))
    others = [purposes_of(n) for n in range(CAST, 600)]
    assert all(REQUIRED_PURPOSE in one for one in others)
    assert sum(SUPPORT_PURPOSE in one for one in others) == len(others) * 2 // 3
