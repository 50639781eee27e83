"""Names of people who do not exist.

Family names are put together from two words each, so that nobody is meant; given names are those
of the country as it is.
"""

from __future__ import annotations

import unicodedata
from random import Random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GIVEN_ENGLISH = _words("""
    Aaliyah Adaeze Aiden Alisha Amir Andrew Angus Anita Anjali Arjun Asha Ashley Bao
    Benjamin Bethany Brendan Caleb Carmen Chidi Chloe Claire Colin Daniel Deepa Dominic
    Eleanor Elijah Emily Emmanuel Ewan Farah Farid Fatima Fiona Gabriel Gordon Grace
    Gurpreet Hana Hannah Harjit Heather Imani Ingrid Isaac Isla Jamal Janet Jasmine Joanna
    Jonah Joseph Kai Karim Kofi Kwame Laila Laura Leila Liam Ling Logan Lorna Maeve Malik
    Margaret Mei Meera Miriam Mohammed Morgan Naomi Nathan Neha Nora Olivia Omar Oscar Owen
    Patrick Paula Priya Rachel Rajan Reza Rosa Rowan Ruth Samira Samuel Sana Sean Seo-yeon
    Shauna Simon Sofia Stella Tariq Tessa Thomas Uma Victor Wei Wendy Xin Yasmin Yuki Zahra
    Zoë
""")
GIVEN_FRENCH = _words("""
    Adèle Agathe Aïcha Alexis Alizée Amélie Anaïs André Annick Antoine Arnaud Aurélie
    Bastien Béatrice Benoît Bérénice Camille Cédric Céleste Chloé Claudine Clément Coralie
    Damien Daphné Delphine Denis Édith Édouard Élise Élodie Éloïse Émile Émilie Estelle
    Étienne Eugénie Fabrice Fanny Félix Fernande Florence François Gaëlle Geneviève Gérald
    Gilles Guillaume Hélène Henri Hugo Inès Isabelle Jacinthe Jean-Félix Jérôme Joëlle Josée
    Julien Karine Laurence Laurent Léa Léon Lise Loïc Louise Lucie Maëlle Marc-Antoine
    Margaux Marie-Ève Mathieu Maude Maxime Mélanie Mélissa Michaël Mireille Myriam Nadège
    Nadia Nathalie Nicolas Noémie Océane Odile Olivier Ophélie Pascale Philippe Raphaël
    Régine Rémi Renée Rosalie Salomé Samuel Sébastien Simone Solène Stéphanie Sylvain
    Thérèse Thierry Tristan Valérie Véronique Vincent Yannick Zoé
""")
ENGLISH_FIRST_HALVES = _words("""
    Alder Amber Apple Barley Birch Bramble Briar Cedar Clover Copper Drift Elder Ember Fern
    Fiddle Fog Frost Granite Hazel Heron Iron Juniper Kettle Lantern Lark Linden Loon Maple
    Marsh Meadow Moss Otter Pebble Pine Plover Puffin Quartz Quill Raven Reed Rowan Rush
    Silver Slate Snow Sorrel Spruce Tamarack Thistle Timber Willow Winter Wren
""")
ENGLISH_SECOND_HALVES = _words("""
    barrow beck bloom brook combe feather fold gate glen hollow holt leigh light mere ness
    quay reach rigg ridge shaw stead thorne thwaite vale wharf whistle wick
""")
FRENCH_FIRST_HALVES = _words("""
    Aube Beau Bel Blanche Bois Brise Champ Chante Clair Clos Coteau Douce Fleur Font Grand
    Haute Jolie Longue Lune Mont Neuve Pierre Pré Rive Roche Source Val Verte
""")
FRENCH_SECOND_HALVES = _words("""
    bouleau brume cendre cerf chêne coquille épinette érable étoile fougère framboise genêt
    givre grive huart lièvre loutre lumière luciole neige osier perdrix pinson rivage roseau
    sapin saule tilleul tourterelle trèfle vague
""")


class Namer:
    """Draws names, no full name twice, and an address for each."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._used: set[str] = set()

    def name(self, language: str) -> str:
        """A full name that was not drawn before."""
        while True:
            found = self.any_name(language)
            if found not in self._used:
                return self.reserve(found)

    def any_name(self, language: str) -> str:
        """A full name that others may bear too."""
        return f"{self._given(language)} {self._family(language)}"

    def reserve(self, name: str) -> str:
        """Keep a name from being drawn."""
        self._used.add(name)
        return name

    def _given(self, language: str) -> str:
        # One in five bears a name of the other language, as people do.
        french = (language == "fr") != (self._rng.random() < 0.2)
        return self._rng.choice(GIVEN_FRENCH if french else GIVEN_ENGLISH)

    def _family(self, language: str) -> str:
        if language == "fr":
            first, second = FRENCH_FIRST_HALVES, FRENCH_SECOND_HALVES
        else:
            first, second = ENGLISH_FIRST_HALVES, ENGLISH_SECOND_HALVES
        return self._rng.choice(first) + self._rng.choice(second)


def address(name: str, domain: str) -> str:
    """The e-mail address of a name, in plain letters. The domain is one that can never exist."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return f"{plain.lower().replace(' ', '.')}@{domain}.example"
