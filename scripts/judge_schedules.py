"""
Prints what one version of Prefect says about schedules, as JSON: which expressions its models take, and when it runs
schedules next. scripts/judge.ts runs it with every version and writes test/fixtures/schedules.
"""

import asyncio
import json
import sys
import warnings
from datetime import datetime, timezone

warnings.simplefilter("ignore")

from prefect.server.schemas.actions import DeploymentScheduleCreate  # noqa: E402

CRON = """
* * * * *|0 5 * * *|*/5 * * * *|0 0 1 1 *|0 9-17 * * 1-5|0 9-17/2 * * mon-fri|15,45 * * * *|0 0 * * 0|0 0 * * 7|0 0 * * sun
0 0 * * SUN|0 0 1 jan *|0 0 1 JAN-MAR *|0 0 1 jan,jul *|0 0 L * *|0 0 l * *|0 0 * * L5|0 0 * * l5|0 0 * * 5L|0 0 * * fri#2
0 0 * * 5#2|0 0 * * 5#6|0 0 * * 5#0|0 0 * * 1#1,3#3|0 0 * * 1,3#3|0 0 ? * *|0 0 * * ?|? 0 * * *|0 0 1? * *|0 0 ? * ?
@daily|@hourly|@weekly|@monthly|@yearly|@annually|@midnight|@reboot|@DAILY|@every 5m| 0 5 * * * |0  5  *  *  *
0 5 * * * 0|0 5 * * * 30|0 5 * * * */15|0 5 * * * 60|0 5 * * * 0 2030|0 5 * * * 0 2030-2035|0 5 * * * 0 1969|0 5 * * * 0 2100|0 5 * * * * *
61 25 * * *|60 * * * *|* 24 * * *|* * 0 * *|* * 32 * *|* * * 0 *|* * * 13 *|* * * * 8|* * 31 2 *|* * 30 2 *
-1 * * * *|1- * * * *|-5 * * * *|1-5- * * * *|5-1 * * * *|22-2 * * * *|* 22-2 * * *|* * * nov-feb *|* * * * fri-mon|* * * * 5-1
*/0 * * * *|*/60 * * * *|*/61 * * * *|*/100 * * * *|5/10 * * * *|5/ * * * *|/5 * * * *|*/ * * * *|1-10/3 * * * *|1-10/0 * * * *
10-10 * * * *|* * * * 0-6|* * * * 0-7|* * * * 1-7|* * * * 7-7|* * * * mon,wed,fri|* * * * monday|* * * january *|* * * * mo|* * * 1-12 *
R * * * *|H * * * *|h * * * *|r * * * *|H/15 * * * *|R/15 * * * *|R(0-29) * * * *|H(0-29) * * * *|0 R * * *|0 H(9-17) * * 1-5
a * * * *|* a * * *|1,2,x * * * *|1,,2 * * * *|, * * * *|1, * * * *|** * * * *|*,5 * * * *|5,* * * * *|* *,3 * * *
* * * *|* * * * * * * *||*|5 4 * *|every day|0 5 * * 1-5 ; echo|TZ=UTC 0 5 * * *|CRON_TZ=UTC 0 5 * * *|0 0 W * *
0 0 15W * *|0 0 LW * *|0 0 L-3 * *|0 0 1-L * *|0 0 10-L * *|0 0 L-10 * *|0 0 l,15 * *|0 0 31,L * *|0 0 L/2 * *|0 0 */L * *
1.5 * * * *|+5 * * * *|0x5 * * * *|05 5 * * *|005 5 * * *|* * * * 1#|* * * * #1|* * * * mon#|* * * * mon-fri#1|* * * * l
* * * * l0|* * * * l7|* * * * l8|* * * * l-1|* * * L *|L * * * *|* L * * *|0-59 0-23 1-31 1-12 0-6|0-60 * * * *|0 0-24 * * *
0 0 1-32 * *|0 0 * 1-13 *|0 0 * * 1-8|0 0 0-5 * *|0 0 * 0-5 *|0 0 * 0/2 *|0 0 0/2 * *|0 0 * * */8|0 0 */32 * *|0 0 1-5,10-15 * *
0 0 29 2 *|0 0 13 * 5|30 2 * * *|0 12 1/2 * *|0 0 * */3 *|0 0 1 */2 1|0 0 * * mon#1,l5|0 0 * * 2#1,2#3|0 0 * * *#1|0 0 * * l1,l3
0 0 * * 5#1,*|0 0 * * 5#1,*,2|0 0 1 * 5#1|0 0 * * *,2
"""

