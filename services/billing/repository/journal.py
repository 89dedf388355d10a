"""The SQL of the ledger. It only adds."""

from __future__ import annotations

from collections.abc import Sequence

from services.billing.entity import JOURNAL_ENTRY, POSTING, JournalEntry, Posting
from services.common.unit_of_work import UnitOfWork


def add_entry(uow: UnitOfWork, entry: JournalEntry, postings: Sequence[Posting]) -> None:
    """Writes a new entry of the ledger."""
    uow.add(JOURNAL_ENTRY, entry)
    for posting in postings:
        uow.add(POSTING, posting)
