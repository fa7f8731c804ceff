"""Given and family names by country, and what companies are called: common ones, and those that
break narrow layouts."""

GIVEN: dict[str, tuple[str, ...]] = {
    "SE": ("Anna", "Erik", "Åsa", "Örjan", "Karin", "Björn", "Märta", "Göran", "Linnéa", "Oskar", "Saga", "Ängla",
    "Yusuf",
           "Amina", "Nils", "Ingegerd", "Bengt-Åke", "Ann-Marie", "Lars-Göran", "Elsa", "Håkan", "Signe", "Per",
           "Ronja"),
    "NO": ("Ingrid", "Øyvind", "Åse", "Håkon", "Solveig", "Bjørn", "Kjersti", "Sindre", "Gro", "Pål", "Marte",
    "Leif-Erik",
           "Áilu", "Aksel", "Tuva"),
    "DK": ("Søren", "Mette", "Jørgen", "Åge", "Kirsten", "Rasmus", "Bodil", "Anne-Sofie", "Mikkel", "Freja", "Bjørk",
    "Niels",
           "Pernille"),
    "FI": ("Aino", "Väinö", "Päivi", "Jukka", "Äinö", "Tuulikki", "Matti", "Hilkka", "Juha-Pekka", "Eeva-Liisa", "Oona",
           "Mikael", "Yrjö"),
    "DE": ("Jürgen", "Käthe", "Günther", "Björn", "Anja", "Karl-Heinz", "Hans-Jürgen", "Friederike", "Sörn", "Leonie",
           "Mustafa", "Gesine", "Anneliese", "Tjark"),
    "NL": ("Joost", "Anouk", "Daniël", "Sjoerd", "Fleur", "Zoë", "Jan-Willem", "Maaike", "Bram", "Femke"),
    "AT": ("Leopold", "Sissi", "Jörg", "Annemarie", "Xaver", "Vroni", "Franz-Josef"),
    "EE": ("Tõnu", "Ülle", "Märt", "Õie", "Kaisa", "Jüri", "Triinu"),
    "BE": ("Benoît", "Hélène", "Wout", "Lotte", "Jean-François", "Céline", "Pieter-Jan"),
}  # fmt: skip

FAMILY: dict[str, tuple[str, ...]] = {
    "SE": ("Andersson", "Lindström", "Öberg", "Åkerblom", "Sjögren", "Holmqvist", "Bäckström", "Nyström", "Hägglund",
    "Karlsson",
           "Al-Rashid", "Nguyen", "af Ekenstam", "Undulatsson", "Östergötlandsson", "Ek", "Gyllenhammarskjöld", "Lööf",
           "Wahlström", "Fjällbäck", "Nutti"),
    "NO": ("Hansen", "Bjørnstad", "Ødegård", "Åsheim", "Nygård", "Sørli", "Kvæstad", "Grønn", "Tverrfjord", "Sæther",
    "Hætta",
           "Strømsnes"),
    "DK": ("Jensen", "Sørensen", "Møller", "Østergaard", "Kjær", "Nørgaard", "Bækgaard", "Skov", "Ærø", "Thygesen"),
    "FI": ("Virtanen", "Mäkelä", "Hämäläinen", "Söderström", "Järvinen", "Lähteenmäki", "Ylä-Outinen",
    "Koskenkorva-Pöyhönen",
           "Åberg", "Niemi", "Kääriäinen"),
    "DE": ("Müller", "Groß", "Weiß", "Schäfer", "von der Straßen", "Köhler", "Yılmaz", "Süßmilch", "Oeltjenbruns",
           "Schwarzenegger-Hohenstein", "Krüger", "Freiherr von Lütjenburg", "Voß", "Nowak", "Ehlers"),
    "NL": ("de Jong", "van den Berg", "Jansen", "van 't Hof", "IJzerman", "Visser", "ten Broeke", "Oude Nijhuis"),
    "AT": ("Gruber", "Größ", "Hölzl", "Steindl", "Kärntner", "Moosbrugger"),
    "EE": ("Tamm", "Kõiv", "Mägi", "Pärn", "Õunapuu", "Jõesaar"),
    "BE": ("Peeters", "Dubois", "Van Overstraeten", "Lefèvre", "De Smedt", "Verhofstadt-Delacroix"),
}  # fmt: skip

# (what comes before, what comes after) the founder's family name, or a company's own name.
COMPANIES: dict[str, tuple[str, ...]] = {
    "SE": ("{} Bygg AB", "{}s Livs & Café HB", "Bröderna {} Snickeri AB", "Föreningen Friluft i Norr",
    "{} & Partners Advokatbyrå KB"),
    "NO": ("{} Eiendom AS", "{} & Sønner Båtbyggeri AS", "Turlaget Sør-Øst", "{} Konsult ENK"),
    "DK": ("{} Smedje ApS", "{} & Børn A/S", "Andelsforeningen Ærø Vest", "{} Køkken ApS"),
    "FI": ("{} Rakennus Oy", "Kahvila {} Tmi", "Lapin Eräopas {} Ky", "Åbolands Bokföring Ab"),
    "DE": (
        "{} Straßenbau GmbH & Co. KG", "Gasthaus zum {} e. K.", "{} Umwelt- und Landschaftsplanungsgesellschaft mbH",
        "Verein der Freunde des Wattenmeers e. V.",
    ),
    "NL": ("{} Fietsen B.V.", "Bakkerij {} V.O.F.", "Stichting De Reünie"),
    "AT": ("{} Tischlerei GmbH", "Alpenverein Ortsgruppe Höttinger Au", "{} & Töchter OG"),
    "EE": ("{} Ehitus OÜ", "{} ja Pojad AS"),
    "BE": ("{} Interieur BV", "Boulangerie {} SRL"),
}  # fmt: skip

MAIL_HOSTS = ("post.example", "brev.example", "mail.example", "mejl.example", "posti.example", "e-post.example")
