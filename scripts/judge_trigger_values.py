"""
Prints what one version of Prefect makes of the values of triggers, as JSON: the seconds of a time that is written as text,
the integer of a number that is written in another way, or null if it refuses the value. scripts/judge.ts runs it with
every version and writes test/fixtures/trigger-values.
"""

import json
import warnings

warnings.simplefilter("ignore")

from prefect.server.events.schemas.automations import CompoundTrigger, EventTrigger  # noqa: E402

TEXTS = r"""
PT10S|PT1M|PT1H|PT0S|P1D|P1W|P1M|P1Y|P1Y2M|P1DT2H3M4S|PT1H30M|PT90M|PT1.5S|PT0.5S|PT.5S|PT1,5S|PT1.5M|PT1.5H|P1.5D|P1.5W|P0.5Y|P0.5M
P|PT|P1|PT1|P1DT|PT10|PT10s|pt10s|p1d|Pt10S|PT10S |  PT10S| PT10S|PT 10S|P T10S|PT10S\n|PT1S1S|PT1S1M|PT1M1H|PT1H1M1S|P1D1Y|P1W1D|P1D2W|P1DT1D|P1H|PT1D|PT1W|PT1Y
+PT10S|-PT10S|-P1D|--PT10S|PT-10S|P-1D|PT+10S|-PT-10S|PT10.S|PT10.0S|PT10.123456S|PT10.1234567S|PT10.1234564S|PT10.1234565S|PT10.123456789S|PT10.1234567891S|PT0.0000001S|PT0.0000009S
PT999999999999S|P999999999D|P1000000000D|P999999999DT24H|P99999999999D|PT86399999999999S|PT86400000000000S|PT1e3S|PT0x1S|P١D
10|0|-10|10.5|10s|10 s|10 seconds|1m|1h|1 h|1d|ten||  |1e3|1_000|+10|.5|5.|0x10|NaN|inf|Infinity|null|true|1,5
00:00:10|0:0:10|00:01|01:00:00|1:00:00|24:00:00|23:59:59|25:00:00|100:00:00|00:60:00|00:00:60|00:00:10.5|00:00:10.123456|00:00:10.1234567|00:00:10,5|00:10|0:10|-00:00:10|+00:00:10|-01:00|:10|00:00:|00:00:10Z|00:00:10+01:00|00:00:00
1 day|1 days|2 days|2 day|1 DAY|1 Days|1d|1D|1 d|1 D|1 day, 00:00:10|1 days, 00:00:10|1 day 00:00:10|1 days,00:00:10|1d 00:00:10|1d,00:00:10|1d00:00:10|1 d 00:00:10|-1 day|-1 day, 00:00:10|+1 day|1 day 10|1 day 00:10|1 day, 1:00:00|1 day,|1 day |1.5 days|1day|1days|1 day, -00:00:10|999999999 days|1000000000 days|999999999 days, 23:59:59|0 days|1 dayss|1 week|1 month|1 hour|1 day,  00:00:10|1 day  00:00:10|1  day
PT4294967295S|PT4294967296S|PT71582788M|PT71582789M|PT1193046H|PT1193047H|P999999998DT24H|P999999999DT23H59M59S|P142857142W|P2739726Y|P1Y999999999D|P4294967295D|P1DT4294967295S|PT4294967295S1S|P999999998DT4294967295S|-P999999999DT1S
P1.5DT1.5H|P0,5W|P1.1234567D|P1.12345678901D|P0.1M|PT0.0000005S|PT0.0000004S|PT1.0000005M|P1Y1.5M|P1.Y|PT1.12345678901234567890S|P1.5D1W|PT1.5H1M|P1.5DT|P1.5DT1H|P1DT1.5H|P1.DT1S|P1.9999999999D|PT1.9999999999S|P1D T1H|P00000000000000001D|P1d|P1W2W|PT0.9999999S
1:00|10:00|100:00|1:00:0|01:0:00|1:00:00.5|999999999:00:00|24000000000:00:00|1193047:00:00|00:00:10.|000:10|123:45|00:00:00.1234567891|00:99:00|+1:00|-1:00|24:00|+00:10
1day,|1 day,00:10|1 day, 00|1 day,, 00:10|1 day -00:10|1 day, 100:00:00|1 day, 24:00:00|1 day, 23:00:00|1 dAyS|1 day, 1:00|d| 1 day|1 day  |1 day, |1d |1d,|- 1 day|1 d,00:00:10.5|01 day|1_0 days|1 day,\n|1 day,\t00:00:10|-999999999 days|-1000000000 days|999999999 days, 23:59:59.999999
"""


# In JSON, in which a float has a point.
INTEGERS = """
5|0|-5|5.0|5.5|-0.0|1e3|true|false|null|[5]|{}|"5"|"0"|"-5"|"+5"|"05"|"5.0"|"5."|"5.00"|"5.5"|".5"|"-0"|"1_000"|"1__000"|"_1"|"1_"|"1_000.0"
" 5"|"5 "|"\\t5\\n"|" 5.0 "|"5 0"|""|" "|"x"|"1e3"|"0x5"|"0b1"|"\u0665"|"5,0"|"--5"|"+ 5"|"NaN"|"Infinity"|"true"|"9007199254740993"|"123456789012345678901234567890"|9007199254740993|"any"|"all"|"ANY"|"00"|"-00.0"|"+5.0"
""".replace("\\\\", "\\")
TRIGGERS = [{"type": "event", "posture": "Reactive"}] * 9


def result(make):
    try:
        return make()
    except Exception:
        return None


def seconds(text):
    return CompoundTrigger(require="any", triggers=TRIGGERS, within=text).within.total_seconds()


def pieces(text):
    return [piece for line in text.strip("\n").split("\n") for piece in line.split("|")]


texts = [text.replace("\\n", "\n").replace("\\t", "\t") for text in pieces(TEXTS)]
integers = pieces(INTEGERS)
verdicts = {
    "seconds": {text: result(lambda: seconds(text)) for text in texts},
    "threshold": {
        text: result(lambda: EventTrigger(posture="Reactive", threshold=json.loads(text)).threshold) for text in integers
    },
    "require": {
        text: result(lambda: CompoundTrigger(require=json.loads(text), triggers=TRIGGERS, within=None).require)
        for text in integers
    },
}
print(json.dumps(verdicts))
