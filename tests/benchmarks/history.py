"""Half a year behind the measured days: the ten days repeated every fortnight, all of them attended.

Nothing a caller could do: rows of the past cannot be booked. They are written in statements, with hours,
claims and counters, so that a recount finds nothing.
"""

from __future__ import annotations

from django.db import connection

from comptoir.liaison.models import Appointment

FORTNIGHTS = 13

_BACK = "14 * fortnight * interval '1 day'"
_FORTNIGHTS = f"generate_series(1, {FORTNIGHTS}) fortnight"

_DAYS = f"""
INSERT INTO roster_serviceday ("on", starts_at, quanta, published_at, version)
SELECT day.on - 14 * fortnight, day.starts_at - {_BACK}, day.quanta, day.published_at, 1
  FROM roster_serviceday day, {_FORTNIGHTS}
 WHERE day.on = ANY(%(days)s)
"""

_HOURS = f"""
INSERT INTO roster_offeredhours (day_id, professional_id, mask)
SELECT past.id, hours.professional_id, hours.mask
  FROM {_FORTNIGHTS}, roster_offeredhours hours
  JOIN roster_serviceday day ON day.id = hours.day_id
  JOIN roster_serviceday past ON TRUE
 WHERE day.on = ANY(%(days)s) AND past.on = day.on - 14 * fortnight
"""

_OWN = {
    "reference": "fortnight || '-' || model.id",
    "uid": "gen_random_uuid()",
    "day_id": "past.id",
    "starts_at": f"model.starts_at - {_BACK}",
    "ends_at": f"model.ends_at - {_BACK}",
    "status": "'finished'",
    "booked_at": f"model.booked_at - {_BACK}",
    "attempt": "NULL",
    "started_at": f"model.starts_at - {_BACK}",
    "finished_at": f"model.ends_at - {_BACK}",
}
"""What differs from the appointment that an attended one is made after."""

_CLAIMS = f"""
INSERT INTO liaison_claim (professional_id, starts_at, hours_id, appointment_id, bit)
SELECT claim.professional_id, claim.starts_at - {_BACK}, hours.id, past.id, claim.bit
  FROM {_FORTNIGHTS}, liaison_claim claim
  JOIN liaison_appointment past ON TRUE
  JOIN roster_offeredhours hours
    ON hours.day_id = past.day_id AND hours.professional_id = past.professional_id
 WHERE past.reference = fortnight || '-' || claim.appointment_id
"""

_QUANTA = "(extract(epoch FROM one.ends_at - one.starts_at) / 900)::int"
_BY_WEEKDAY = ", ".join(
    f"COALESCE(sum({_QUANTA}) FILTER (WHERE day.on - monday.on = {weekday}), 0)::smallint"
    for weekday in range(7)
)

_COUNTERS = f"""
INSERT INTO liaison_officeweek (office_id, week, booked, late, floor_gone)
SELECT one.office_id, monday.on, ARRAY[{_BY_WEEKDAY}], array_fill(0, ARRAY[7])::smallint[],
       array_fill(false, ARRAY[7])
  FROM liaison_appointment one
  JOIN roster_serviceday day ON day.id = one.day_id
  JOIN LATERAL (SELECT day.on - extract(isodow FROM day.on)::int + 1 AS on) monday ON TRUE
 WHERE one.status IN ('booked', 'finished')
 GROUP BY one.office_id, monday.on
"""


def repeat() -> int:
    """Write it; how many appointments there are then."""
    with connection.cursor() as cursor:
        cursor.execute('SELECT "on" FROM roster_serviceday')
        values = {"days": [on for (on,) in cursor.fetchall()]}
        for statement in (_DAYS, _HOURS, _appointments(), _CLAIMS):
            cursor.execute(statement, values)
        cursor.execute("TRUNCATE liaison_officeweek")
        cursor.execute(_COUNTERS)
        cursor.execute("VACUUM ANALYZE")
    return Appointment.objects.count()


def _appointments() -> str:
    fields = (field.column for field in Appointment._meta.local_concrete_fields)
    columns = [column for column in fields if column is not None and column != "id"]
    values = ", ".join(_OWN.get(column, f"model.{column}") for column in columns)
    return f"""
INSERT INTO liaison_appointment ({", ".join(columns)})
SELECT {values}
  FROM {_FORTNIGHTS}, liaison_appointment model
  JOIN roster_serviceday day ON day.id = model.day_id
  JOIN roster_serviceday past ON TRUE
 WHERE past.on = day.on - 14 * fortnight
"""
