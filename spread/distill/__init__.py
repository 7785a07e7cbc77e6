"""A session boiled down: `distiller` reads its events, `ledger*` folds them, `document*` tells what came of them.

The rest is one file a subject; those named `*_tell` put what another file found into words. By what they are about
(`x*` is all that begin so; `tests/distill/test_index_of_modules.py` holds this list against the files):

    reading on          distiller, state*, ledger*, turns, once, newest
    command lines       reader, shell, simple, wrapped, variables, given, untaken, stands, got_to, calls, looking, tools
    changes of files    files*, effect, spelling, noise, operands, inline, defined, editors, cmdlets, foreign,
                        patched, saved, filled, printed, unpacked, generated, reformed, formatted, blindly, nameless, sought,
                        own_scripts, reported, removed, diffed, enclosing, outside, edits, net*, wired*, undone, taken_out,
                        reworked, machine, deployed
    git and its host    git*, commits, carried, index, log, resets, tags, put_aside, put_back, stuck, nested, repo, requested,
                        arrived, remote, there, place*, replies, issues, links, messages, hooks, ci
    checks              runs, validation, main_check, proof, filters, signs, shown, branched, blame, beside, idle, logged, tasks,
                        parsed, narrow, builds, unrun, to_verify, user_ran, ends, after
    failures            trial*, failure, failing, failed_tell, errors, differs, explained, mended, warned, results
    the user's words    prompts, asked, decided, options, verdicts, subject, questions, offered, waived, closing, superseded, rewound,
                        goal_tell, plans, rules*, ruled*, handed, resumed
    the agent's words   said, heard, found, intents, thoughts, conceded, aftermath, claims, unproven, noticed, stale,
                        versions, reports, broken_off, verdict, gist, later, named, agents, background
    documents written   documents, statements, product, viewed
    what is left        next*, left_off, omitted, todos, doubts*
    choosing words      document*, extract, weighed, words, record*, own
"""

from spread.distill.distiller import agent_files, distill, session_of

__all__ = ["agent_files", "distill", "session_of"]
