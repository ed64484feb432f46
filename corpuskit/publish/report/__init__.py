"""report.html: a published corpus on one page, for the people who answer for it.

`survey_files` counts and samples what is published, a worker a file; `report_page` writes the page
from that, the manifest, the ledger and the counts of the description files.
"""

from __future__ import annotations

from corpuskit.publish.report.page import REPORT, Changes, report_page
from corpuskit.publish.report.survey import Survey, merge_surveys, survey_files

__all__ = ["REPORT", "Changes", "Survey", "merge_surveys", "report_page", "survey_files"]
