"""What people write to the single window and what they are told, in both languages. Every matter is invented."""

from __future__ import annotations

from dataclasses import dataclass

from comptoir.enquiries.models import AskerKind, Topic
from comptoir.roster.models import LineOfBusiness as Line


@dataclass(frozen=True, slots=True)
class Matter:
    """One question with its answer: why somebody writes, about what, in English and in French."""

    topic: Topic
    line: Line
    question: tuple[str, str]
    answer: tuple[str, str]
    of_another: bool = False
    """Whether somebody asks it for another than themself."""

    def asked(self, language: str) -> str:
        """What is written, in this language."""
        return self.question[language == "fr"]

    def answered(self, language: str) -> str:
        """What it is answered, in this language."""
        return self.answer[language == "fr"]


MISSING = (
    "Which application do you write about? Please send us its number, the full name of the applicant and the date of birth.",
    "De quelle demande s’agit-il\u00a0? Veuillez nous envoyer son numéro, le nom complet de la personne et sa date de naissance.",
)
"""What is asked back when nobody can tell which case it is."""

CLIENTS = (
    Matter(
        Topic.STATUS,
        Line.FAMILY,
        (
            "I sponsored my wife fourteen months ago and the tracker has not moved since March. Is a document missing?",
            "J’ai parrainé ma conjointe il y a quatorze mois et l’état de la demande n’a pas changé depuis mars. Manque-t-il un document\u00a0?",
        ),
        (
            "Nothing is missing. The background check is under way and has no fixed length. You do not have to do anything for now.",
            "Il ne manque rien. La vérification des antécédents est en cours et n’a pas de durée fixe. Vous n’avez rien à faire pour le moment.",
        ),
        of_another=True,
    ),
    Matter(
        Topic.STATUS,
        Line.CITIZENSHIP,
        (
            "I passed my citizenship test in May. When will I be invited to the ceremony?",
            "J’ai réussi mon examen de citoyenneté en mai. Quand serai-je invité à la cérémonie\u00a0?",
        ),
        (
            "The decision was made. You will be invited by e-mail about four weeks before the ceremony.",
            "La décision a été prise. Vous serez invité par courriel environ quatre semaines avant la cérémonie.",
        ),
    ),
    Matter(
        Topic.CONTACT,
        Line.PR_CARD,
        (
            "I moved to Halifax last week and my card is still to be mailed. How do I give you the new address?",
            "J’ai déménagé à Moncton la semaine dernière et ma carte n’est pas encore postée. Comment vous donner ma nouvelle adresse\u00a0?",
        ),
        (
            "Change the address in your online account today. The card is not mailed before the fifth business day after that.",
            "Modifiez l’adresse dans votre compte en ligne dès aujourd’hui. La carte n’est pas postée avant le cinquième jour ouvrable qui suit.",
        ),
    ),
    Matter(
        Topic.REPRESENTATIVE,
        Line.EXPRESS_ENTRY,
        (
            "I no longer work with my consultant. How do I take the authorization back?",
            "Je ne fais plus affaire avec mon consultant. Comment retirer l’autorisation\u00a0?",
        ),
        (
            "Send us the form for a representative with the second box ticked and your signature. From that day on we speak with you alone.",
            "Envoyez-nous le formulaire de représentant avec la deuxième case cochée et votre signature. Dès ce jour, nous ne parlons qu’avec vous.",
        ),
    ),
    Matter(
        Topic.DOCUMENT,
        Line.WORK,
        (
            "My employer gave me a new letter with the right salary. Can I still add it to my application?",
            "Mon employeur m’a remis une nouvelle lettre avec le bon salaire. Puis-je encore l’ajouter à ma demande\u00a0?",
        ),
        (
            "Yes, as long as no decision was made. Add it with the web form, and give the application number.",
            "Oui, tant qu’aucune décision n’a été prise. Ajoutez-la au moyen du formulaire Web, en indiquant le numéro de la demande.",
        ),
    ),
    Matter(
        Topic.DOCUMENT,
        Line.STUDY,
        (
            "The site says that my transcript is too large. It has 40 pages. What can I do?",
            "Le site indique que mon relevé de notes est trop volumineux. Il compte 40 pages. Que puis-je faire\u00a0?",
        ),
        (
            "A file may have 5 MB. Scan it in grey at 200 dots per inch, or send it in two parts.",
            "Un fichier peut avoir 5 Mo. Numérisez-le en gris à 200 points par pouce, ou envoyez-le en deux parties.",
        ),
    ),
    Matter(
        Topic.URGENT,
        Line.VISITOR,
        (
            "My father died on Sunday. My sister applied for a visitor visa to come to the funeral on Friday. Can it be decided before?",
            "Mon père est décédé dimanche. Ma sœur a demandé un visa de visiteur pour venir aux funérailles vendredi. Peut-il être accordé avant\u00a0?",
        ),
        (
            "We have asked the visa office to look at it today. Your sister will hear from that office directly.",
            "Nous avons prié le bureau des visas de l’examiner aujourd’hui. Votre sœur aura directement des nouvelles de ce bureau.",
        ),
        of_another=True,
    ),
    Matter(
        Topic.URGENT,
        Line.FAMILY,
        (
            "My husband is in hospital in Lagos and I am expecting our child. Can the visa be issued sooner?",
            "Mon mari est à l’hôpital à Dakar et j’attends notre enfant. Le visa peut-il être délivré plus tôt\u00a0?",
        ),
        (
            "The office in charge has the doctor’s letter and treats the application as urgent.",
            "Le bureau responsable a la lettre du médecin et traite la demande en urgence.",
        ),
    ),
    Matter(
        Topic.URGENT,
        Line.PR_CARD,
        (
            "My card has expired and I fly to my brother’s wedding next month. Can it be renewed sooner?",
            "Ma carte est échue et je prends l’avion le mois prochain pour le mariage de mon frère. Peut-elle être renouvelée plus tôt\u00a0?",
        ),
        (
            "A trip alone is no reason for urgent processing. Ask the visa office abroad for a travel document to come back.",
            "Un voyage n’est pas à lui seul un motif de traitement urgent. Demandez au bureau des visas à l’étranger un titre de voyage pour le retour.",
        ),
    ),
    Matter(
        Topic.WITHDRAW,
        Line.STUDY,
        (
            "I decided to study elsewhere. How do I withdraw my application, and is the fee returned?",
            "J’ai décidé d’étudier ailleurs. Comment retirer ma demande, et les frais sont-ils remboursés\u00a0?",
        ),
        (
            "Your application was withdrawn as you asked. The fee is returned if nobody had begun to look at it: you hear of it by mail.",
            "Votre demande a été retirée comme vous le souhaitiez. Les frais sont remboursés si l’examen n’avait pas commencé\u00a0: vous en serez avisé par la poste.",
        ),
    ),
    Matter(
        Topic.RESCHEDULE,
        Line.REFUGEE,
        (
            "My interview is on the day of my operation. May I have another date?",
            "Mon entrevue tombe le jour de mon opération. Puis-je avoir une autre date\u00a0?",
        ),
        (
            "We have passed it on to the office that invited you. Keep the old date until that office writes to you.",
            "Nous l’avons transmis au bureau qui vous a convoqué. L’ancienne date tient jusqu’à ce que ce bureau vous écrive.",
        ),
    ),
    Matter(
        Topic.TECHNICAL,
        Line.OTHER,
        (
            "The account closes each time I press “Submit”, in two browsers. The message says error 500.",
            "Le compte se ferme chaque fois que j’appuie sur «\u00a0Soumettre\u00a0», dans deux navigateurs. Le message indique l’erreur 500.",
        ),
        (
            "The fault was repaired on Tuesday. Please sign in again: what you had typed is still there.",
            "L’erreur a été corrigée mardi. Veuillez ouvrir une nouvelle session\u00a0: ce que vous aviez tapé s’y trouve encore.",
        ),
    ),
    Matter(
        Topic.OTHER,
        Line.OTHER,
        (
            "My neighbour offers to help me with my forms for money. How do I know that she is allowed to?",
            "Ma voisine m’offre de m’aider avec mes formulaires contre de l’argent. Comment savoir si elle en a le droit\u00a0?",
        ),
        (
            "Only lawyers, notaries and licensed consultants may be paid for it. Their colleges list them online.",
            "Seuls les avocats, les notaires et les consultants agréés peuvent être payés pour cela. Leurs ordres en publient la liste en ligne.",
        ),
    ),
)