RRULES = [
    "FREQ=DAILY",
    "FREQ=WEKLY",
    "FREQ=WEEKLY;BYDAY=MO,WE,FR",
    "RRULE:FREQ=DAILY;INTERVAL=2",
    "freq=daily",
    "FREQ=DAILY;INTERVAL=0",
    "FREQ=DAILY;INTERVAL=-1",
    "FREQ=DAILY;INTERVAL=x",
    "FREQ=DAILY;COUNT=5",
    "FREQ=DAILY;COUNT=0",
    "FREQ=DAILY;UNTIL=20300101T000000",
    "FREQ=DAILY;UNTIL=20300101T000000Z",
    "FREQ=DAILY;UNTIL=20300101",
    "FREQ=DAILY;UNTIL=2030-01-01",
    "FREQ=DAILY;UNTIL=never",
    "FREQ=DAILY;UNTIL=20301301",
    "FREQ=DAILY;UNTIL=20300101T000000;COUNT=3",
    "FREQ=MONTHLY;BYDAY=1FR",
    "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=MONTHLY;BYDAY=FR(+1)",
    "FREQ=MONTHLY;BYDAY=XX",
    "FREQ=MONTHLY;BYDAY=",
    "FREQ=MONTHLY;BYDAY=MONDAY",
    "FREQ=MONTHLY;BYDAY=1",
    "FREQ=MONTHLY;BYMONTHDAY=15",
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "FREQ=MONTHLY;BYMONTHDAY=32",
    "FREQ=MONTHLY;BYMONTHDAY=",
    "FREQ=YEARLY;BYMONTH=13",
    "FREQ=YEARLY;BYMONTH=1,7",
    "FREQ=YEARLY;BYMONTH=JAN",
    "FREQ=YEARLY;BYWEEKNO=20",
    "FREQ=YEARLY;BYWEEKNO=99",
    "FREQ=YEARLY;BYYEARDAY=100,-1",
    "FREQ=YEARLY;BYEASTER=0",
    "FREQ=MONTHLY;BYSETPOS=-1;BYDAY=MO,TU",
    "FREQ=MONTHLY;BYSETPOS=0;BYDAY=MO",
    "FREQ=MONTHLY;BYSETPOS=367;BYDAY=MO",
    "FREQ=DAILY;BYHOUR=25",
    "FREQ=DAILY;BYHOUR=9;BYMINUTE=30;BYSECOND=0",
    "FREQ=DAILY;BYMINUTE=60",
    "FREQ=HOURLY;BYHOUR=25",
    "DTSTART:20200101T000000\nRRULE:FREQ=HOURLY;INTERVAL=2;BYHOUR=9,17",
    "DTSTART:20200101T010000\nRRULE:FREQ=HOURLY;INTERVAL=2;BYHOUR=9,17",
    "FREQ=MINUTELY;INTERVAL=15",
    "FREQ=SECONDLY;INTERVAL=30",
    "FREQ=FORTNIGHTLY",
    "INTERVAL=2",
    "",
    " ",
    "FREQ=DAILY;",
    ";FREQ=DAILY",
    "FREQ=DAILY;;COUNT=2",
    "FREQ=DAILY;FOO=1",
    "FREQ=DAILY;X-FOO=1",
    "FREQ",
    "FREQ=",
    "FREQ==DAILY",
    "FREQ = DAILY",
    "FREQ=DAILY; INTERVAL=2",
    "FREQ=DAILY INTERVAL=2",
    "FREQ=DAILY;WKST=SU",
    "FREQ=DAILY;WKST=XX",
    "FREQ=DAILY;BYWEEKDAY=MO",
    "DTSTART:20240101T090000\nRRULE:FREQ=DAILY",
    "DTSTART:20240101T090000Z\nRRULE:FREQ=DAILY",
    "DTSTART:20240101T090000Z\nRRULE:FREQ=DAILY;UNTIL=20300101T000000Z",
    "DTSTART:20240101T090000Z\nRRULE:FREQ=DAILY;UNTIL=20300101T000000",
    "DTSTART:20240101T090000\nRRULE:FREQ=DAILY;UNTIL=20300101T000000Z",
    "DTSTART;TZID=America/New_York:20240101T090000\nRRULE:FREQ=DAILY",
    "DTSTART;TZID=Mars/Olympus:20240101T090000\nRRULE:FREQ=DAILY",
    "DTSTART;TZID=America/New_York:20240101T090000Z\nRRULE:FREQ=DAILY",
    "DTSTART;VALUE=DATE:20240101\nRRULE:FREQ=WEEKLY",
    "DTSTART;FOO=BAR:20240101\nRRULE:FREQ=WEEKLY",
    "DTSTART:20240101T090000 RRULE:FREQ=DAILY",
    "DTSTART:20240101T250000\nRRULE:FREQ=DAILY",
    "DTSTART:20241301T090000\nRRULE:FREQ=DAILY",
    "DTSTART:2024-01-01T09:00:00\nRRULE:FREQ=DAILY",
    "DTSTART:20240101T090000,20240102T090000\nRRULE:FREQ=DAILY",
    "DTSTART:20240101T090000",
    "DTSTART:\nRRULE:FREQ=DAILY",
    "RRULE:FREQ=DAILY;COUNT=3\nRRULE:FREQ=WEEKLY",
    "RRULE:FREQ=DAILY\nEXDATE:20240102T000000",
    "RRULE:FREQ=DAILY\nEXRULE:FREQ=WEEKLY",
    "RRULE:FREQ=DAILY\nRDATE:20240102T000000",
    "RDATE:20240102T000000",
    "RDATE:20240102T000000,20240103T000000",
    "RDATE:soon",
    "RDATE;VALUE=DATE:20240102",
    "RRULE;X=1:FREQ=DAILY",
    "SUMMARY:Standup\nRRULE:FREQ=DAILY",
    "BEGIN:VEVENT\nRRULE:FREQ=DAILY\nEND:VEVENT",
    "RRULE:RRULE:FREQ=DAILY",
    "EXRULE:FREQ=DAILY",
    "0 5 * * *",
    "every monday",
]
RRULES.append("RRULE:FREQ=DAILY\nRDATE:" + ",".join(["20240102T000000"] * 410))

