"""What passes for an email address and for a phone number."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tinyagent_cli.errors import ToolError

_PHONE = re.compile(r"\+?[\d\s().\-/\u2010-\u2015]+")
_FEWEST_DIGITS, _MOST_DIGITS = 3, 15


def email_address(text: str) -> str:
    """The bare address in `sid@acme.com` or `Sid Carter <sid@acme.com>`.

    International domains come back in their ASCII form. Raises ToolError on anything else, such as a name.
    """
    from email.errors import HeaderParseError
    from email.headerregistry import Address
    from email.utils import parseaddr

    bare = parseaddr(text)[1] if text.isprintable() else ""
    local, _, domain = bare.rpartition("@")
    try:
        address = Address(addr_spec=f"{local}@{_ascii(domain)}")
    except (HeaderParseError, IndexError, ValueError) as error:
        raise _not_an_address(text) from error
    if not local.isascii() or not address.username or not re.fullmatch(r"[\w-]+(\.[\w-]+)*", address.domain):
        raise _not_an_address(text)
    return address.addr_spec


def email_addresses(texts: Iterable[str]) -> tuple[str, ...]:
    """Addresses, each once; ToolError names the one that is none."""
    unique = {address.casefold(): address for address in map(email_address, texts)}
    return tuple(unique.values())


def phone_number(text: str) -> str:
    """A number with only its digits and a leading plus. Raises ToolError on anything that is not one."""
    digits = re.sub(r"\D", "", text)
    if not _PHONE.fullmatch(text.strip()) or not digits.isascii() or not _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS:
        raise ToolError(f'"{text}" is not a phone number', hint="give a number, or the name of a contact who has one")
    return f"+{digits}" if text.strip().startswith("+") else digits


def phone_numbers(texts: Iterable[str]) -> tuple[str, ...]:
    """Numbers, each once; ToolError names the one that is none."""
    return tuple(dict.fromkeys(map(phone_number, texts)))


def _ascii(domain: str) -> str:
    return domain if domain.isascii() else domain.encode("idna").decode()


def _not_an_address(text: str) -> ToolError:
    shown = " ".join(text.split())
    return ToolError(f'"{shown}" is not an email address', hint="give an address, or the name of a contact who has one")