OFFICES = (
    Matter(
        Topic.STATUS,
        Line.FAMILY,
        (
            "Our constituent’s sponsorship has been in process for 19 months. Could you tell us which step it is at? Consent is on file.",
            "Le parrainage de notre électeur est en traitement depuis 19 mois. Pourriez-vous nous dire à quelle étape il en est\u00a0? Le consentement est au dossier.",
        ),
        (
            "The medical results are valid and the file is with an officer for the final review.",
            "Les résultats médicaux sont valides et un agent fait l’examen final du dossier.",
        ),
    ),
    Matter(
        Topic.URGENT,
        Line.WORK,
        (
            "Urgent: our constituent has a removal date on Monday, and the work permit was renewed in time. Please call us today.",
            "Urgent\u00a0: la date de renvoi de notre électrice est lundi, et le permis de travail a été renouvelé à temps. Veuillez nous appeler aujourd’hui.",
        ),
        (
            "The matter was handed to the office that handles urgent cases; it will call you today.",
            "L’affaire a été confiée au bureau chargé des cas urgents; il vous appellera aujourd’hui.",
        ),
    ),
    Matter(
        Topic.DOCUMENT,
        Line.CITIZENSHIP,
        (
            "Our constituent sent the marriage certificate twice. Could you confirm that it was added to the file?",
            "Notre électeur a envoyé deux fois son certificat de mariage. Pourriez-vous confirmer qu’il est au dossier\u00a0?",
        ),
        (
            "It was added on the day on which it first came. Nothing else is missing.",
            "Il a été versé au dossier le jour où il est arrivé pour la première fois. Il ne manque rien d’autre.",
        ),
    ),
    Matter(
        Topic.STATUS,
        Line.VISITOR,
        (
            "The parents of our constituent gave their biometrics in August. Have they been matched to the application?",
            "Les parents de notre électrice ont fourni leurs données biométriques en août. Sont-elles liées à la demande\u00a0?",
        ),
        (
            "They were matched. The application is with the visa office, and a decision is expected within three weeks.",
            "Elles y sont liées. La demande est au bureau des visas, et une décision est attendue d’ici trois semaines.",
        ),
    ),
)


def of(kind: AskerKind) -> tuple[Matter, ...]:
    """What somebody of this kind asks."""
    if kind == AskerKind.OFFICE:
        return OFFICES
    return tuple(each for each in CLIENTS if kind != AskerKind.CLIENT or not each.of_another)