TIMEZONES = """
UTC|Europe/Berlin|America/New_York|Mars/Olympus|europe/berlin|EUROPE/BERLIN|utc|Utc|GMT|GMT+1
Etc/GMT+5|Etc/GMT+15|EST|EST5EDT|PST|PST8PDT|CET|MET|IST|Asia/Kolkata
Asia/Calcutta|US/Pacific|US/Pacific-New|Zulu|UCT|+01:00|UTC+1|Berlin|Europe/Kiev|Europe/Kyiv
Europe/Berlin |Japan|Singapore|NZ|local|America/Argentina/Buenos_Aires|America/Buenos_Aires|Antarctica/Troll|Factory|posix/UTC
localtime||Asia/Beijing|CST|BST|AST|America/Los_Angles|Europe/Zurich|GB|ROC
""".strip().replace("\n", "|").split("|")

ANCHORS = [
    "2020-01-01T00:00:00Z",
    "2020-01-01T00:00:00+00:00",
    "2020-01-01T00:00:00",
    "2020-01-01 00:00:00",
    "2020-01-01",
    "2020-01-01T00:00",
    "2020-01-01T00:00Z",
    "2020-01-01T00:00:00.123456Z",
    "2020-01-01T00:00:00.123456789Z",
    "2020-01-01T00:00:00+02:00",
    "2020-01-01T00:00:00+0200",
    "2020-01-01T00:00:00+02",
    "2020-01-01t00:00:00z",
    "2020-02-30T00:00:00Z",
    "2020-13-01T00:00:00Z",
    "2020-01-01T24:00:00Z",
    "2020-01-01T23:60:00Z",
    "2020-01-01T23:59:60Z",
    "2020-1-1",
    "01/02/2020",
    "yesterday",
    "",
    "1577836800",
    "1577836800.5",
    "20200101",
    "20200101T000000Z",
    "2020-01-01T00:00:00 Europe/Berlin",
    "2020-01-01T00:00:00[Europe/Berlin]",
    "2020",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "0000-01-01T00:00:00Z",
    "2021-02-29",
    "2020-02-29",
    " 2020-01-01 ",
    "2020-01-01T00:00:00+25:00",
    "2020-01-01_00:00:00",
    "2020-01-01T00",
    "2020-01",
    "2020-W01",
    "2020-W01-1",
    "2020-001",
    "2020/01/01",
    "2020-01-01T00:00:00,5Z",
    "2020-01-01T00:00:00 +02:00",
    "2020-01-01T00:00:00 Z",
    "2020-01-01T00:00:00-05:30",
    "2020-01-01T00:00:00+24:00",
    "2020-01-01T00:00:00+23:59",
    "2020-01-01T",
    "2020-01-01T00:00:00Zulu",
    "-1",
    "now",
    "00:00",
    "P1D",
    "1e9",
    "99999999999999999999",
]

