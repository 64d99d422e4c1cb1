"""Files that cannot be read, each condition a class that carries what to do with the file and what to tell the operator."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class Disposition(StrEnum):
    """What becomes of a fax that could not be read."""

    QUARANTINE = "quarantine"  # kept with its reason; a person may release it
    RETRY = "retry"  # the machine is at fault (disk full, memory): try again, the file is fine
    ASK = "ask"  # a person at the desk must look at the pages


class UnreadableFax(Exception):
    """A fax whose pages cannot be had; subclasses name the condition."""

    reason: ClassVar[str] = "unreadable"  # the stable code in `refused.reason`
    disposition: ClassVar[Disposition] = Disposition.QUARANTINE
    advice: ClassVar[str] = "Open the file in a viewer; ask the sender to fax the form again."

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.advice)
        self.detail = detail or self.advice


class EncryptedFile(UnreadableFax):
    """A PDF that asks for a password."""

    reason = "encrypted"
    advice = "The PDF is locked with a password. Ask the sender for the form on paper or an unlocked PDF."


class EmptyFile(UnreadableFax):
    """No bytes, or no pages."""

    reason = "empty"
    advice = "The file holds nothing. Look at the fax server's log of this call; ask the sender to send it again."


class NotAFax(UnreadableFax):
    """Neither a TIFF nor a PDF by content, whatever the name says."""

    reason = "not_a_fax"
    advice = "The content is neither TIFF nor PDF. Find out which program writes this into the watched folder."


class NotARegularFile(UnreadableFax):
    """A FIFO, socket, device, folder or link under a fax's name."""

    reason = "not_a_regular_file"
    advice = "This is not a regular file (a pipe, a link, a folder) and was set aside unopened. Find out which program made it."


class NotPermitted(UnreadableFax):
    """A file that this program's user may not read."""

    reason = "not_permitted"
    advice = "remsfax may not read this file. Give its user the right to read what the fax server drops, then release the file."


class DamagedFile(UnreadableFax):
    """A TIFF or PDF whose pages cannot be decoded."""

    reason = "damaged"
    advice = "The file is damaged and no page can be decoded. Ask the sender to send it again."


class TooManyPages(UnreadableFax):
    """More pages than a fax of this program can have."""

    reason = "too_many_pages"
    advice = "Far more pages than any form has. If it is a batch, split it and drop the parts; else ask the sender."


class PageTooLarge(UnreadableFax):
    """A page with more pixels than a fax can have: an attack or a mistake."""

    reason = "page_too_large"
    advice = "A page has more pixels than any fax. Find out where the file comes from; rescan it at 200 dots per inch."


class TookTooLong(UnreadableFax):
    """Decoding went past its limit of time."""

    reason = "took_too_long"
    advice = "Decoding this file took longer than the limit. It is likely broken on purpose or by a faulty program."


class KilledItsWorker(UnreadableFax):
    """The worker died on this fax three times."""

    reason = "killed_its_worker"
    advice = "The reading process died on this file three times. Keep the file for the engineers; ask the sender to fax again."


class NoSpaceLeft(UnreadableFax):
    """The disk is full or cannot be written."""

    reason = "no_space"
    disposition = Disposition.RETRY
    advice = "No space left for the archive. Free space on the data folder's disk; the fax stays in the inbox and is taken then."
