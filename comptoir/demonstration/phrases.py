"""What offices ask and what they are told, in both languages. Every matter is invented."""

from __future__ import annotations

from comptoir.liaison.models import Outcome
from comptoir.roster.models import LineOfBusiness as Line

QUESTIONS: dict[str, dict[Line, tuple[str, ...]]] = {
    "en": {
        Line.FAMILY: (
            "The sponsorship has been in process for 19 months. Is a document missing?",
            "The spouse’s medical examination expires next month. Must it be done again?",
            "The couple moved in September. Has the new address reached the file?",
        ),
        Line.EXPRESS_ENTRY: (
            "The eligibility review has shown “in progress” since the spring. What is it waiting for?",
            "Did the proof of funds sent on request arrive?",
        ),
        Line.STUDY: (
            "Classes begin in January. Can the student expect a decision by then?",
            "The permit was refused for the study plan. Can the officer’s notes be explained?",
            "The extension was filed before the permit expired. May the student keep working?",
        ),
        Line.WORK: (
            "The employer needs to know whether maintained status applies.",
            "The open work permit carries the wrong date of birth. How is it corrected?",
        ),
        Line.VISITOR: (
            "The parents hope to attend a funeral. Which proof of urgency is accepted?",
            "Biometrics were given in August. Have they been matched to the application?",
        ),
        Line.PR_CARD: (
            "The card was mailed to an old address. Was it returned?",
            "The renewal asks for a residency questionnaire. Which absences must be listed?",
        ),
        Line.REFUGEE: (
            "The travel document was applied for in May. Where does it stand?",
            "Can the children abroad be added to the file before the hearing?",
        ),
        Line.CITIZENSHIP: (
            "The test was passed a year ago. When may the ceremony be expected?",
            "Was the name change taken up in the application?",
        ),
        Line.OTHER: (
            "Which form is needed to authorize a new representative?",
            "The account cannot be linked to the application. Who can help?",
        ),
    },
    "fr": {
        Line.FAMILY: (
            "Le parrainage est en traitement depuis 19 mois. Manque-t-il un document?",
            "L’examen médical de l’époux expire le mois prochain. Faut-il le refaire?",
            "Le couple a déménagé en septembre. La nouvelle adresse est-elle au dossier?",
        ),
        Line.EXPRESS_ENTRY: (
            "L’étude de l’admissibilité est «\N{NO-BREAK SPACE}en cours\N{NO-BREAK SPACE}» depuis le printemps. Qu’attend-on?",
            "La preuve de fonds envoyée sur demande est-elle arrivée?",
        ),
        Line.STUDY: (
            "Les cours commencent en janvier. Une décision est-elle possible d’ici là?",
            "Le permis a été refusé en raison du plan d’études. Peut-on expliquer les notes de l’agent?",
            "La prolongation a été demandée avant l’expiration. L’étudiante peut-elle travailler?",
        ),
        Line.WORK: (
            "L’employeur veut savoir si le statut maintenu s’applique.",
            "Le permis de travail ouvert porte une mauvaise date de naissance. Comment la corriger?",
        ),
        Line.VISITOR: (
            "Les parents espèrent assister à des funérailles. Quelle preuve d’urgence est acceptée?",
            "Les données biométriques ont été fournies en août. Sont-elles liées à la demande?",
        ),
        Line.PR_CARD: (
            "La carte a été postée à une ancienne adresse. A-t-elle été retournée?",
            "Le renouvellement exige un questionnaire sur la résidence. Quelles absences indiquer?",
        ),
        Line.REFUGEE: (
            "Le titre de voyage a été demandé en mai. Où en est la demande?",
            "Les enfants à l’étranger peuvent-ils être ajoutés au dossier avant l’audience?",
        ),
        Line.CITIZENSHIP: (
            "L’examen a été réussi il y a un an. Quand la cérémonie aura-t-elle lieu?",
            "Le changement de nom a-t-il été consigné dans la demande?",
        ),
        Line.OTHER: (
            "Quel formulaire faut-il pour autoriser un nouveau représentant?",
            "Le compte ne peut être lié à la demande. Qui peut aider?",
        ),
    },
}