INTERVALS = [1, 60, 0.5, 3600, 86400, 0, -1, 0.0000001, 86399999999999, 86400000000000, 1e14, 1e20]

MAX_RUNS = [1, 50, 100, 101, 1000, 0, -1]

BERLIN = "Europe/Berlin"
NEW_YORK = "America/New_York"
WINTER, SUMMER = "2026-01-15T10:20:30Z", "2026-07-15T10:20:30Z"
# The night before clocks go forward and back, in Berlin and in New York.
FORWARD, BACK = "2026-03-28T22:00:00Z", "2026-10-24T22:00:00Z"
FORWARD_US, BACK_US = "2026-03-08T04:00:00Z", "2026-11-01T03:00:00Z"


def cron(text, zone=None, start=WINTER, day_or=True):
    return {"schedule": {"cron": text, "timezone": zone, "day_or": day_or}, "start": start}


def interval(seconds, anchor, zone=None, start=WINTER):
    return {"schedule": {"interval": seconds, "anchor_date": anchor, "timezone": zone}, "start": start}


def rrule(text, zone="UTC", start=WINTER):
    return {"schedule": {"rrule": text, "timezone": zone}, "start": start}


NEXT = [
    cron("0 5 * * *"),
    cron("0 5 * * *", BERLIN),
    cron("30 4 * * *", BERLIN, SUMMER),
    cron("*/5 * * * *", BERLIN),
    cron("0 5 * * *", BERLIN, "2026-01-15T04:00:00Z"),
    cron("0 5 * * *", BERLIN, "2026-01-15T04:00:00.001Z"),
    cron("30 2 * * *", BERLIN, FORWARD),
    cron("30 2 * * *", BERLIN, BACK),
    cron("0 3 * * *", BERLIN, FORWARD),
    cron("0 5 * * *", BERLIN, FORWARD),
    cron("0 5 * * *", BERLIN, BACK),
    cron("0 * * * *", BERLIN, "2026-10-25T00:15:00Z"),
    cron("*/20 * * * *", BERLIN, "2026-03-29T00:15:00Z"),
    cron("30 1 * * *", NEW_YORK, BACK_US),
    cron("30 2 * * *", NEW_YORK, FORWARD_US),
    cron("0 9 * * mon-fri", NEW_YORK, "2026-01-16T20:00:00Z"),
    cron("0 0 13 * 5"),
    cron("0 0 13 * 5", None, WINTER, False),
    cron("0 0 L * *", BERLIN),
    cron("0 12 L 2 *", "Asia/Kolkata"),
    cron("0 8 * * fri#2", BERLIN),
    cron("0 8 * * l5", BERLIN),
    cron("0 8 * * l1,l3"),
    cron("0 8 1 * fri#2"),
    cron("0 8 13 * fri#2", None, WINTER, False),
    cron("0 8 * * *,mon"),
    cron("0 0 29 2 *"),
    cron("0 0 1 1 * 30"),
    cron("15 6 * * * 0 2030"),
    cron("@weekly", "Pacific/Auckland"),
    cron("0 22-2 * * *", BERLIN),
    cron("0 0 * * fri-mon", BERLIN),
    cron("0 0 1,15 * ?", "America/Sao_Paulo"),
    interval(3600, "2020-01-01T00:00:00Z"),
    interval(3600, "2020-01-01T00:30:00Z", BERLIN, BACK),
    interval(86400, "2020-01-01T08:00:00Z", BERLIN, FORWARD),
    interval(86400, "2020-01-01T08:00:00Z", BERLIN, BACK),
    interval(86400, "2020-07-01T07:00:00Z", NEW_YORK, BACK_US),
    interval(86400, "2020-01-01T09:00:00+02:00", "UTC"),
    interval(604800, "2026-01-05T06:00:00Z", BERLIN, FORWARD),
    interval(90061, "2026-01-01T00:00:00Z", BERLIN, FORWARD),
    interval(0.5, "2026-01-01T00:00:00Z", "UTC", "2026-01-01T00:00:10.2Z"),
    interval(900, "2030-01-01T00:00:00Z", BERLIN),
    interval(300, "2020-01-01T00:00:00"),
    interval(86400, "2026-03-28T01:30:00Z", BERLIN, FORWARD),
    # A time of day that was skipped, or occurred twice, once or in the years between.
    interval(86400, "2020-01-01T01:30:00Z", BERLIN, FORWARD),
    interval(86400, "2020-01-01T01:30:00Z", BERLIN, SUMMER),
    interval(86400, "2026-01-01T01:30:00Z", BERLIN, SUMMER),
    interval(86400, "2026-01-01T01:30:00Z", BERLIN, WINTER),
    interval(604800, "2019-01-06T01:30:00Z", BERLIN, SUMMER),
    interval(864000, "2019-06-06T00:30:00Z", "Africa/Casablanca", SUMMER),
    interval(86400, "2026-06-01T00:30:00Z", BERLIN, "2026-10-23T22:00:00Z"),
    # Before the anchor, across a change.
    interval(86400, "2026-07-01T00:30:00Z", BERLIN, FORWARD),
    interval(86400, "2026-12-01T08:00:00Z", NEW_YORK, BACK_US),
    interval(604800, "2026-04-02T06:00:00Z", BERLIN, FORWARD),
    interval(90061, "2020-01-01T00:00:00Z", NEW_YORK, BACK_US),
    interval(129600, "2026-01-01T00:00:00Z", BERLIN, BACK),
    interval(3600, "2027-01-01T00:30:00Z", BERLIN, FORWARD),
    # Within and beside the hours of a change.
    cron("*/20 * * * *", BERLIN, "2026-03-29T00:55:00Z"),
    cron("*/20 * * * *", BERLIN, "2026-03-29T01:10:00Z"),
    cron("*/20 * * * *", BERLIN, "2026-10-25T00:15:00Z"),
    cron("*/20 * * * *", BERLIN, "2026-10-25T01:15:00Z"),
    cron("*/20 * * * *", BERLIN, "2026-10-25T01:59:59.5Z"),
    cron("45 2,3 * * *", BERLIN, "2026-03-29T01:50:00Z"),
    cron("45 2,3 * * *", BERLIN, "2026-03-29T01:10:00Z"),
    cron("30 2 * * *", BERLIN, "2026-10-25T01:15:00Z"),
    cron("30 2 * * *", BERLIN, "2026-10-25T00:45:00Z"),
    cron("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00Z"),
    cron("0 0 * * *", "America/Havana", "2026-03-07T12:00:00Z"),
    cron("0 0 29 3 *", BERLIN, FORWARD),
    cron("0 2 29 3 sun", BERLIN, FORWARD, False),
    cron("*/10 2 * * * */30", BERLIN, "2026-03-29T00:59:00Z"),
    rrule("FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0", BERLIN),
    rrule("DTSTART:20200101T090000\nRRULE:FREQ=DAILY", BERLIN, FORWARD),
    rrule("DTSTART:20200101T090000\nRRULE:FREQ=DAILY", BERLIN, BACK),
    rrule("DTSTART:20200101T023000\nRRULE:FREQ=DAILY", BERLIN, FORWARD),
    rrule("DTSTART:20200101T023000\nRRULE:FREQ=DAILY", BERLIN, BACK),
    rrule("FREQ=WEEKLY;BYDAY=MO,WE,FR", NEW_YORK),
    rrule("FREQ=MONTHLY;BYDAY=-1FR", "UTC"),
    rrule("FREQ=HOURLY;INTERVAL=6", BERLIN),
    rrule("DTSTART:20260101T000000\nRRULE:FREQ=DAILY;COUNT=3", "UTC"),
    rrule("DTSTART:20260101T000000\nRRULE:FREQ=DAILY;UNTIL=20260116T000000", "UTC"),
    rrule("DTSTART:20260101T000000\nRRULE:FREQ=DAILY\nEXDATE:20260116T000000", "UTC"),
    rrule("DTSTART:20240101T090000Z\nRRULE:FREQ=DAILY", BERLIN),
    rrule("DTSTART;TZID=America/New_York:20240101T090000\nRRULE:FREQ=DAILY", BERLIN),
    rrule("FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=1", BERLIN),
]


