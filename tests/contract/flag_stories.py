"""The contract "Flags", clause by clause, as stories. Firm `a` unless said; as of 1 November 2026 unless said."""

from tests.contract.story import Story, story

CEO = "person c Chief Executive"
STAFF = "person s Marketing Manager"
ENGAGED, LAPSED, NOT, UNKNOWN = "engaged leader", "leader_lapsed", "leader_not_engaged", "no_leader_known"

DONE = [
    story("done: the status says so", f"{CEO}; meeting 2026-10-02 status=done c=attended", ENGAGED),
    story("done: without a status, when it has started", f"{CEO}; meeting 2026-10-02 c=attended", ENGAGED),
    story("planned counts for nothing, though its day has passed", f"{CEO}; meeting 2026-10-02 status=planned c=attended", f"{NOT} none"),
    story("cancelled counts for nothing", f"{CEO}; meeting 2026-10-02 status=cancelled c=attended", f"{NOT} none"),
    story("cancelled counts for nothing: not even for reach", f"{CEO}; event 2026-10-02 status=cancelled c=invited", f"{NOT} none"),
    story("a planned mailing reached nobody", f"{CEO}; mailing 2026-10-02 status=planned", f"{NOT} none"),
    story("later counts for nothing", f"{CEO}; meeting 2026-11-02 c=attended", f"{NOT} none"),
    story("later counts for nothing, whatever the status says", f"{CEO}; meeting 2026-11-20 status=done c=attended", f"{NOT} none"),
    story("a later mailing reached nobody yet", f"{CEO}; mailing 2026-11-20 status=done", f"{NOT} none"),
    story("a later invitation counts for nothing yet", f"{CEO}; event 2026-11-20 c=invited", f"{NOT} none"),
    story("without starts_at: counts for nothing", f"{CEO}; meeting status=done c=attended", f"{NOT} none"),
    story("without starts_at, invited: counts for nothing", f"{CEO}; mailing status=done c=invited", f"{NOT} none"),
    story("a status that is no word of ours is none: done when it has started", f"{CEO}; meeting 2026-10-02 status=Held c=attended", ENGAGED),
    story("planned at first, done in the next export", f"{CEO}; meeting 2026-10-02 status=planned c=attended", ENGAGED, then="meeting 2026-10-02 id=E1 status=done c=attended"),
    story("done at first, cancelled in the next export", f"{CEO}; meeting 2026-10-02 status=done c=attended", f"{NOT} none", then="meeting 2026-10-02 id=E1 status=cancelled c=attended"),
]  # fmt: skip

AS_OF = [
    story("23:30 on the as-of day is in", f"{CEO}; meeting 2026-11-01T23:30 c=attended", ENGAGED),
    story("midnight after the as-of day is later", f"{CEO}; meeting 2026-11-02T00:00 c=attended", f"{NOT} none"),
    story("23:59:59 on the as-of day is in", f"{CEO}; meeting 2026-11-01T23:59:59 c=attended", ENGAGED),
    story("an offset: 01:30 next day there is 23:30 here", f"{CEO}; meeting 2026-11-02T01:30+02:00 c=attended", ENGAGED),
    story("an offset: 23:30 there is 01:30 of the next day here", f"{CEO}; meeting 2026-11-01T23:30-02:00 c=attended", f"{NOT} none"),
    story("summer: 22:30Z is 23:30 here, in", f"{CEO}; meeting 2026-06-15T22:30:00Z c=attended", ENGAGED, day="2026-06-15"),
    story("summer: 23:30Z is 00:30 of the next day here, later", f"{CEO}; meeting 2026-06-15T23:30:00Z c=attended", f"{NOT} none", day="2026-06-15"),
    story("the day clocks go back: 23:30 is in", f"{CEO}; meeting 2026-10-25T23:30 c=attended", ENGAGED, day="2026-10-25"),
    story("the day clocks go back has 25 hours: 23:59Z is in", f"{CEO}; meeting 2026-10-25T23:59:00Z c=attended", ENGAGED, day="2026-10-25"),
    story("the day clocks go forward: 22:59Z is in", f"{CEO}; meeting 2026-03-29T22:59:00Z c=attended", ENGAGED, day="2026-03-29"),
    story("the day clocks go forward has 23 hours: 23:00Z is later", f"{CEO}; meeting 2026-03-29T23:00:00Z c=attended", f"{NOT} none", day="2026-03-29"),
    story("a day without a time is that day", f"{CEO}; meeting 2026-11-01 c=attended", ENGAGED),
]  # fmt: skip

