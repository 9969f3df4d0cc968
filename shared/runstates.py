"""The states of a run and the steps between them, as data.

`RunState` drives (few), `RunReason` reports (many, each with a sentence). No other file decides what may follow what;
the diagram in docs/verwerking-toestanden.md is rendered from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from shared.errors import TransitionRefused


class RunState(StrEnum):
    """Where a run is."""

    WACHTEND = "wachtend"
    BEZIG = "bezig"
    AANGEHOUDEN = "aangehouden"
    VRIJGEGEVEN = "vrijgegeven"
    MISLUKT = "mislukt"
    GEPUBLICEERD = "gepubliceerd"
    AFGEROND = "afgerond"
    AFGEKEURD = "afgekeurd"
    VERVALLEN = "vervallen"


class RunReason(StrEnum):
    """Why a run is where it is; `REASON_SENTENCES` has the sentence for a person."""

    BEGONNEN = "begonnen"
    AANGEVRAAGD = "aangevraagd"
    OVERGENOMEN = "overgenomen"
    OPNIEUW = "opnieuw"
    HERVAT = "hervat"
    OPNIEUW_AANGEBODEN = "opnieuw_aangeboden"
    CONTROLE_AANGEHOUDEN = "controle_aangehouden"
    MODEL_GESTOPT = "model_gestopt"
    VRIJGEGEVEN = "vrijgegeven"
    CONTROLE_AFGEKEURD = "controle_afgekeurd"
    GEPUBLICEERD = "gepubliceerd"
    SCHADUW_BEWAARD = "schaduw_bewaard"
    STAART_MISLUKT = "staart_mislukt"
    STAART_STAAT_STIL = "staart_staat_stil"
    MOMENTOPNAME_LOSGELATEN = "momentopname_losgelaten"
    AFGEROND = "afgerond"
    AFGEROND_ZONDER_MOMENTOPNAME = "afgerond_zonder_momentopname"
    VERSIE_GEWIJZIGD = "versie_gewijzigd"
    QUARANTAINE_VERLOPEN = "quarantaine_verlopen"
    AANVRAGEN_VERWIJDERD = "aanvragen_verwijderd"
    WERKERS_STONDEN_STIL = "werkers_stonden_stil"
    LEVERING_TERUGGENOMEN = "levering_teruggenomen"
    OPSLAG_ONBEREIKBAAR = "opslag_onbereikbaar"
    ADMINISTRATIE_ONBEREIKBAAR = "administratie_onbereikbaar"
    SLEUTEL_ONBEREIKBAAR = "sleutel_onbereikbaar"
    MODEL_ONGELDIG = "model_ongeldig"
    UITLEG_KLOPT_NIET = "uitleg_klopt_niet"
    LEVERING_GEWIJZIGD = "levering_gewijzigd"
    MOMENTOPNAME_ONTBREEKT = "momentopname_ontbreekt"
    AFGEBROKEN = "afgebroken"
    ONVERWACHTE_FOUT = "onverwachte_fout"


STATE_SENTENCES: Mapping[RunState, str] = {
    RunState.WACHTEND: "Iemand heeft om deze verwerking gevraagd; ze is nog niet begonnen.",
    RunState.BEZIG: "Een werker is bezig; na het verlopen van zijn tijd mag een ander het overnemen.",
    RunState.AANGEHOUDEN: "Er is niets gepubliceerd; de verwerking wacht op een mens of op de stopknop.",
    RunState.VRIJGEGEVEN: "Een procesbeheerder heeft de levering vrijgegeven; ze wacht op verwerking.",
    RunState.MISLUKT: "Er is niets gepubliceerd; de volgende ronde probeert het opnieuw.",
    RunState.GEPUBLICEERD: "De resultaten staan vast; uitvoer, momentopname en opruimen worden nog afgemaakt.",
    RunState.AFGEROND: "Alles is gedaan.",
    RunState.AFGEKEURD: "De levering is als geheel afgekeurd; de leverancier moet opnieuw leveren.",
    RunState.VERVALLEN: "De verwerking gaat niet door: vervangen door een andere, of wat ze nodig had is vernietigd.",
}

REASON_SENTENCES: Mapping[RunReason, str] = {
    RunReason.BEGONNEN: "De verwerking is begonnen.",
    RunReason.AANGEVRAAGD: "De verwerking is aangevraagd door een mens.",
    RunReason.OVERGENOMEN: "Een eerdere poging kwam niet af; deze heeft het overgenomen.",
    RunReason.OPNIEUW: "De verwerking is na een fout opnieuw begonnen.",
    RunReason.HERVAT: "De stopknop is uit; de verwerking is weer opgepakt.",
    RunReason.OPNIEUW_AANGEBODEN: "Een afgekeurde of vervallen levering is opnieuw aangeboden.",
    RunReason.CONTROLE_AANGEHOUDEN: "De controle houdt de levering aan; een procesbeheerder kan haar vrijgeven.",
    RunReason.MODEL_GESTOPT: "De stopknop van het model staat aan; na het uitzetten gaat de verwerking verder.",
    RunReason.VRIJGEGEVEN: "Een procesbeheerder heeft de levering vrijgegeven.",
    RunReason.CONTROLE_AFGEKEURD: "De levering voldoet niet aan de afspraken; zie de bevindingen.",
    RunReason.GEPUBLICEERD: "De resultaten zijn gepubliceerd.",
    RunReason.SCHADUW_BEWAARD: "De uitkomsten van een schaduwversie zijn bewaard; ze worden nooit getoond.",
    RunReason.STAART_MISLUKT: "De resultaten zijn gepubliceerd; het afmaken mislukte en wordt opnieuw geprobeerd.",
    RunReason.STAART_STAAT_STIL: "De resultaten staan vast; bij het afmaken hield werker na werker zonder bericht op. "
    "Elke nacht is het als laatste nog eens aan de beurt; zoek in het log waar het stopt.",
    RunReason.MOMENTOPNAME_LOSGELATEN: "De resultaten staan vast; een mens liet de momentopname los. "
    "De volgende ronde rondt ze af.",
    RunReason.AFGEROND: "De resultaten zijn gepubliceerd en de ruwe levering is verwijderd.",
    RunReason.AFGEROND_ZONDER_MOMENTOPNAME: "De resultaten zijn gepubliceerd en de ruwe levering is verwijderd. Een "
    "momentopname kon niet gemaakt worden: opnieuw beoordelen of narekenen kan niet.",
    RunReason.VERSIE_GEWIJZIGD: "Model, contract of sleutel is gewijzigd voordat er iets gepubliceerd was.",
    RunReason.QUARANTAINE_VERLOPEN: "De levering bleef te lang in quarantaine en is vernietigd.",
    RunReason.AANVRAGEN_VERWIJDERD: "Alles wat gevraagd was, is intussen verwijderd. Vraag het zo nodig opnieuw.",
    RunReason.WERKERS_STONDEN_STIL: "Werker na werker hield er zonder bericht mee op. Vraag het opnieuw, voor minder.",
    RunReason.LEVERING_TERUGGENOMEN: "De levering werd weggehaald voordat er iets gepubliceerd was. Opnieuw aangeboden "
    "begint ze opnieuw.",
    RunReason.OPSLAG_ONBEREIKBAAR: "De opslag antwoordde niet; controleer de opslag, de volgende ronde gaat verder.",
    RunReason.ADMINISTRATIE_ONBEREIKBAAR: "De database antwoordde niet; de volgende ronde gaat verder.",
    RunReason.SLEUTEL_ONBEREIKBAAR: "De pseudonimiseringssleutel is niet te gebruiken; herstel de sleutel.",
    RunReason.MODEL_ONGELDIG: "Het modelpakket of zijn invoer is niet te gebruiken; zet het goedgekeurde pakket terug.",
    RunReason.UITLEG_KLOPT_NIET: "Score en bijdragen tellen niet op; meld dit aan de modelbeheerder.",
    RunReason.LEVERING_GEWIJZIGD: "De levering veranderde tijdens de verwerking; de volgende ronde leest haar opnieuw.",
    RunReason.MOMENTOPNAME_ONTBREEKT: "De momentopname van de levering is er niet (meer); herverwerken kan niet.",
    RunReason.AFGEBROKEN: "De verwerking is van buiten afgebroken; de volgende ronde gaat verder.",
    RunReason.ONVERWACHTE_FOUT: "Er ging iets onverwachts mis; zie de gebeurtenis en meld het aan de beheerder.",
}

_S, _R = RunState, RunReason
FAILURES = frozenset(
    {
        _R.OPSLAG_ONBEREIKBAAR,
        _R.ADMINISTRATIE_ONBEREIKBAAR,
        _R.SLEUTEL_ONBEREIKBAAR,
        _R.MODEL_ONGELDIG,
        _R.UITLEG_KLOPT_NIET,
        _R.LEVERING_GEWIJZIGD,
        _R.MOMENTOPNAME_ONTBREEKT,
        _R.AFGEBROKEN,
        _R.ONVERWACHTE_FOUT,
    }
)
OF_THE_MODEL = frozenset({_R.MODEL_ONGELDIG, _R.UITLEG_KLOPT_NIET})  # failures that its builder must hear of
_STOPPED = frozenset({_R.MODEL_GESTOPT})
_REPLACED = frozenset({_R.VERSIE_GEWIJZIGD})
_GONE = frozenset({_R.QUARANTAINE_VERLOPEN})
# only a run that a person asked for: of applications that went since, or that ended every worker
_REMOVED = frozenset({_R.AANVRAGEN_VERWIJDERD})
_GIVEN_UP = frozenset({_R.WERKERS_STONDEN_STIL})
_TAKEN_BACK = frozenset({_R.LEVERING_TERUGGENOMEN})
# what it would read is gone: the delivery, or the snapshot of one that is to be judged again
_WITHOUT = _TAKEN_BACK | {_R.MOMENTOPNAME_ONTBREEKT}

# None is "does not exist yet".
TRANSITIONS: Mapping[RunState | None, Mapping[RunState, frozenset[RunReason]]] = {
    None: {
        _S.BEZIG: frozenset({_R.BEGONNEN}),
        _S.WACHTEND: frozenset({_R.AANGEVRAAGD}),
        _S.AANGEHOUDEN: _STOPPED,
    },
    _S.WACHTEND: {_S.BEZIG: frozenset({_R.BEGONNEN}), _S.AANGEHOUDEN: _STOPPED, _S.VERVALLEN: _REPLACED | _REMOVED},
    _S.BEZIG: {
        _S.BEZIG: frozenset({_R.OVERGENOMEN}),
        _S.GEPUBLICEERD: frozenset({_R.GEPUBLICEERD, _R.SCHADUW_BEWAARD}),
        _S.AANGEHOUDEN: frozenset({_R.CONTROLE_AANGEHOUDEN}) | _STOPPED,
        _S.AFGEKEURD: frozenset({_R.CONTROLE_AFGEKEURD}),
        _S.MISLUKT: FAILURES,
        _S.VERVALLEN: _REPLACED | _REMOVED | _GIVEN_UP | _WITHOUT,
    },
    _S.AANGEHOUDEN: {
        _S.VRIJGEGEVEN: frozenset({_R.VRIJGEGEVEN}),
        _S.BEZIG: frozenset({_R.HERVAT}),
        _S.VERVALLEN: _REPLACED | _GONE | _REMOVED | _TAKEN_BACK,
    },
    _S.VRIJGEGEVEN: {
        _S.BEZIG: frozenset({_R.BEGONNEN}),
        _S.AANGEHOUDEN: _STOPPED,
        _S.VERVALLEN: _REPLACED | _GONE,
    },
    _S.MISLUKT: {
        _S.BEZIG: frozenset({_R.OPNIEUW}),
        _S.AANGEHOUDEN: _STOPPED,
        _S.VERVALLEN: _REPLACED | _GONE | _REMOVED,
    },
    _S.GEPUBLICEERD: {
        _S.GEPUBLICEERD: frozenset(
            {_R.OVERGENOMEN, _R.STAART_MISLUKT, _R.STAART_STAAT_STIL, _R.MOMENTOPNAME_LOSGELATEN}
        ),
        _S.AFGEROND: frozenset({_R.AFGEROND, _R.AFGEROND_ZONDER_MOMENTOPNAME, _R.SCHADUW_BEWAARD}),
    },
    _S.AFGEROND: {},
    # the same description came again, with other tables
    _S.AFGEKEURD: {_S.BEZIG: frozenset({_R.OPNIEUW_AANGEBODEN}), _S.AANGEHOUDEN: _STOPPED, _S.VERVALLEN: _REPLACED},
    _S.VERVALLEN: {_S.BEZIG: frozenset({_R.OPNIEUW_AANGEBODEN}), _S.AANGEHOUDEN: _STOPPED},
}

PUBLISHED = frozenset({_S.GEPUBLICEERD, _S.AFGEROND})
LEASED = frozenset({_S.BEZIG, _S.GEPUBLICEERD})  # states in which a worker may hold the run


def check_transition(before: RunState | None, after: RunState, reason: RunReason) -> None:
    """Raise TransitionRefused unless the table allows this step for this reason."""
    if reason not in TRANSITIONS[before].get(after, frozenset()):
        raise TransitionRefused(
            f"A run cannot go from {before or 'nothing'} to {after} because of {reason}.",
            next_step="Look at docs/verwerking-toestanden.md for what is possible from here.",
        )


def resume_reason(before: RunState | None) -> RunReason:
    """Return why a run in this state becomes busy."""
    return {
        None: _R.BEGONNEN,
        _S.WACHTEND: _R.BEGONNEN,
        _S.VRIJGEGEVEN: _R.BEGONNEN,
        _S.BEZIG: _R.OVERGENOMEN,
        _S.GEPUBLICEERD: _R.OVERGENOMEN,
        _S.MISLUKT: _R.OPNIEUW,
        _S.AANGEHOUDEN: _R.HERVAT,
        _S.AFGEKEURD: _R.OPNIEUW_AANGEBODEN,
        _S.VERVALLEN: _R.OPNIEUW_AANGEBODEN,
    }[before]


def render_states() -> str:
    """Return docs/verwerking-toestanden.md: the diagram and the sentences of all states and reasons."""
    lines = [
        "# Toestanden van een verwerking",
        "",
        "Gemaakt uit `shared/runstates.py` (`make docs`); wijzig dit bestand niet met de hand.",
        "",
        "```mermaid",
        "stateDiagram-v2",
    ]
    for before, steps in TRANSITIONS.items():
        for after, reasons in steps.items():
            label = "fout (zie de redenen)" if reasons == FAILURES else ", ".join(sorted(reasons))
            lines.append(f"    {before or '[*]'} --> {after}: {label}")
        if not steps:
            lines.append(f"    {before} --> [*]")
    lines += ["```", "", "| toestand | betekenis |", "|---|---|"]
    lines += [f"| {state} | {STATE_SENTENCES[state]} |" for state in RunState]
    lines += ["", "| reden | zin |", "|---|---|"]
    lines += [f"| {reason} | {REASON_SENTENCES[reason]} |" for reason in RunReason]
    return "\n".join(lines) + "\n"
