"""The words of times in English: what each one stands for, and the spellings it is met in."""

from __future__ import annotations

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
WEEKDAY_NUMBERS = {name: index for index, name in enumerate(WEEKDAYS)}
MONTH_NUMBERS = {name: index for index, name in enumerate(MONTHS, 1)}

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
SMALL_NUMBERS = {word: value for value, word in enumerate(_SMALL.split())}
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
TENS = {word: value * 10 for value, word in enumerate(_TENS.split(), 2)} | {"fourty": 40}

_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
ORDINALS = {word: value for value, word in enumerate(_ORDINALS.split(), 1)} | {"thirtieth": 30, "nineth": 9}

UNITS = ("second", "minute", "hour", "day", "week", "fortnight", "month", "year")

PART_HOURS = {
    "morning": (9, 12),
    "afternoon": (15, 18),
    "evening": (19, 24),
    "night": (20, 24),
    "breakfast": (8, 11),
    "lunch": (12, 15),
    "dinner": (19, 22),
}
"""Parts of a day: the hour that stands for one without a time, and the hour at which it is over."""

NAMED_TIMES = {
    "noon": 12,
    "midday": 12,
    "midnight": 24,
    "eod": 17,
    "cob": 17,
}
"""Times with a name. `midnight` is the end of the day it is said of."""

END_OF_DAY = 17
"""The hour at which a working day ends ("end of day", "close of business")."""

FIXED_HOLIDAYS = {
    "new year day": (1, 1),
    "new year": (1, 1),
    "new year eve": (31, 12),
    "valentines day": (14, 2),
    "valentines": (14, 2),
    "valentine day": (14, 2),
    "st patricks day": (17, 3),
    "saint patricks day": (17, 3),
    "april fools day": (1, 4),
    "april fools": (1, 4),
    "may day": (1, 5),
    "independence day": (4, 7),
    "halloween": (31, 10),
    "veterans day": (11, 11),
    "christmas eve": (24, 12),
    "christmas day": (25, 12),
    "christmas": (25, 12),
    "xmas eve": (24, 12),
    "xmas day": (25, 12),
    "xmas": (25, 12),
    "boxing day": (26, 12),
}
"""Holidays with a fixed date, as (day, month); a plural is written without its s, as tokens are."""

EASTER_HOLIDAYS = {"good friday": -2, "easter sunday": 0, "easter monday": 1, "easter": 0}
"""Holidays counted in days from Easter Sunday."""

MOVING_HOLIDAYS = {
    "thanksgiving day": (4, 3, 11),
    "thanksgiving": (4, 3, 11),
    "labor day": (1, 0, 9),
    "labour day": (1, 0, 9),
}
"""Holidays on the n-th weekday of a month, as (n, weekday, month)."""

CONNECTORS = frozenset({"-", "to", "until", "till", "til", "through", "thru"})
"""Words between the start and the end of a range."""

_FILLERS = (
    "a about actually after again an and any appointment approximately approx around at before between by call coming "
    "day due each early earliest event every exactly for from going i in is ish it its just late later latest local "
    "make max mean meeting my no not of oh ok okay on onwards or our please precisely rather right roughly say "
    "session sharp so some something sometime sorry start starting starts than that the then there this time to um "
    "uh upcoming wait well will with within"
)
FILLERS = frozenset(_FILLERS.split())
"""Words that may stand around a time and add nothing to it."""

ZONES = {
    **dict.fromkeys(("utc", "gmt", "zulu"), "UTC"),
    **dict.fromkeys(("est", "edt", "et", "eastern"), "America/New_York"),
    **dict.fromkeys(("cst", "cdt", "ct", "central"), "America/Chicago"),
    **dict.fromkeys(("mst", "mdt", "mt", "mountain"), "America/Denver"),
    **dict.fromkeys(("pst", "pdt", "pt", "pacific"), "America/Los_Angeles"),
    **dict.fromkeys(("cet", "cest"), "Europe/Paris"),
    "bst": "Europe/London",
    "ist": "Asia/Kolkata",
    "jst": "Asia/Tokyo",
    "aest": "Australia/Sydney",
}
"""Names of zones after a time ("3pm EST"), with the zone whose clocks they mean."""

SPELLINGS = {
    "mon": "monday",
    "tue": "tuesday",
    "tues": "tuesday",
    "wed": "wednesday",
    "weds": "wednesday",
    "wensday": "wednesday",
    "wendsday": "wednesday",
    "wednsday": "wednesday",
    "thu": "thursday",
    "thur": "thursday",
    "thurs": "thursday",
    "fri": "friday",
    "sat": "saturday",
    "sun": "sunday",
    "jan": "january",
    "feb": "february",
    "mar": "march",
    "apr": "april",
    "jun": "june",
    "jul": "july",
    "aug": "august",
    "sep": "september",
    "sept": "september",
    "oct": "october",
    "nov": "november",
    "dec": "december",
    "tmrw": "tomorrow",
    "tmr": "tomorrow",
    "tmw": "tomorrow",
    "tomo": "tomorrow",
    "tomrw": "tomorrow",
    "tomoz": "tomorrow",
    "tommorow": "tomorrow",
    "morrow": "tomorrow",
    "2moro": "tomorrow",
    "2morro": "tomorrow",
    "2morrow": "tomorrow",
    "2mrw": "tomorrow",
    "2day": "today",
    "tonite": "tonight",
    "2nite": "tonight",
    "2night": "tonight",
    "nite": "night",
    "arvo": "afternoon",
    "morn": "morning",
    "evenin": "evening",
    "marhc": "march",
    "mrach": "march",
    "juen": "june",
    "jully": "july",
    "sec": "second",
    "min": "minute",
    "m": "minute",
    "hr": "hour",
    "h": "hour",
    "d": "day",
    "wk": "week",
    "yr": "year",
    "mth": "month",
    "nxt": "next",
    "w": "with",
    "n": "and",
    "lunchtime": "lunch",
    "dinnertime": "dinner",
    "hundreds": "hundred",
    "asap": "now",
    "immediately": "now",
}
"""Short forms and common misspellings, each with the word it stands for."""

CORRECTED = (
    *WEEKDAYS,
    *(month for month in MONTHS if len(month) > 5),
    "april",
    "tomorrow",
    "tonight",
    "yesterday",
    "morning",
    "afternoon",
    "evening",
    "midnight",
    "minute",
    "quarter",
    "weekend",
    "fortnight",
    "oclock",
)
"""Words that are recognised with one letter wrong, missing, added or swapped; short ones are too easily mistaken."""