WINDOW = [
    story("365 days before is in", f"{CEO}; meeting 2025-11-01 c=attended", ENGAGED),
    story("365 days before at midnight is in", f"{CEO}; meeting 2025-11-01T00:00 c=attended", ENGAGED),
    story("366 days before is out", f"{CEO}; meeting 2025-10-31 c=attended", f"{LAPSED} none"),
    story("366 days before at 23:59 is out", f"{CEO}; meeting 2025-10-31T23:59 c=attended", f"{LAPSED} none"),
    story("the edge by offset: 23:30-01:00 of the day before is in", f"{CEO}; meeting 2025-10-31T23:30-01:00 c=attended", ENGAGED),
    story("the edge by offset: 00:30+01:00 is the day before", f"{CEO}; meeting 2025-11-01T00:30+01:00 c=attended", f"{LAPSED} none"),
    story("the edge in summer: 23:30Z is the next day here, in", f"{CEO}; meeting 2025-06-14T23:30:00Z c=attended", ENGAGED, day="2026-06-15"),
    story("the edge in summer: 22:30Z is out", f"{CEO}; meeting 2025-06-14T22:30:00Z c=attended", f"{LAPSED} none", day="2026-06-15"),
    story("over a leap day: 365 days, not a year, in", f"{CEO}; meeting 2023-03-02 c=attended", ENGAGED, day="2024-03-01"),
    story("over a leap day: 366 days is out", f"{CEO}; meeting 2023-03-01 c=attended", f"{LAPSED} none", day="2024-03-01"),
    story("the edge for staff: in", f"{STAFF}; call 2025-11-01 s=attended", f"{UNKNOWN} staff_only"),
    story("the edge for staff: out", f"{STAFF}; call 2025-10-31 s=attended", f"{UNKNOWN} none"),
    story("the edge for invitations: in", f"{STAFF}; event 2025-11-01 s=invited", f"{UNKNOWN} invited_only"),
    story("the edge for invitations: out", f"{STAFF}; event 2025-10-31 s=invited", f"{UNKNOWN} none"),
    story("the edge for mailings: in", "mailing 2025-11-01", f"{UNKNOWN} invited_only"),
    story("the edge for mailings: out", "mailing 2025-10-31", f"{UNKNOWN} none"),
    story("one before and one in the window: engaged", f"{CEO}; meeting 2024-01-02 c=attended; call 2026-01-02 c=attended", ENGAGED),
]  # fmt: skip

KINDS = [
    *(story(f"{kind} qualifies", f"{CEO}; {kind} 2026-10-02 c=attended", ENGAGED) for kind in ("meeting", "call", "visit", "event")),
    story("an inbound email qualifies", f"{CEO}; email 2026-10-02 direction=inbound c=attended", ENGAGED),
    story("an outbound email does not", f"{CEO}; email 2026-10-02 direction=outbound c=attended", f"{NOT} invited_only"),
    story("an email of unknown direction does not", f"{CEO}; email 2026-10-02 c=attended", f"{NOT} invited_only"),
    story("a direction that is no word of ours is none", f"{CEO}; email 2026-10-02 direction=Sideways c=attended", f"{NOT} invited_only"),
    story("an outbound call qualifies: direction is for emails", f"{CEO}; call 2026-10-02 direction=outbound c=attended", ENGAGED),
    *(story(f"{kind} never qualifies, but reaches", f"{CEO}; {kind} 2026-10-02 c=attended", f"{NOT} invited_only") for kind in ("mailing", "letter")),
    story("an inbound letter never qualifies", f"{CEO}; letter 2026-10-02 direction=inbound c=attended", f"{NOT} invited_only"),
    *(story(f"{kind} never qualifies nor reaches", f"{CEO}; {kind} 2026-10-02 c=attended", f"{NOT} none") for kind in ("note", "task", "other")),
    story("a kind that is none of ours is other", f"{CEO}; webinar 2026-10-02 c=attended", f"{NOT} none"),
    story("a kind in other letters is ours", f"{CEO}; meeting 2026-10-02 kind=MEETING c=attended", ENGAGED),
    story("no kind never qualifies", f"{CEO}; meeting 2026-10-02 kind= c=attended", f"{NOT} none"),
]  # fmt: skip