ANSWERS: dict[str, dict[Outcome, tuple[str, ...]]] = {
    "en": {
        Outcome.ANSWERED: (
            "Nothing is missing. The file is in its turn and no reply is needed from the applicant.",
            "The document arrived and was added to the file.",
            "The step in question is complete; the next is a background check without a fixed length.",
        ),
        Outcome.ACTION_REQUESTED: (
            "The processing office was asked to correct the address and to confirm it in writing.",
            "The processing office was asked to review the document that was overlooked.",
        ),
        Outcome.REFERRED: (
            "The matter was referred to the office that handles urgent cases.",
            "The matter was referred to the visa office concerned.",
        ),
        Outcome.NOT_AUTHORIZED: (
            "The consent does not cover this application; a new one is needed to speak about it.",
        ),
        Outcome.MORE_NEEDED: (
            "The number given belongs to no application. Please check it with the constituent.",
        ),
        Outcome.NOT_DISCUSSED: ("There was no time left for this case.",),
    },
    "fr": {
        Outcome.ANSWERED: (
            "Rien ne manque. Le dossier suit son cours et la personne n’a rien à fournir.",
            "Le document est arrivé et a été versé au dossier.",
            "L’étape est terminée; la suivante est une vérification sans durée fixe.",
        ),
        Outcome.ACTION_REQUESTED: (
            "Le bureau de traitement a été prié de corriger l’adresse et de le confirmer par écrit.",
            "Le bureau de traitement a été prié d’examiner le document qui avait été oublié.",
        ),
        Outcome.REFERRED: (
            "Le dossier a été renvoyé au bureau chargé des cas urgents.",
            "Le dossier a été renvoyé au bureau des visas concerné.",
        ),
        Outcome.NOT_AUTHORIZED: (
            "Le consentement ne vise pas cette demande; il en faut un nouveau pour en parler.",
        ),
        Outcome.MORE_NEEDED: (
            "Le numéro fourni ne correspond à aucune demande. Veuillez le vérifier avec la personne.",
        ),
        Outcome.NOT_DISCUSSED: ("Il ne restait plus de temps pour ce dossier.",),
    },
}

OUTCOMES = (
    (
        Outcome.ANSWERED,
        Outcome.ACTION_REQUESTED,
        Outcome.REFERRED,
        Outcome.MORE_NEEDED,
        Outcome.NOT_AUTHORIZED,
        Outcome.NOT_DISCUSSED,
    ),
    (66, 14, 9, 6, 3, 2),
)
"""And how often, in a hundred."""

ADVICE = {
    "en": "Explained how to follow the application online; no need to write again before the date given.",
    "fr": "Expliqué comment suivre la demande en ligne; inutile d’écrire de nouveau avant la date indiquée.",
}
PREPARATION = {
    "en": "File read. Last note is from the medical section; check the date with the office.",
    "fr": "Dossier lu. La dernière note vient de la section médicale; vérifier la date avec le bureau.",
}
SCOPE = {
    "en": "All information about the application named",
    "fr": "Tout renseignement au sujet de la demande indiquée",
}
TASKS = {
    "en": {
        Outcome.ACTION_REQUESTED: "Confirm that the processing office made the correction",
        Outcome.REFERRED: "Obtain the answer of the office it was referred to",
    },
    "fr": {
        Outcome.ACTION_REQUESTED: "Confirmer que le bureau de traitement a fait la correction",
        Outcome.REFERRED: "Obtenir la réponse du bureau auquel le dossier a été renvoyé",
    },
}
RESULTS = {
    "en": "Done; the office was told by telephone.",
    "fr": "C’est fait; le bureau en a été informé par téléphone.",
}
