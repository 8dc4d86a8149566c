"""Who asks, where, and how it sounds: what is drawn for each seed that a model writes, lest all sound the same."""

from __future__ import annotations

from random import Random

PEOPLE = (
    "a night nurse", "a secondary school teacher", "a long-haul driver", "a wedding florist", "a retired engineer",
    "a parish priest", "a student in her first flat", "a father of twins", "a restaurant cook", "an estate agent",
    "a marine biologist", "a court clerk", "a bike courier", "a choir leader", "a dairy farmer", "a midwife",
    "an electrician", "a grandmother who learned computers late", "a boy of fourteen", "a sales manager",
    "a stage technician", "a veterinary assistant", "a journalist on deadline", "a tailor", "a hotel receptionist",
    "a PhD student", "a football coach", "a museum guard", "a carer for an ill parent", "a founder of a small firm",
    "an office manager", "a ship's cook", "a translator", "a librarian", "a wildlife ranger", "a dentist",
    "a union organiser", "a potter with a market stall", "a police officer", "a songwriter", "a pharmacist",
    "a landlady", "a data analyst", "a beekeeper", "a scout leader", "a personal assistant", "a taxi driver",
)  # fmt: skip

PLACES = (
    "Lagos", "Manila", "Glasgow", "Kerala", "Ohio", "Cape Town", "Singapore", "Dublin", "Nairobi", "Toronto",
    "Warsaw", "Mexico City", "Istanbul", "Accra", "Karachi", "Osaka", "Marseille", "rural Queensland", "Jakarta",
    "Athens", "Kyiv", "Recife", "Hanoi", "the Hebrides", "Texas", "Bavaria", "Lima", "Tel Aviv", "Cairo", "Kingston",
    "Bergen", "Seoul", "Addis Ababa", "Naples", "Auckland", "Dhaka", "Zagreb", "New Orleans", "Riyadh", "Winnipeg",
)  # fmt: skip

STYLES = (
    "terse, a few words",
    "plain and polite",
    "typed with one thumb: no capitals, no punctuation",
    "typed in a hurry, with two or three typing errors",
    "a transcript of speech: no punctuation, fillers such as um and so",
    "dictated in one long breath, clauses joined by and",
    "the background story first, then what is wanted",
    "rambling, with an aside that is no request",
    "corrects itself in mid-sentence, and the last word counts",
    "says what should not be done, too",
    "formal and wordy, of another generation",
    "English as a second language, small mistakes",
    "a dialect of the place, lightly",
    "chat style: abbreviations such as pls, tmrw, u",
    "bullet points or a numbered list",
    "a question rather than an order",
    "quotes titles and texts word for word",
    "telegram style, no articles",
    "warm and chatty, with nicknames",
    "annoyed, in a bad mood",
    "words of the tools' descriptions in another sense, as names or titles",
    "the most important thing last",
)

ERRANDS = (
    "something close to what a tool does, which it cannot do all the same",
    "to undo, change, move or delete what was made before",
    "to look something up that no tool can read",
    "advice or an opinion",
    "something to be done by hand, out in the world",
    "a thing of another app: music, weather, payments, shopping, lights",
    "an order in another domain that uses the tools' own words",
)
"""What people want that no tool does, alone or beside things that can be done."""

REFUSALS = (
    *ERRANDS,
    "small talk, or something said to nobody in particular",
    "a question of general knowledge",
    "a remark that mentions a tool's subject without asking for anything",
    "a request taken back before it ends, so that nothing is left to do",
    "a question about the assistant itself",
    "something that needs facts which neither the request nor any tool gives",
)
"""Requests that no tool serves."""


def voice(rng: Random) -> str:
    """A person, a place and a manner of speaking."""
    return f"{rng.choice(PEOPLE)}, {rng.choice(PLACES)}; {rng.choice(STYLES)}"