TOOK_PART = [
    story("organised took part", f"{CEO}; event 2026-10-02 c=organised", ENGAGED),
    *(story(f"{word} did not take part", f"{CEO}; meeting 2026-10-02 c={word}", f"{NOT} invited_only") for word in ("invited", "declined", "absent")),
    *(story(f"without a word, a {kind} was attended", f"{CEO}; {kind} 2026-10-02 c", ENGAGED) for kind in ("meeting", "call", "visit")),
    story("without a word, an inbound email was attended", f"{CEO}; email 2026-10-02 direction=inbound c", ENGAGED),
    story("without a word, an event was an invitation", f"{CEO}; event 2026-10-02 c", f"{NOT} invited_only"),
    story("without a word, a mailing went to them", f"{CEO}; mailing 2026-10-02 c at=-", f"{NOT} invited_only"),
    story("a word that is none of ours is none: supposed by kind", f"{CEO}; meeting 2026-10-02 c=Perhaps", ENGAGED),
    story("a word that is none of ours, at an event: invited", f"{CEO}; event 2026-10-02 c=Perhaps", f"{NOT} invited_only"),
    story("engagement.person of a meeting attended", f"{CEO}; meeting 2026-10-02 person=c", ENGAGED),
    story("engagement.person of an event was invited", f"{CEO}; event 2026-10-02 person=c", f"{NOT} invited_only"),
    story("engagement.person belongs to a business by itself", f"{CEO}; meeting 2026-10-02 person=c at=-", ENGAGED),
    story("a stated absent wins over a supposed attended", f"{CEO}; meeting 2026-10-02 person=c c=absent", f"{NOT} invited_only"),
    story("a stated invited wins over a supposed attended", f"{CEO}; meeting 2026-10-02 person=c c=invited", f"{NOT} invited_only"),
    story("a stated attended wins over a supposed invited", f"{CEO}; event 2026-10-02 person=c c=attended", ENGAGED),
    story("an inbound email to which they were only invited is nothing", f"{CEO}; email 2026-10-02 direction=inbound c=invited", f"{NOT} none"),
]  # fmt: skip

WHOSE = [
    story("it counts for the business of who took part, not for the one it names", f"firm b; {CEO}; meeting 2026-10-02 at=b c=attended", ENGAGED, b=f"{UNKNOWN} none"),
    story("an engagement without a business counts for its participants'", f"{CEO}; meeting 2026-10-02 at=- c=attended", ENGAGED),
    story("two firms' leaders at one meeting", f"firm b; {CEO}; person d CEO at=b; meeting 2026-10-02 at=- c=attended d=attended", ENGAGED, b=ENGAGED),
    story("one attended, the other was invited", f"firm b; {CEO}; person d CEO at=b; event 2026-10-02 c=attended d=invited", ENGAGED, b=f"{NOT} invited_only"),
    story("a firm named at a meeting of another's people, its own invited", f"firm b; {CEO}; person d CEO at=b; meeting 2026-10-02 at=a+b c=attended d=declined", ENGAGED, b=f"{NOT} invited_only"),
    story("a meeting with nobody said, of two firms", "firm b; meeting 2026-10-02 at=a+b", f"{UNKNOWN} staff_only", b=f"{UNKNOWN} staff_only"),
    story("a mailing to two firms", "firm b; mailing 2026-10-02 at=a+b", f"{UNKNOWN} invited_only", b=f"{UNKNOWN} invited_only"),
    story("a mailing that names one firm and somebody of another reaches both", f"firm b; {CEO}; mailing 2026-10-02 at=b c", f"{NOT} invited_only", b=f"{UNKNOWN} invited_only"),
    story("a person without a business is nobody's", "person c CEO at=-; meeting 2026-10-02 c=attended", f"{UNKNOWN} none"),
    story("two records at two firms are two posts", "firm b; person c CEO; person d CEO at=b same=c; meeting 2026-10-02 c=attended", ENGAGED, by_id=True, b=f"{NOT} none"),
    story("a leader here is staff there", "firm b; person c CEO; person d Adviser at=b same=c; meeting 2026-10-02 at=b d=attended", f"{NOT} none", by_id=True, b=f"{UNKNOWN} staff_only"),
]  # fmt: skip

