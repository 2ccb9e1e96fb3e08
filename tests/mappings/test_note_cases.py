"""What a note declines, names, or only corresponds about, case by case. Names are fictional."""

import pytest

from mappings.themes import Themes

THEMES = Themes.load()

CASES = [
    # declined: no theme
    ("Not interested in apprenticeships.", ""),
    ("No appetite for exporting.", ""),
    ("They have decided against solar panels.", ""),
    ("Isn't looking to recruit at the moment.", ""),
    ("Declined the offer of a mentor for the pupils.", ""),
    ("Has no plans to hold a jobs fair.", ""),
    ("Wouldn't consider a bus service for staff.", ""),
    ("Broadband vouchers: not for them, thanks.", ""),
    ("Asked to sponsor the carnival, said no.", ""),
    ("Opted out of the food bank collection.", ""),
    ("Doesn't want CCTV or a radio link.", ""),
    ("Won't be signing the real living wage pledge.", ""),
    ("Offered a health check for drivers. Not interested.", ""),
    ("Offered a health check for drivers. Thanks but no.", ""),
    ("Suggested a KTP with the university. Turned it down.", ""),
    # declined, but something else is wanted
    ("Won't be taking apprentices this year but would host work experience.", "education"),
    ("Not interested in apprenticeships, would rather host work experience.", "education"),
    ("Declined the volunteering days and wants help with shoplifting instead.", "safety"),
    ("Mentoring isn't for them; keen on full fibre though.", "digital"),
    ("Will take two apprentices. Not interested in publicity.", "skills"),
    # a double refusal is none
    ("No longer against taking apprentices.", "skills"),
    ("Not only apprenticeships but T levels too.", "skills"),
    ("Would never say no to an apprentice.", "skills"),
    ("Has not ruled out solar panels.", "net_zero"),
    ("Not opposed to joining the town board.", "local_leadership"),
    # a problem counts
    ("Cannot recruit drivers.", "employment"),
    ("No bus service after six.", "transport"),
    ("No mobile signal on the estate.", "digital"),
    ("Can't get planning for affordable homes.", "housing"),
    ("Nobody stops the shoplifters.", "safety"),
    ("Doesn't get paid on time by the main contractor.", "supply_chains"),
    # only remembered
    ("Used to run a mentoring scheme for pupils.", ""),
    ("Was going to talk about apprenticeships but he was called away.", ""),
    ("Used to run a mentoring scheme for pupils and wants to start it again for year 10 pupils.", "education"),
    # names, posts and venues
    ("Met at Skills Centre.", ""),
    ("Met the Head of Skills.", ""),
    ("Saw the Director of Housing and Health.", ""),
    ("Phoned the transport manager.", ""),
    ("Coffee at the health centre.", ""),
    ("Moved because of his Employment Tribunal date.", ""),
    ("Now called Northern Skills & Training Ltd.", ""),
    ("Green Energy Supplies plc has a new address.", ""),
    ("Nobody in at 4 Innovation Way.", ""),
    ("Met in the museum cafe.", ""),
    ("Met the Head of Skills, who will take three apprentices.", "skills"),
    ("Met at the health centre. Wants blood pressure checks for cab drivers.", "health"),
    # correspondence and diary
    ("Chased for reply re planning application 24/0123.", ""),
    ("Chasing a decision on the planning application for the housing site.", ""),
    ("Left message re apprenticeships meeting.", ""),
    ("Invoice query passed to creditors team.", ""),
    ("Business rates query about unit 4.", ""),
    ("Parking permit for the van.", ""),
    ("Taxi licence renewal form sent.", ""),
    ("General catch up, all good.", ""),
    ("Moved to 4 June, Teams link sent.", ""),
    ("Left a voicemail. Later rang back and would take four apprentices.", "skills"),
]  # fmt: skip


@pytest.mark.parametrize(("note", "themes"), CASES)
def test_notes(note: str, themes: str) -> None:
    assert {found.id for found in THEMES.find("", note)} == set(filter(None, themes.split("|")))


@pytest.mark.parametrize(
    ("subject", "note", "themes"),
    [
        ("Apprenticeships", "Phoned. Not for them, tried it once.", ""),
        ("Apprenticeships", "Not interested in apprenticeships, too small.", ""),
        ("Apprenticeships", "Not interested in the levy but will take two apprentices.", "skills"),
        ("Head of Skills", "New number.", ""),
    ],
)
def test_a_subject_only_announces(subject: str, note: str, themes: str) -> None:
    assert {found.id for found in THEMES.find(subject, note)} == set(filter(None, themes.split("|")))
