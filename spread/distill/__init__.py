"""A session boiled down: `distiller` reads its events, `ledger*` folds them, `document*` tells what came of them.

The rest is one file a subject; those named `*_tell` put what another file found into words.
"""

from spread.distill.distiller import agent_files, distill, session_of

__all__ = ["agent_files", "distill", "session_of"]