MOVED = [
    story("moved: what was before stays with the old firm", f"firm b; {CEO}; meeting 2026-09-02 c=attended", "leader_left staff_only", then="person c at=b", b=f"{NOT} none"),
    story("moved: what comes after is the new firm's", f"firm b; {CEO}", f"{UNKNOWN} none", then="person c at=b changed=2026-10-10; meeting 2026-10-20 at=- c=attended", b=ENGAGED),
    story("moved: seen late, what was before is the old firm's", f"firm b; {CEO}", "leader_left staff_only", then="person c at=b changed=2026-10-25; meeting 2026-10-12 at=- c=attended", b=f"{NOT} none"),
    story("moved and promoted: the old title counts at the old firm", f"firm b; {STAFF}; meeting 2026-09-02 s=attended", f"{UNKNOWN} staff_only", then="person s CEO at=b", b=f"{NOT} none"),
    story("moved away, an old meeting before the window", f"firm b; {CEO}; meeting 2025-01-02 c=attended", f"{UNKNOWN} none", then="person c at=b", b=f"{NOT} none"),
    story("moved to no business: left the old one", f"{CEO}; meeting 2026-09-02 c=attended", "leader_left staff_only", then="person c at=-"),
    story("always here: what was before counts here", f"{CEO}; meeting 2026-01-02 c=attended", ENGAGED, then="person c title=Chair"),
    story("moved to another record of the same firm is no move", f"firm b same=a; {CEO}; meeting 2026-09-02 c=attended", ENGAGED, then="person c at=b"),
    story("moved, and no word when: what was before it was seen is the old firm's", "firm b; person c CEO at=b; meeting 2026-10-12 c=attended at=-", f"{NOT} none", then="person c at=a", b="leader_left staff_only"),
    story("moved, while a second record of hers stays", f"firm b; firm d in=chamber same=a; {CEO} changed=2026-01-01; person e CEO at=d in=chamber same=c changed=2026-10-28; meeting 2026-09-02 c=attended", ENGAGED, then="person c at=b changed=2026-10-20", b=f"{NOT} none"),
    story("moved, while a second record of hers was not looked after", f"firm b; firm d in=chamber same=a; {CEO} changed=2026-01-01; person e CEO at=d in=chamber same=c changed=2026-01-05; meeting 2026-09-02 c=attended", "leader_left staff_only", then="person c at=b changed=2026-10-20", b=f"{NOT} none"),
    story("her firm's row is missing for a while: no firm, no state", CEO, "-", then="firm a gone=1"),
    story("invited before she moved: the old firm's", f"firm b; {CEO}; event 2026-09-02 c=invited", f"{UNKNOWN} invited_only", then="person c at=b", b=f"{NOT} none"),
    story("a record that is gone", f"{CEO}; person d Director; meeting 2026-09-02 c=attended", f"{NOT} none", then="person c gone=1"),
]  # fmt: skip

LEADERS = [
    *(story(f"{title} leads", f"person c {title}; meeting 2026-10-02 c=attended", ENGAGED) for title in ("CEO", "Managing Director", "Owner", "Director", "Chair")),
    *(story(f"{title} does not lead", f"person c {title}; meeting 2026-10-02 c=attended", f"{UNKNOWN} staff_only") for title in ("PA to the Chief Executive", "Apprentice", "Receptionist")),
    story("a site leader leads where the firm is multi_site", "firm a multi_site=yes; person c Store Manager; visit 2026-10-02 c=attended", ENGAGED),
    story("a site leader does not lead elsewhere", "firm a multi_site=no; person c Store Manager; visit 2026-10-02 c=attended", f"{UNKNOWN} staff_only"),
    story("a site leader where multi_site is not said", "person c Store Manager; visit 2026-10-02 c=attended", f"{UNKNOWN} staff_only"),
    story("no title leads nothing", "person c title=; meeting 2026-10-02 c=attended", f"{UNKNOWN} staff_only"),
    story("no leader known", STAFF, f"{UNKNOWN} none"),
    story("nobody known", "", f"{UNKNOWN} none"),
    story("a leader promoted in the next export counts for what was", f"{STAFF}; meeting 2026-09-02 s=attended", ENGAGED, then="person s CEO"),
]  # fmt: skip

