"""Invented people. A number always stands for the same person."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

# Plain letters only: the key by which the patient service compares names is then the name in lower case.
_FIRST = """
Ada Alma Amir Anna Anton Aylin Ben Bianca Carl Clara Dalia Daniel David Elena Elias Emil Emma Erik Eva Farid Felix
Fiona Frida Greta Hana Hugo Ida Igor Ines Ivan Jana Jonas Julia Kai Karim Katja Klara Lara Lea Leo Lena Lina Lukas
Mara Marco Maria Marta Max Mila Mina Mona Nadia Nils Nina Noah Nora Olga Omar Oskar Paul Paula Petra Rosa Ruben Samir
Sara Selma Simon Sofia Stefan Tara Theo Tim Tom Vera Viktor Yara Yusuf Zara
""".split()
_LAST = """
Abel Adler Albers Arndt Bach Bauer Becker Berger Brandt Braun Busch Castro Conrad Costa Demir Diaz Ebert Eriksen Evans
Fischer Fontana Frank Fuchs Garcia Graf Gruber Haas Hansen Hartmann Heinz Hoffmann Horvat Huber Ivanov Jansen Jensen
Kaiser Kaya Keller Klein Koch Kowalski Kraft Krause Lang Larsen Lehmann Lorenz Maier Marino Martin Meyer Moreau Moser
Nagel Neumann Nguyen Novak Olsen Otto Patel Peters Petrov Pohl Richter Ricci Roth Russo Santos Sauer Schmidt Schuster
Seidel Silva Simon Sommer Stein Sturm Thomas Urban Vogel Wagner Walter Weber Weiss Winter Wolf Yilmaz Zimmer
""".split()
_STREETS = ["Birkenweg", "Gartenstrasse", "Hafenstrasse", "Kirchplatz", "Lindenallee", "Marktstrasse", "Seestrasse"]
_TOWNS = [("10115", "Berlin"), ("20095", "Hamburg"), ("50667", "Koeln"), ("60311", "Frankfurt"), ("80331", "Muenchen")]
_OLDEST = date(1932, 1, 1)
_BIRTHDAYS = (date(2023, 12, 31) - _OLDEST).days
_FIRST_REGISTRATION = datetime(2021, 1, 4, 8, tzinfo=UTC)
_BETWEEN_REGISTRATIONS = timedelta(minutes=21)
"""A hundred thousand registrations take four years."""


@dataclass(frozen=True)
class Person:
    """An invented person."""

    number: int
    name: str
    email: str
    dob: date
    phone: str
    address: str

    def as_request(self) -> dict[str, str]:
        """Returns the body of `POST /api/patients`."""
        return {
            "name": self.name,
            "email": self.email,
            "dob": self.dob.isoformat(),
            "phone": self.phone,
            "address": self.address,
        }


def person(number: int) -> Person:
    """Returns the person of that number. No two have the same e-mail address."""
    chance = random.Random(number)
    first, last = chance.choice(_FIRST), chance.choice(_LAST)
    code, town = chance.choice(_TOWNS)
    return Person(
        number=number,
        name=f"{first} {last}",
        email=f"{first}.{last}.{number}@patients.example".lower(),
        dob=_OLDEST + timedelta(days=chance.randrange(_BIRTHDAYS)),
        phone=f"+4930{chance.randrange(1_000_000, 10_000_000)}",
        address=f"{chance.choice(_STREETS)} {chance.randrange(1, 120)}, {code} {town}",
    )


def registered_at(number: int) -> datetime:
    """Returns the time at which an imported record was registered."""
    return _FIRST_REGISTRATION + number * _BETWEEN_REGISTRATIONS


def identifier(number: int, kind: int) -> UUID:
    """Returns a UUID version 7 (RFC 9562, section 5.7), always the same for a number and a kind of record."""
    milliseconds = int(registered_at(number).timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | kind << 64 | 0b10 << 62 | number)
