"""Addresses of the team lead's board. Dates are the centre's."""

from django.urls import path

from comptoir.liaison.urls import professional  # noqa: F401 - registers the date converter
from comptoir.liaison.views import board

urlpatterns = [
    path("board/", board.fortnight, name="board"),
    path("board/from/<service_date:on>/", board.fortnight, name="board-from"),
    path("board/<service_date:on>/", board.day, name="board-day"),
    path("board/<service_date:on>/waiting/", board.waits, name="board-waiting"),
]