LEFT = [
    story("left_on yesterday", f"{CEO} left_on=2026-10-31; meeting 2026-10-02 c=attended", "leader_left staff_only"),
    story("left_on the as-of day", f"{CEO} left_on=2026-11-01; meeting 2026-10-02 c=attended", "leader_left staff_only"),
    story("left_on tomorrow is still there", f"{CEO} left_on=2026-11-02; meeting 2026-10-02 c=attended", ENGAGED),
    story("left_on impossible is none", f"{CEO} left_on=2026-02-31; meeting 2026-10-02 c=attended", ENGAGED),
    story("status left", f"{CEO} status=left; meeting 2026-10-02 c=attended", "leader_left staff_only"),
    story("status left wins over left_on tomorrow", f"{CEO} status=left left_on=2026-11-02; meeting 2026-10-02 c=attended", "leader_left staff_only"),
    story("left_on wins over status active", f"{CEO} status=active left_on=2026-10-31; meeting 2026-10-02 c=attended", "leader_left staff_only"),
    story("a status that is no word of ours is none", f"{CEO} status=Dormant; meeting 2026-10-02 c=attended", ENGAGED),
    story("left, and took part only before the window", f"{CEO} left_on=2026-10-31; meeting 2025-10-02 c=attended", f"{UNKNOWN} none"),
    story("left, and never took part", f"{CEO} left_on=2026-10-31", f"{UNKNOWN} none"),
    story("left before the window, took part in it all the same", f"{CEO} left_on=2025-01-31; meeting 2026-10-02 c=attended", "leader_left staff_only"),
    story("left and was invited only", f"{CEO} left_on=2026-10-31; meeting 2026-10-02 c=invited", f"{UNKNOWN} invited_only"),
    story("one left, another leads and took part", f"{CEO} left_on=2026-10-31; person d Director; meeting 2026-10-02 c=attended d=attended", ENGAGED),
    story("one left, another leads and has not taken part", f"{CEO} left_on=2026-10-31; person d Director; meeting 2026-10-02 c=attended", "leader_left staff_only"),
    story("one left, another lapsed: left comes first", f"{CEO} left_on=2026-10-31; person d Director; meeting 2026-10-02 c=attended; call 2025-01-02 d=attended", "leader_left staff_only"),
    story("staff who left: staff_only", f"{STAFF} left_on=2026-10-31; call 2026-10-02 s=attended", f"{UNKNOWN} staff_only"),
    story("a leader left long ago, another lapsed", f"{CEO} left_on=2025-01-31; person d Director; call 2025-01-02 c=attended d=attended", f"{LAPSED} none"),
]  # fmt: skip

