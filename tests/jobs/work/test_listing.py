"""The list: filters, counts, search, order, pages and exports."""

import csv
import io
import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl_free import rows_of
from sqlalchemy import delete, insert, update

from jobs.work import keeping
from jobs.work.board import FACETS, KEYS, SORTS, board_of, sets_of
from jobs.work.exporting import COLUMNS, export_csv, export_xlsx
from jobs.work.listing import FLAGGED, PAGE, Wanted, every, every_id, find
from jobs.work.search import Words, words_of
from jobs.work.steps import assign, dismiss
from store import bulk, migrate
from store.database import Database
from store.tables import Business, Listed, ListVersion
from tests.jobs.work.world import ANN, BEN, DAY, ZONE, Town, noon