def takes(schedule, **fields):
    """Whether the model of a create takes a schedule; anything that is raised is an error of the server."""
    try:
        DeploymentScheduleCreate.model_validate({"schedule": schedule, **fields})
        return True
    except Exception:
        return False


def next_of(case):
    from prefect.server.schemas.schedules import CronSchedule, IntervalSchedule, RRuleSchedule

    fields = case["schedule"]
    model = CronSchedule if "cron" in fields else IntervalSchedule if "interval" in fields else RRuleSchedule
    start = datetime.fromisoformat(case["start"].replace("Z", "+00:00"))
    try:
        dates = asyncio.run(model.model_validate(fields).get_dates(n=3, start=start))
        return [date.astimezone(timezone.utc).isoformat().replace("+00:00", "Z") for date in dates]
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def main():
    expressions = CRON.strip("\n").replace("\n", "|").split("|")
    cases = {
        "cron": {text: takes({"cron": text}) for text in expressions},
        "rrule": {text: takes({"rrule": text}) for text in RRULES},
        "timezone": {zone: takes({"cron": "0 5 * * *", "timezone": zone}) for zone in TIMEZONES},
        "timezone of a rule": {zone: takes({"rrule": "FREQ=DAILY", "timezone": zone}) for zone in TIMEZONES},
        "anchor_date": {text: takes({"interval": 3600, "anchor_date": text}) for text in ANCHORS},
        "interval": {json.dumps(seconds): takes({"interval": seconds}) for seconds in INTERVALS},
        "max_scheduled_runs": {
            json.dumps(runs): takes({"cron": "0 5 * * *"}, max_scheduled_runs=runs) for runs in MAX_RUNS
        },
    }
    from zoneinfo import available_timezones

    next_dates = [{**case, "next": next_of(case)} for case in NEXT]
    json.dump({"cases": cases, "next": next_dates, "zones": sorted(available_timezones())}, sys.stdout)


main()