REACH = [
    story("staff took part", f"{STAFF}; meeting 2026-10-02 s=attended", f"{UNKNOWN} staff_only"),
    story("staff took part, the leader never", f"{CEO}; {STAFF}; meeting 2026-10-02 s=attended c=declined", f"{NOT} staff_only"),
    story("staff took part, the leader lapsed", f"{CEO}; {STAFF}; meeting 2025-01-02 c=attended; call 2026-10-02 s=attended", f"{LAPSED} staff_only"),
    *(story(f"a {kind} without participants names it", f"{kind} 2026-10-02", f"{UNKNOWN} staff_only") for kind in ("meeting", "call", "visit", "event")),
    story("an inbound email without participants names it", "email 2026-10-02 direction=inbound", f"{UNKNOWN} staff_only"),
    story("a meeting with a stranger only has participants", "meeting 2026-10-02 '?Sam Nobody=attended'", f"{UNKNOWN} none"),
    story("a stranger and the leader", f"{CEO}; meeting 2026-10-02 '?Sam Nobody=attended' c=attended", ENGAGED),
    story("an event with a stranger invited has participants", "event 2026-10-02 '?Sam Nobody=invited'", f"{UNKNOWN} none"),
    story("people of another firm only: it has participants", "firm b; person s Clerk at=b; meeting 2026-10-02 at=a s=attended", f"{UNKNOWN} none", b=f"{UNKNOWN} staff_only"),
    *(story(f"staff {word} at an event", f"{STAFF}; event 2026-10-02 s={word}", f"{UNKNOWN} invited_only") for word in ("invited", "declined", "absent")),
    *(story(f"staff {word} at an event in another's name", f"firm b; {STAFF}; event 2026-10-02 at=b s={word}", f"{UNKNOWN} invited_only", b=f"{UNKNOWN} none") for word in ("invited", "absent")),
    *(story(f"a {kind} names the firm", f"{kind} 2026-10-02", f"{UNKNOWN} invited_only") for kind in ("mailing", "letter")),
    *(story(f"a {kind} names somebody of it", f"{STAFF}; {kind} 2026-10-02 at=- s", f"{UNKNOWN} invited_only") for kind in ("mailing", "letter")),
    story("an outbound email names the firm", "email 2026-10-02 direction=outbound", f"{UNKNOWN} invited_only"),
    story("an email of unknown direction names somebody of it", f"{STAFF}; email 2026-10-02 at=- s", f"{UNKNOWN} invited_only"),
    story("a mailing that was declined names somebody of it", f"{STAFF}; mailing 2026-10-02 at=- s=declined", f"{UNKNOWN} invited_only"),
    story("a mailing to a stranger names the firm", "mailing 2026-10-02 '?Sam Nobody'", f"{UNKNOWN} invited_only"),
    *(story(f"a {kind} names the firm: none", f"{kind} 2026-10-02", f"{UNKNOWN} none") for kind in ("note", "task", "other")),
    *(story(f"staff invited to a {kind}: none", f"{STAFF}; {kind} 2026-10-02 s=invited", f"{UNKNOWN} none") for kind in ("note", "task")),
    story("somebody who has left was invited", f"{STAFF} left_on=2026-01-01; event 2026-10-02 s=invited", f"{UNKNOWN} invited_only"),
    story("leader comes before staff", f"{CEO}; {STAFF}; meeting 2026-10-02 c=attended s=attended", ENGAGED),
    story("staff comes before invited", f"{CEO}; {STAFF}; meeting 2026-10-02 s=attended; event 2026-10-03 c=invited", f"{NOT} staff_only"),
]  # fmt: skip

CLOSED = [
    story("closed has no row", "firm a status=closed", "-"),
    story("closed, though its leader took part", f"firm a status=closed; {CEO}; meeting 2026-10-02 c=attended", "-"),
    story("a status that is no word of ours: not closed", "firm a status=Dormant", f"{UNKNOWN} none"),
    story("closed in one CRM, active in the other", "firm a status=closed; firm b in=chamber same=a status=active", f"{UNKNOWN} none"),
    story("closed in one CRM, the other says nothing", "firm a status=closed; firm b in=chamber same=a", f"{UNKNOWN} none"),
    story("closed in both", "firm a status=closed; firm b in=chamber same=a status=closed", "-", b="-"),
    story("closed in the next export", CEO, "-", then="firm a status=closed"),
    story("open again in the next export", f"firm a status=closed; {CEO}", f"{NOT} none", then="firm a status=active"),
]  # fmt: skip

