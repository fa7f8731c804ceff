"""The shops' channels, and the countries their customers live in: towns, streets, telephone numbers, carriers."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel of a merchant: where its customers live, what they pay in and with."""

    merchant: str
    name: str
    country: str
    currency: str
    culture: str
    share: float
    unit: str
    adapters: Mapping[str, float]
    abroad: Mapping[str, float] = field(default_factory=dict)


CHANNELS = (
    Channel(
        "norce", "se", "SE", "SEK", "sv-SE", 0.34, "st",
        {"klarna_checkout_adapter": 5, "qliro_checkout_adapter": 2, "walley_checkout_adapter": 2, "svea_adapter": 1,
         "adyen_dropin_adapter": 2, "nonpsp_adapter": 1},
        {"NO": 0.02, "FI": 0.02, "DK": 0.01},
    ),
    Channel(
        "norce", "no", "NO", "NOK", "nb-NO", 0.17, "stk",
        {"klarna_checkout_adapter": 4, "adyen_dropin_adapter": 3, "walley_checkout_adapter": 1, "nonpsp_adapter": 1},
        {"SE": 0.02},
    ),
    Channel(
        "norce", "dk", "DK", "DKK", "da-DK", 0.14, "stk",
        {"adyen_dropin_adapter": 4, "klarna_checkout_adapter": 3, "paypal_adapter": 1, "nonpsp_adapter": 1},
        {"SE": 0.03, "DE": 0.02},
    ),
    Channel(
        "nordlys", "de", "DE", "EUR", "de-DE", 0.17, "Stk",
        {"klarna_payments_adapter": 4, "paypal_adapter": 4, "adyen_dropin_adapter": 2, "nonpsp_adapter": 1},
        {"AT": 0.12, "NL": 0.01},
    ),
    Channel(
        "nordlys", "fi", "FI", "EUR", "fi-FI", 0.1, "kpl",
        {"walley_checkout_adapter": 3, "klarna_payments_adapter": 2, "avarda_adapter": 2, "adyen_dropin_adapter": 1},
        {"EE": 0.09, "SE": 0.02},
    ),
    Channel(
        "nordlys", "nl", "NL", "EUR", "nl-NL", 0.08, "st",
        {"adyen_dropin_adapter": 4, "klarna_payments_adapter": 3, "paypal_adapter": 1},
        {"BE": 0.2},
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Country:
    """Addresses and numbers of one country. `phones` are (dialling code, trunk prefix, start, digits that vary)."""

    towns: tuple[tuple[str, str], ...]
    streets: tuple[str, ...]
    phones: tuple[tuple[str, str, str, int], ...] = ()
    carriers: tuple[str, ...] = ()
    flat: str = ""


# Sweden, Germany: numbers that the regulators keep for film and print. Elsewhere none are kept:
# starts that are no subscriber's.
COUNTRIES: dict[str, Country] = {
    "SE": Country(
        (("111 29", "Stockholm"), ("118 63", "Stockholm"), ("411 04", "Göteborg"), ("211 22", "Malmö"),
        ("753 20", "Uppsala"),
         ("955 60", "Boden"), ("981 31", "Kiruna"), ("831 31", "Östersund"), ("903 26", "Umeå"),
         ("602 32", "Norrköping"),
         ("702 10", "Örebro"), ("852 30", "Sundsvall"), ("621 57", "Visby"), ("291 31", "Kristianstad"),
         ("792 30", "Mora"), ("830 13", "Åre"), ("441 50", "Alingsås")),
        ("Storgatan", "Vasagatan", "Björkvägen", "Norra Ågatan", "Kyrkbacken", "Älvsborgsgatan", "Östra Ringvägen",
         "Sankt Eriksgatan", "Skomakargränd", "Ekorrstigen", "Gamla Hövdingavägen", "Höglidsbacken"),
        phones=(("46", "0", "701740", 3), ("46", "0", "313900", 3), ("46", "0", "8465004", 2)),
        carriers=("PostNord", "Budbee", "Instabox", "DHL"),
        flat="lgh {}",
    ),
    "NO": Country(
        (("0150", "Oslo"), ("0552", "Oslo"), ("5003", "Bergen"), ("7011", "Trondheim"), ("4006", "Stavanger"),
         ("9008", "Tromsø"), ("6003", "Ålesund"), ("8006", "Bodø"), ("9730", "Karasjok"), ("3015", "Drammen")),
        ("Kirkegata", "Øvre Slottsgate", "Bjørnstjerne Bjørnsons plass", "Åsveien", "Strandgata", "Tøyengata",
        "Skogveien",
         "Nedre Elvegate", "Sør-Tverrfjordveien"),
        phones=(("47", "", "190", 5),),
        carriers=("Bring", "Posten", "HeltHjem"),
    ),
    "DK": Country(
        (("1306", "København K"), ("2200", "København N"), ("8000", "Aarhus C"), ("5000", "Odense C"),
        ("9000", "Aalborg"),
         ("3700", "Rønne"), ("6700", "Esbjerg"), ("4300", "Holbæk")),
        ("Nørrebrogade", "Ærøgade", "Sønder Boulevard", "Strandvejen", "Lærkevej", "Østerågade", "Store Kongensgade"),
        phones=(("45", "", "100", 5),),
        carriers=("GLS", "DAO", "PostNord", "Bring"),
        flat="{}. th.",
    ),
    "FI": Country(
        (("00100", "Helsinki"), ("00530", "Helsinki"), ("02100", "Espoo"), ("33100", "Tampere"), ("20100", "Turku"),
         ("90100", "Oulu"), ("96200", "Rovaniemi"), ("65100", "Vaasa"), ("22100", "Maarianhamina"),
         ("80100", "Joensuu")),
        ("Mannerheimintie", "Hämeenkatu", "Kirkkokatu", "Pitkänsillanranta", "Yliopistonkatu", "Järvenpääntie",
         "Östra Esplanadgatan", "Sibeliuksenkatu"),
        phones=(("358", "0", "4500", 5),),
        carriers=("Posti", "Matkahuolto"),
        flat="as. {}",
    ),
    "DE": Country(
        (("10115", "Berlin"), ("10999", "Berlin"), ("20095", "Hamburg"), ("80331", "München"), ("50667", "Köln"),
         ("24103", "Kiel"), ("18055", "Rostock"), ("04109", "Leipzig"), ("25938", "Wyk auf Föhr"),
         ("91541", "Rothenburg"),
         ("97070", "Würzburg"), ("53913", "Swisttal-Buschhoven")),
        ("Hauptstraße", "Große Bergstraße", "Am Schöneberger Ufer", "Goethestraße", "Bürgermeister-Müller-Weg",
         "Königsallee", "An der Alten Ziegelei", "Weißenburger Straße", "Dr.-Karl-Heinz-Ostertag-Allee"),
        phones=(("49", "0", "3023125", 3), ("49", "0", "4066969", 3), ("49", "0", "8999998", 3),
        ("49", "0", "2214710", 3)),
        carriers=("DHL", "Hermes", "DPD"),
    ),
    "NL": Country(
        (("1012 AB", "Amsterdam"), ("3011 CK", "Rotterdam"), ("3511 EP", "Utrecht"), ("9712 HX", "Groningen"),
         ("2511 VA", "'s-Gravenhage"), ("5211 RW", "'s-Hertogenbosch"), ("8911 GZ", "Leeuwarden")),
        ("Oudezijds Voorburgwal", "Prinsengracht", "Kerkstraat", "Van Ostadestraat", "Burgemeester de Vlugtlaan",
        "Reëelweg"),
        phones=(("31", "0", "600", 6),),
        carriers=("PostNL", "DHL"),
    ),
    "AT": Country(
        (("1010", "Wien"), ("1070", "Wien"), ("5020", "Salzburg"), ("6020", "Innsbruck"), ("8010", "Graz"),
        ("6900", "Bregenz")),
        ("Mariahilfer Straße", "Getreidegasse", "Lerchenfelder Gürtel", "Schloßallee", "Höttinger Au"),
        phones=(("43", "0", "66400", 6),),
        carriers=("Österreichische Post", "DPD"),
    ),
    "EE": Country(
        (("10111", "Tallinn"), ("51003", "Tartu"), ("80010", "Pärnu"), ("93813", "Kuressaare")),
        ("Pärnu maantee", "Ülikooli", "Õle", "Väike-Ameerika", "Jüri"),
        phones=(("372", "", "190", 5),),
        carriers=("Omniva", "Itella"),
    ),
    "BE": Country(
        (("1000", "Brussel"), ("2000", "Antwerpen"), ("9000", "Gent"), ("4000", "Liège"), ("8000", "Brugge")),
        ("Meir", "Chaussée de Charleroi", "Veldstraat", "Rue de l'Église", "Sint-Katelijnestraat"),
        phones=(("32", "0", "4000", 5),),
        carriers=("bpost", "PostNL"),
    ),
}  # fmt: skip
