"""What every centre begins with: two lines, their hours and targets, rules of triage, templates.

Working values, each a centre's to change. The 48 hours of what is urgent are two business days here.
"""

from datetime import UTC, date, datetime

from django.db import migrations

LAUNCH = date(2022, 10, 31)
AT = datetime(2022, 10, 31, 12, 0, tzinfo=UTC)
LAUNCHED = "Working value, from the launch of 31 October 2022; a centre sets its own."
OURS = "Ours; a centre sets its own."
WORKING = "Working value, ours; a centre sets its own."

LINES = (
    ("public", "general", "Client support", "Soutien à la clientèle"),
    ("offices", "legislators", "Legislators’ offices", "Bureaux des législateurs"),
)
TARGETS = {"public": {"first": 5, "final": 10}, "offices": {"first": 2, "final": 10}}
WEEKDAYS = range(5)

HANDLED = (
    ("urgent", 2, "Working value: 48 hours, here two business days."),
    ("high_profile", 2, OURS),
    ("sensitive", 5, OURS),
    ("breach", 1, OURS),
    ("document", 5, OURS),
)

THREAT = [
    "death threat",
    "death threats",
    "threat to life",
    "threat to my life",
    "suicide",
    "kill myself",
    "menace de mort",
    "menaces de mort",
    "danger de mort",
    "me tuer",
    "mettre fin à mes jours",
]
REMOVAL = [
    "deportation",
    "deported",
    "removal order",
    "removal date",
    "removed from Canada",
    "mesure de renvoi",
    "date de renvoi",
    "renvoi du Canada",
    "expulsion",
    "expulsé",
    "expulsée",
]
MEDICAL = [
    "medical emergency",
    "intensive care",
    "life threatening",
    "hospitalized",
    "in hospital",
    "in the hospital",
    "urgence médicale",
    "soins intensifs",
    "pronostic vital",
    "hospitalisé",
    "hospitalisée",
    "à l’hôpital",
]
DEATH = [
    "funeral",
    "passed away",
    "died",
    "dying",
    "death in the family",
    "funérailles",
    "obsèques",
    "décès",
    "décédé",
    "décédée",
    "mourant",
    "mourante",
]
URGENT = ["urgent", "urgently", "urgence", "emergency", "imminent", "imminente"]
STATUS = [
    "status of my application",
    "application status",
    "where is my application",
    "processing time",
    "processing times",
    "état de ma demande",
    "état d’avancement",
    "où en est ma demande",
    "délai de traitement",
    "délais de traitement",
]
KNOWN = ["status", "contact", "representative", "document", "withdraw", "reschedule", "technical"]


def rule(code, name_en, name_fr, when, **then):
    return {"code": code, "name_en": name_en, "name_fr": name_fr, "when": when, "then": then}


RULES = [
    rule(
        "threat",
        "Threat to life",
        "Vie menacée",
        {"any_words": THREAT},
        priority=2,
        refer=["threat"],
    ),
    rule(
        "removal",
        "Removal from Canada",
        "Renvoi du Canada",
        {"any_words": REMOVAL},
        priority=2,
        refer=["urgent"],
    ),
    rule(
        "medical",
        "Medical emergency",
        "Urgence médicale",
        {"any_words": MEDICAL},
        priority=2,
        refer=["urgent"],
    ),
    rule("death", "Death in the family", "Décès dans la famille", {"any_words": DEATH}, priority=2),
    rule(
        "urgent-topic",
        "Asked for urgent processing",
        "Traitement urgent demandé",
        {"topics": ["urgent"]},
        priority=1,
    ),
    rule(
        "from-office",
        "A legislator’s office asks",
        "Demande du bureau d’un législateur",
        {"askers": ["office"]},
        line="offices",
        priority=0,
    ),
    rule(
        "urgent-office",
        "A legislator’s office says that it is urgent",
        "Le bureau d’un législateur dit que c’est urgent",
        {"askers": ["office"], "any_words": URGENT},
        priority=2,
        refer=["urgent"],
    ),
    rule(
        "known-topic",
        "A topic that every agent answers",
        "Un sujet auquel chaque agent répond",
        {"topics": KNOWN},
        priority=0,
    ),
    rule(
        "status-words",
        "Where an application stands, by its words",
        "L’état d’une demande, d’après les mots",
        {"any_words": STATUS},
        priority=0,
    ),
]

TEMPLATES = [
    {
        "code": "evacuation",
        "name_en": "Evacuation",
        "name_fr": "Évacuation",
        "eligibility_en": "People abroad who must leave a place in danger, and their family in Canada.",
        "eligibility_fr": "Les personnes à l’étranger qui doivent quitter un lieu en danger et leur famille au Canada.",
        "first_hours": 4,
        "final_days": 2,
        "days_open": 60,
    },
    {
        "code": "special-measures",
        "name_en": "Special measures",
        "name_fr": "Mesures spéciales",
        "eligibility_en": "People to whom the special measures apply, and those who help them apply.",
        "eligibility_fr": "Les personnes visées par les mesures spéciales et celles qui les aident à présenter une demande.",
        "first_hours": 8,
        "final_days": 5,
        "days_open": 180,
    },
    {
        "code": "disaster-in-canada",
        "name_en": "Disaster in Canada",
        "name_fr": "Catastrophe au Canada",
        "eligibility_en": "People whose documents were lost or who cannot meet a date because of the disaster.",
        "eligibility_fr": "Les personnes qui ont perdu des documents ou ne peuvent respecter une date en raison de la catastrophe.",
        "first_hours": 8,
        "final_days": 3,
        "days_open": 90,
    },
]


def ship_lines(apps):
    made = {"created_at": AT, "source": LAUNCHED}
    apps.get_model("enquiries", "WorkingHours").objects.create(
        valid_from=LAUNCH, periods={str(day): [["08:00", "16:00"]] for day in WEEKDAYS}, **made
    )
    for code, kind, name_en, name_fr in LINES:
        line = apps.get_model("enquiries", "Line").objects.create(
            code=code, kind=kind, name_en=name_en, name_fr=name_fr, opened_at=AT
        )
        for promise, days in TARGETS[code].items():
            apps.get_model("enquiries", "ServiceTarget").objects.create(
                line=line, promise=promise, valid_from=LAUNCH, unit="days", amount=days, **made
            )


def ship_handling_targets(apps):
    for what, days, source in HANDLED:
        apps.get_model("enquiries", "HandlingTarget").objects.create(
            what=what, valid_from=LAUNCH, unit="days", amount=days, source=source, created_at=AT
        )


def ship_rules(apps):
    apps.get_model("enquiries", "TriageVersion").objects.create(
        number=1,
        name_en="Working rules, ours",
        name_fr="Règles de travail, les nôtres",
        valid_from=AT,
        rules=RULES,
        created_at=AT,
        approved_at=AT,
    )
    for values in TEMPLATES:
        apps.get_model("enquiries", "CrisisTemplate").objects.create(**values, source=WORKING)


def ship(apps, schema_editor):
    ship_lines(apps)
    ship_handling_targets(apps)
    ship_rules(apps)


class Migration(migrations.Migration):
    dependencies = [("enquiries", "0001_initial")]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