DISAGREE = [
    *(story(f"multi_site in {where} holds", f"firm a multi_site={one}; firm b in=chamber same=a multi_site={two}; person c Store Manager; visit 2026-10-02 c=attended", ENGAGED) for where, one, two in (("the council's CRM", "yes", "no"), ("the chamber's CRM", "no", "yes"), ("the chamber's CRM alone", "", "true"))),
    story("met by the other CRM", "firm b in=chamber same=a; person c CEO at=b in=chamber; meeting 2026-10-02 at=b in=chamber c=attended", ENGAGED),
    story("the highest level counts: the other CRM's title", "firm b in=chamber same=a; person c Manager; person d CEO at=b in=chamber same=c; meeting 2026-10-02 c=attended", ENGAGED),
    story("the highest level counts: this CRM's title", "firm b in=chamber same=a; person c CEO; person d Manager at=b in=chamber same=c; meeting 2026-10-02 at=b in=chamber d=attended", ENGAGED),
    story("left in one CRM, the other says nothing and has no date", "firm b in=chamber same=a; person c CEO status=left; person d CEO at=b in=chamber same=c; meeting 2026-10-02 c=attended", "leader_left staff_only"),
    story("left in one CRM, active in one that changed later", "firm b in=chamber same=a; person c CEO status=left changed=2026-05-01; person d CEO at=b in=chamber same=c status=active changed=2026-06-01; meeting 2026-10-02 c=attended", ENGAGED),
    story("left in one CRM, active in one that changed earlier", "firm b in=chamber same=a; person c CEO status=left changed=2026-06-01; person d CEO at=b in=chamber same=c status=active changed=2026-05-01; meeting 2026-10-02 c=attended", "leader_left staff_only"),
    story("left in one CRM, active in one that changed at that very time", "firm b in=chamber same=a; person c CEO status=left changed=2026-06-01; person d CEO at=b in=chamber same=c status=active changed=2026-06-01; meeting 2026-10-02 c=attended", "leader_left staff_only"),
    story("left_on in one CRM, active in one that changed later", "firm b in=chamber same=a; person c CEO left_on=2026-04-30 changed=2026-05-01; person d CEO at=b in=chamber same=c status=active changed=2026-06-01; meeting 2026-10-02 c=attended", ENGAGED),
    story("left_on to come in the later record: left only then", "firm b in=chamber same=a; person c CEO status=left changed=2026-05-01; person d CEO at=b in=chamber same=c left_on=2026-12-01 changed=2026-06-01; meeting 2026-10-02 c=attended", ENGAGED),
    story("left_on to come in the later record: then she has", "firm b in=chamber same=a; person c CEO status=left changed=2026-05-01; person d CEO at=b in=chamber same=c left_on=2026-12-01 changed=2026-06-01; meeting 2026-10-02 c=attended", "leader_left staff_only", day="2026-12-01"),
    story("left in one CRM, in the other later without a word", "firm b in=chamber same=a; person c CEO status=left changed=2026-05-01; person d CEO at=b in=chamber same=c changed=2026-06-01; meeting 2026-10-02 c=attended", ENGAGED),
    story("a leader in one CRM who has left by the other's word", "firm b in=chamber same=a; person c Adviser left_on=2026-10-01; person d CEO at=b in=chamber same=c; meeting 2026-09-02 c=attended", "leader_left staff_only"),
    story("two of the chamber's and the council's people in one firm", "firm b in=chamber same=a; person c CEO; person d Director at=b in=chamber; meeting 2026-10-02 at=b in=chamber d=attended", ENGAGED),
    story("left in both", "firm b in=chamber same=a; person c CEO status=left changed=2026-05-01; person d CEO at=b in=chamber same=c status=left changed=2026-06-01; meeting 2026-10-02 c=attended", "leader_left staff_only"),
    story("the chamber says left, the council changed later", "firm b in=chamber same=a; person c CEO status=active changed=2026-06-01; person d CEO at=b in=chamber same=c left_on=2026-05-01 changed=2026-05-01; meeting 2026-10-02 c=attended", ENGAGED),
]  # fmt: skip

TIME = [
    story("a meeting leaves the window by itself", f"{CEO}; meeting 2025-10-06 c=attended", f"{LAPSED} none"),
    story("a meeting planned by its date alone happens by itself", f"{CEO}; meeting 2026-10-20 c=attended", ENGAGED),
    story("a leader leaves by itself", f"{CEO} left_on=2026-10-20; meeting 2026-09-02 c=attended", "leader_left staff_only"),
    story("a leader who left is forgotten by itself", f"{CEO} left_on=2026-01-20; meeting 2025-10-06 c=attended", f"{UNKNOWN} none"),
    story("staff met leaves the window by itself", f"{STAFF}; meeting 2025-10-06 s=attended", f"{UNKNOWN} none"),
    story("a mailing leaves the window by itself", "mailing 2025-10-06", f"{UNKNOWN} none"),
    story("as of an earlier day: before the meeting", f"{CEO}; meeting 2026-10-02 c=attended", f"{NOT} none", day="2026-10-01"),
    story("as of an earlier day: before she left", f"{CEO} left_on=2026-10-20; meeting 2026-09-02 c=attended", ENGAGED, day="2026-10-19"),
    story("as of a later day: lapsed", f"{CEO}; meeting 2026-10-02 c=attended", f"{LAPSED} none", day="2027-10-03"),
    story("as of a later day: the last day of the window", f"{CEO}; meeting 2026-10-02 c=attended", ENGAGED, day="2027-10-02"),
]  # fmt: skip

STORIES: list[Story] = [*DONE, *AS_OF, *WINDOW, *KINDS, *TOOK_PART, *WHOSE, *MOVED, *LEADERS, *LEFT, *REACH, *CLOSED, *DISAGREE, *TIME]
