"""Customers: persons and organisations with addresses, telephone numbers and numbers that belong to nobody."""

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from sandbox.seeding import identity
from sandbox.seeding.draw import Draw
from sandbox.seeding.money import Json
from sandbox.seeding.names import COMPANIES, FAMILY, GIVEN, MAIL_HOSTS
from sandbox.seeding.places import COUNTRIES

FIRST_BIRTHDAY, BIRTHDAYS = date(1941, 1, 1), 365 * 66
LETTERS = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "ı": "i", "đ": "d", "ł": "l"})


@dataclass(slots=True)
class Person:
    """Somebody who shops; an organisation's contact when `company` is set."""

    country: str
    given: str
    family: str
    email: str
    phone: str
    born: date
    address: Json
    company: Json


def person(draw: Draw, country: str) -> Person:
    """A customer who lives in the country; one in eight buys for an organisation."""
    given, family = given_name(draw, country), family_name(draw, country)
    company = organisation(draw, country, family) if draw.chance(0.12) else {}
    return Person(
        country=country,
        given=given,
        family=family,
        email=email(draw, given, family, company.get("organizationName", "")),
        phone=phone(draw, country),
        born=FIRST_BIRTHDAY + timedelta(days=draw.randrange(BIRTHDAYS)),
        address=street_address(draw, country),
        company=company,
    )


def given_name(draw: Draw, country: str) -> str:
    """A given name, now and then two."""
    name, second = draw.pick(GIVEN[country]), draw.pick(GIVEN[country])
    return f"{name} {second}" if draw.chance(0.05) and name != second else name


def family_name(draw: Draw, country: str) -> str:
    """A family name, now and then two with a hyphen."""
    name, second = draw.pick(FAMILY[country]), draw.pick(FAMILY[country])
    return f"{name}-{second}" if draw.chance(0.06) and " " not in name and name != second else name


def organisation(draw: Draw, country: str, founder: str) -> Json:
    """An organisation's part of an address: name, number and the buyer's reference."""
    found: Json = {
        "organizationName": draw.pick(COMPANIES[country]).format(founder),
        "organizationIdentificationNumber": identity.COMPANY[country](draw),
    }
    if draw.chance(0.6):
        found["reference"] = draw.pick(("Ref {}", "PO-{}", "KST {}", "Projekt {}")).format(draw.randrange(1000, 9999))
    return found


def plain(name: str) -> str:
    """The name as it may stand in an e-mail address: small letters of ASCII and dots."""
    ascii_only = unicodedata.normalize("NFKD", name.lower().translate(LETTERS)).encode("ascii", "ignore").decode()
    return ".".join("".join(letter if letter.isalnum() else " " for letter in ascii_only).split())


def email(draw: Draw, given: str, family: str, company: str) -> str:
    """An address under `.example`, which no one can own (RFC 2606)."""
    if company and draw.chance(0.7):
        host = plain(company).replace(".", "-")[:40].strip("-")
        return f"{plain(given)}@{host}.example"
    suffix = str(draw.randrange(1, 99)) if draw.chance(0.5) else ""
    return f"{plain(given)}.{plain(family)}{suffix}@{draw.pick(MAIL_HOSTS)}"


def phone(draw: Draw, country: str) -> str:
    """A telephone number that reaches nobody, in national or international form, as people type them."""
    code, trunk, start, digits = draw.pick(COUNTRIES[country].phones)
    number = start + f"{_subscriber(draw, start, digits):0{digits}}"
    form = draw.weighted({"international": 5, "national": 3, "spaced": 2})
    if form == "international":
        return f"+{code}{number}"
    if form == "national":
        return f"{trunk}{number}"
    return f"+{code} {number[:2]} {number[2:5]} {number[5:]}"


def _subscriber(draw: Draw, start: str, digits: int) -> int:
    """The varying digits. Sweden's numbers for fiction end in 605-699, 600-699 and 00-99 behind their starts."""
    first, last = {"701740": (605, 699), "313900": (600, 699)}.get(start, (0, 10**digits - 1))
    return draw.randrange(first, last + 1)


def street_address(draw: Draw, country: str) -> Json:
    """Street, town and country, as an Address of the API holds them."""
    place = COUNTRIES[country]
    postal_code, city = draw.pick(place.towns)
    number = f"{1 + draw.randrange(99)}{draw.pick(('', '', '', '', ' A', ' B', 'c'))}"
    found: Json = {"streetAddress": f"{draw.pick(place.streets)} {number}"}
    if place.flat and draw.chance(0.3):
        found["streetAddress2"] = place.flat.format(
            draw.pick((1, 2, 3, 4)) if country == "DK" else 1001 + draw.randrange(500)
        )
    return {**found, "postalCode": postal_code, "city": city, "country": country}


def billing_address(draw: Draw, who: Person) -> Json:
    """The address that pays. Persons give their national number where shops ask for one, mostly."""
    found = _address(who)
    if not who.company and who.country in identity.PERSONAL and draw.chance(0.7):
        found["nationalIdentificationNumber"] = identity.PERSONAL[who.country](draw, who.born)
    return found


def shipping_address(draw: Draw, who: Person, country: str) -> Json:
    """Where the goods go: mostly the same, sometimes to another address, care of somebody, or to somebody else."""
    where = draw.weighted({"same": 80, "elsewhere": 8, "care of": 5, "somebody else": 7})
    if where == "same":
        return _address(who)
    if where == "care of":
        host = f"{draw.pick(GIVEN[country])} {family_name(draw, country)}"
        return {**_address(who), "careOf": host, **street_address(draw, country)}
    if where == "elsewhere":
        return {**_address(who), **street_address(draw, country)}
    return _address(person(draw, country))


def _address(who: Person) -> Json:
    return {
        "type": "organization" if who.company else "person",
        "givenName": who.given,
        "familyName": who.family,
        **who.company,
        **who.address,
        "phone": who.phone,
        "email": who.email,
    }
