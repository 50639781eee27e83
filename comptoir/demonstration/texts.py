"""The single window's invented texts: pairs that team leads wrote and approved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from comptoir.enquiries.actions import texting
from comptoir.enquiries.actions.texting import Wording
from comptoir.enquiries.models import TextKind, TextVersion, Topic
from comptoir.people.models import Grant, Person, Role


@dataclass(frozen=True, slots=True)
class Pair:
    """One text in both languages, and what it is for."""

    code: str
    kind: TextKind
    topic: str
    words: Wording


PAIRS = (
    Pair(
        "received-in-progress",
        TextKind.HOLDING,
        Topic.STATUS,
        Wording(
            title_en="We are looking into it",
            title_fr="Nous nous en occupons",
            body_en=(
                "Thank you for writing to us on {received_date}.\n\n"
                "We are looking into your question and will answer by {due_date}. You do not have "
                "to write again. If you do, please give the reference {reference}."
            ),
            body_fr=(
                "Merci de nous avoir écrit le {received_date}.\n\n"
                "Nous examinons votre question et vous répondrons au plus tard le {due_date}. Vous "
                "n’avez pas à écrire de nouveau. Si vous le faites, indiquez le numéro {reference}."
            ),
        ),
    ),
    Pair(
        "where-to-see-status",
        TextKind.REPLY,
        Topic.STATUS,
        Wording(
            title_en="Where to see how far an application is",
            title_fr="Où voir l’état d’une demande",
            body_en=(
                "You can see how far your application is in your online account, at any time. "
                "What you find there is what we see as well.\n\n"
                "When a step is done, the account shows it on the next day. Your enquiry has the "
                "reference {reference}."
            ),
            body_fr=(
                "Vous pouvez voir l’état de votre demande dans votre compte en ligne, à tout "
                "moment. Vous y trouvez ce que nous voyons nous-mêmes.\n\n"
                "Quand une étape est terminée, le compte l’indique le lendemain. Votre question "
                "porte le numéro {reference}."
            ),
        ),
    ),
    Pair(
        "still-in-process",
        TextKind.REPLY,
        Topic.STATUS,
        Wording(
            title_en="The application is being processed",
            title_fr="La demande est en traitement",
            body_en=(
                "Application {application_number} is being processed. Nothing is missing for now, "
                "and you do not have to do anything.\n\n"
                "If we need a document, we will write to you and say by when."
            ),
            body_fr=(
                "La demande {application_number} est en traitement. Il n’y manque rien pour le "
                "moment, et vous n’avez rien à faire.\n\n"
                "S’il nous faut un document, nous vous écrirons en indiquant la date limite."
            ),
        ),
    ),
    Pair(
        "which-application",
        TextKind.QUESTION,
        "",
        Wording(
            title_en="Which application is it about?",
            title_fr="De quelle demande s’agit-il?",
            body_en=(
                "So that we look at the right application, please send us:\n\n"
                "– the full name of the applicant,\n– the date of birth,\n– the application number "
                "or the client number.\n\nWe go on with {reference} as soon as we have them."
            ),
            body_fr=(
                "Pour que nous regardions la bonne demande, veuillez nous envoyer :\n\n"
                "– le nom complet de la personne qui l’a présentée,\n– sa date de naissance,\n"
                "– le numéro de la demande ou le numéro de client.\n\nNous poursuivrons l’examen "
                "de {reference} dès que nous les aurons."
            ),
        ),
    ),
    Pair(
        "form-of-representative",
        TextKind.QUESTION,
        Topic.REPRESENTATIVE,
        Wording(
            title_en="A form is needed before we can speak about a case",
            title_fr="Un formulaire est nécessaire pour parler d’un dossier",
            body_en=(
                "We may speak about somebody’s case with you once that person has agreed in "
                "writing. Please send us the form that the applicant has signed.\n\n"
                "Until then we can answer general questions. Your reference is {reference}."
            ),
            body_fr=(
                "Nous pourrons vous parler du dossier d’une personne lorsqu’elle y aura consenti "
                "par écrit. Veuillez nous envoyer le formulaire qu’elle a signé.\n\n"
                "D’ici là, nous pouvons répondre aux questions générales. Votre numéro est "
                "{reference}."
            ),
        ),
    ),
    Pair(
        "change-of-address",
        TextKind.ARTICLE,
        Topic.CONTACT,
        Wording(
            title_en="How to tell us a new address",
            title_fr="Comment nous donner une nouvelle adresse",
            body_en=(
                "Tell us your new address by the web form, under “Change my contact details”. Do "
                "it for each application that you have with us: one change does not reach the "
                "others.\n\nThe change is made within five business days. Letters that were sent "
                "before go to the old address."
            ),
            body_fr=(
                "Donnez-nous votre nouvelle adresse au moyen du formulaire Web, sous « Changer mes "
                "coordonnées ». Faites-le pour chacune de vos demandes : un changement ne vaut "
                "pas pour les autres.\n\nLe changement est fait dans les cinq jours ouvrables. Les "
                "lettres déjà envoyées vont à l’ancienne adresse."
            ),
        ),
    ),
    Pair(
        "document-too-large",
        TextKind.ARTICLE,
        Topic.DOCUMENT,
        Wording(
            title_en="When a document is too large to upload",
            title_fr="Lorsqu’un document est trop volumineux",
            body_en=(
                "A file may have 5 MB at most. To make it smaller:\n\n– scan it in grey instead "
                "of colour,\n– at 200 dots per inch,\n– and save it as a PDF.\n\nIf it is still too "
                "large, send it in two parts and name them “part 1” and “part 2”."
            ),
            body_fr=(
                "Un fichier peut avoir au plus 5 Mo. Pour le réduire :\n\n– numérisez-le en gris "
                "plutôt qu’en couleur,\n– à 200 points par pouce,\n– et enregistrez-le en PDF.\n\n"
                "S’il reste trop volumineux, envoyez-le en deux parties nommées « partie 1 » et "
                "« partie 2 »."
            ),
        ),
    ),
    Pair(
        "urgent-processing",
        TextKind.ARTICLE,
        Topic.URGENT,
        Wording(
            title_en="When urgent processing can be asked for",
            title_fr="Quand demander un traitement urgent",
            body_en=(
                "Urgent processing is for a serious illness or a death in the family, a threat to "
                "life, or a job that is lost without the document.\n\nSend proof with the request: "
                "a doctor’s letter, a certificate, a letter of the employer. A trip that is only "
                "booked is not enough."
            ),
            body_fr=(
                "Le traitement urgent vise une maladie grave ou un décès dans la famille, une "
                "menace pour la vie, ou un emploi perdu faute du document.\n\nJoignez une preuve : "
                "une lettre du médecin, un certificat, une lettre de l’employeur. Un voyage "
                "seulement réservé ne suffit pas."
            ),
        ),
    ),
    Pair(
        "new-date",
        TextKind.REPLY,
        Topic.RESCHEDULE,
        Wording(
            title_en="You asked for another date",
            title_fr="Vous avez demandé une autre date",
            body_en=(
                "We have passed your request for another date on to the office that invited you. "
                "Keep the old date until that office writes to you.\n\n"
                "Your reference is {reference}."
            ),
            body_fr=(
                "Nous avons transmis votre demande d’une autre date au bureau qui vous a convoqué. "
                "L’ancienne date tient jusqu’à ce que ce bureau vous écrive.\n\n"
                "Votre numéro est {reference}."
            ),
        ),
    ),
    Pair(
        "technical-problem",
        TextKind.REPLY,
        Topic.TECHNICAL,
        Wording(
            title_en="When a page does not work",
            title_fr="Lorsqu’une page ne fonctionne pas",
            body_en=(
                "We are sorry that the page did not work. Please close the browser, open it again "
                "and try once more, or use another browser.\n\nIf it still fails, answer with the "
                "words of the error and the time at which you saw them. Your reference is "
                "{reference}."
            ),
            body_fr=(
                "Nous regrettons que la page n’ait pas fonctionné. Veuillez fermer le navigateur, "
                "le rouvrir et réessayer, ou en utiliser un autre.\n\nSi le problème persiste, "
                "répondez-nous avec le texte de l’erreur et l’heure à laquelle vous l’avez vue. "
                "Votre numéro est {reference}."
            ),
        ),
    ),
    Pair(
        "same-day-appointment",
        TextKind.REPLY,
        "",
        Wording(
            title_en="An appointment today",
            title_fr="Un rendez-vous aujourd’hui",
            body_en=(
                "What you ask cannot wait, so please speak to one of our professionals today. Sign "
                "in, choose a time that is free today and name {reference} in your question.\n\n"
                "If no time is left, answer this message and we will hand the matter to a "
                "professional ourselves."
            ),
            body_fr=(
                "Ce que vous demandez ne peut attendre\u00a0: veuillez parler aujourd’hui à l’un de "
                "nos professionnels. Ouvrez une session, choisissez une heure libre aujourd’hui et "
                "indiquez {reference} dans votre question.\n\nS’il ne reste aucune heure, répondez "
                "à ce message et nous confierons nous-mêmes l’affaire à un professionnel."
            ),
        ),
    ),
)

WAITING = "technical-problem"
"""Of this one a second version waits, so that there is something to approve."""

ADDED = (
    "\n\nEarly on Sundays the pages are looked after and do not open for some hours.",
    "\n\nTôt le dimanche, les pages sont en entretien et ne s’ouvrent pas pendant quelques heures.",
)
"""What the second version says more, in English and in French."""


def make(by: Person, *, now: datetime) -> list[TextVersion]:
    """Write the texts half a year ago: one team lead wrote them, the first approved. The versions in use."""
    writer = _another_lead(by)
    written_at, approved_at = now - timedelta(days=180), now - timedelta(days=178)
    versions = [_in_use(pair, writer, by, written_at, approved_at) for pair in PAIRS]
    (text,) = (version.text for version in versions if version.text.code == WAITING)
    words = next(pair.words for pair in PAIRS if pair.code == WAITING)
    english, french = ADDED
    words = replace(words, body_en=words.body_en + english, body_fr=words.body_fr + french)
    texting.write(text=text, words=words, by=writer, now=now - timedelta(days=1))
    return versions


def _in_use(
    pair: Pair, writer: Person, second: Person, written_at: datetime, approved_at: datetime
) -> TextVersion:
    version = texting.start(
        code=pair.code,
        kind=pair.kind,
        words=pair.words,
        topic=pair.topic,
        by=writer,
        now=written_at,
    )
    return texting.approve(version=version, by=second, now=approved_at)


def _another_lead(lead: Person) -> Person:
    leads = Grant.objects.filter(role=Role.TEAM_LEAD).exclude(person=lead).order_by("pk")
    return leads.select_related("person")[0].person
