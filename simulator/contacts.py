"""Contact data: mail addresses, phone numbers and the many ways they are written."""

import unicodedata

import numpy as np

from simulator.streams import pick

# country: (country code, trunk prefix, mobile prefixes, digits that follow)
PHONE_PLANS: dict[str, tuple[str, str, tuple[str, ...], int]] = {
    "US": ("1", "", ("212", "305", "415", "617", "312", "206", "512"), 7),
    "GB": ("44", "0", ("7400", "7700", "7800", "7911", "7521", "7951"), 6),
    "DE": ("49", "0", ("151", "152", "157", "159"), 8),
    "AT": ("43", "0", ("664", "676", "699"), 7),
    "CH": ("41", "0", ("76", "78", "79"), 7),
    "FR": ("33", "0", ("61", "62", "66", "67"), 7),
    "ES": ("34", "", ("61", "62", "65", "66"), 7),
    "IT": ("39", "", ("320", "333", "347", "349"), 7),
    "CN": ("86", "", ("138", "139", "136", "150", "186"), 8),
}
# reserved names only (RFC 2606): nobody's real address is ever made
MAIL_DOMAINS = ("example.com", "example.org", "example.net", "mail.example", "post.example", "inbox.example")
PLACEHOLDER_EMAILS = ("noemail@noemail.com", "none@none.com", "x@x.com", "noemail@hotel.example", "na@na.com")
PLACEHOLDER_PHONES = ("0000000000", "123456789", "9999999999", "+49 000 000000")
_FOLD = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "ü": "ue", "ö": "oe", "ä": "ae", "Ü": "Ue", "Ö": "Oe", "Ä": "Ae"})


def strip_accents(text: str) -> str:
    """ASCII letters by dropping marks: Müller -> Muller."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return "".join(char for char in plain if not unicodedata.combining(char))


def spell_out(text: str) -> str:
    """ASCII letters by spelling umlauts out: Müller -> Mueller."""
    return text if text.isascii() else strip_accents(text.translate(_FOLD))


def draw_phones(rng: np.random.Generator, countries: np.ndarray) -> np.ndarray:
    """E.164 mobile numbers of the given countries, unique in the result."""
    subscriber = rng.integers(0, 10**9, len(countries))
    which = rng.random(len(countries))
    seen: set[str] = set()
    phones = []
    for country, number, share in zip(countries.tolist(), subscriber.tolist(), which.tolist(), strict=True):
        code, _, prefixes, digits = PHONE_PLANS[country]
        prefix = prefixes[int(share * len(prefixes))]
        # 2-9 first: North American exchanges never start with 0 or 1
        tail = f"{2 + number % 8}{number // 8:09d}"[:digits]
        phone = f"+{code}{prefix}{tail}"
        while phone in seen:
            tail = str(2 * 10 ** (digits - 1) + (int(tail) - 2 * 10 ** (digits - 1) + 1) % (8 * 10 ** (digits - 1)))
            phone = f"+{code}{prefix}{tail}"
        seen.add(phone)
        phones.append(phone)
    return np.array(phones, dtype=object)


def write_phone(phone: str, country: str, style: int) -> str:
    """One of six ways to write an E.164 number; national ways need the country as a hint."""
    code, trunk, _, _ = PHONE_PLANS[country]
    if not phone.startswith("+" + code):
        return phone
    national = phone[len(code) + 1 :]
    if style == 1:
        return f"+{code} {national[:3]} {national[3:6]} {national[6:]}"
    if style == 2:
        return f"00{code}{national}"
    if style == 3:
        return f"{trunk}{national[:3]} {national[3:]}"
    if style == 4:
        return (
            f"+{code} ({trunk}){national[:3]}-{national[3:]}" if trunk else f"+{code} ({national[:3]}) {national[3:]}"
        )
    if style == 5:
        return f"{trunk}{national[:3]}-{national[3:6]}-{national[6:]}"
    return phone


def draw_emails(
    rng: np.random.Generator, first: np.ndarray, last: np.ndarray, birth_year: np.ndarray, taken: set[str]
) -> np.ndarray:
    """Mail addresses made from names; a number is added until the address is new. Extends `taken`."""
    size = len(first)
    style = rng.integers(0, 6, size).tolist()
    domain = pick(rng, MAIL_DOMAINS, (5, 4, 3, 3, 2, 2), size).tolist()
    suffix = rng.integers(2, 99, size).tolist()
    emails = []
    rows = zip(first.tolist(), last.tolist(), birth_year.tolist(), style, domain, suffix, strict=True)
    for given, family, year, kind, host, number in rows:
        given, family = (spell_out(part).lower().replace(" ", "").replace("'", "") for part in (given, family))
        local = (
            f"{given}.{family}",
            f"{given[:1]}.{family}",
            f"{given}{family}",
            f"{given}_{family}",
            f"{given}.{family}{year % 100:02d}",
            f"{family}.{given}",
        )[kind]
        email, count = f"{local}@{host}", number
        while email in taken:
            email, count = f"{local}{count}@{host}", count + 1
        taken.add(email)
        emails.append(email)
    return np.array(emails, dtype=object)


def misspell(text: str | None, rng: np.random.Generator) -> str | None:
    """One slip of the keyboard: a letter doubled, dropped, swapped with its neighbour or replaced."""
    if not text or len(text) < 4:
        return text
    at = int(rng.integers(1, len(text) - 1))
    kind = int(rng.integers(0, 4))
    if kind == 0:
        return text[:at] + text[at] + text[at:]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    if kind == 2:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + "aeiounrst"[int(rng.integers(0, 9))] + text[at + 1 :]
