"""What is told as uncertain."""

import os
import re
import subprocess
from itertools import pairwise
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import pytest

from spread.distill import agent_files, distill
from spread.distill.remote import host_of
from spread.distillation import Distillation, body
from spread.project import resolve
from tests.distill.lines import CWD, SESSION, Lines


def made(lines: Lines, folder: Path) -> Distillation:
    return distill(lines.save(folder), machine="box")


def doubts(lines: Lines, folder: Path) -> str:
    return "\n".join(made(lines, folder).uncertainties)


def begun() -> Lines:
    lines = Lines()
    lines.user("please mend the parser")
    lines.edit("/home/dev/app/a.py")
    return lines


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("Committed and done.", "committed"),
        ("All tests pass. I've pushed the branch.", "pushed"),
        ("Everything has been pushed to origin.", "pushed"),
    ],
)
def test_claim_without_a_result_is_told_as_unconfirmed(tmp_path: Path, said: str, word: str) -> None:
    """A report is no proof that something left the machine."""
    lines = begun()
    lines.bash("git push origin main", "error: failed to push some refs", code=1)
    lines.say(said)
    assert f"the agent reports “{word}”" in doubts(lines, tmp_path)


def test_what_only_a_call_can_show_is_doubted_without_any(tmp_path: Path) -> None:
    """That something was deployed no result says for sure; where nothing was called at all it cannot have been."""
    lines = Lines()
    lines.user("please mend the parser")
    lines.say("It is mended and has been deployed.")
    assert "the agent reports “deployed”" in doubts(lines, tmp_path)
    lines.bash("make deploy", "ok")
    lines.say("It is mended and has been deployed.")
    assert "the agent reports" not in doubts(lines, tmp_path)


def test_switches_that_leave_out_a_check_or_rewrite_are_told(tmp_path: Path) -> None:
    """No message of git's says that a hook did not run, or that a commit took another's place."""
    lines = begun()
    lines.bash("git push --force", "rejected", code=1)
    assert "git was called with" not in doubts(lines, tmp_path)
    lines.bash("git commit --no-verify -m parser", "[main 4f9e2d1] parser")
    lines.bash("git add -A && git commit --no-verify --amend --no-edit", "[main 5a9e2d1] parser")
    lines.bash("git push --force-with-lease", "ok")
    assert (
        "git was called with: commit --no-verify (2 times), commit --amend, push --force-with-lease"
        in doubts(lines, tmp_path)
    )


def test_what_a_hard_reset_took_is_told(tmp_path: Path) -> None:
    """The files that were listed before may not be as they were."""
    lines = begun()
    assert "took back uncommitted changes" not in doubts(lines, tmp_path)
    lines.bash("git reset --hard HEAD", "HEAD is now at 4f9e2d1 parser")
    assert "git reset --hard: of the files listed, what was in no commit then is gone" in doubts(
        lines, tmp_path
    )


@pytest.mark.parametrize(
    "said",
    [
        "**Nothing has been pushed**; that waits for you.",
        "It has been committed to no branch.",
        "All pushed?",
    ],
)
def test_a_denial_is_no_claim(tmp_path: Path, said: str) -> None:
    """Who says that nothing left the machine claims nothing."""
    lines = begun()
    lines.edit("/home/dev/app/a.py")
    lines.say(said)
    assert "reports" not in doubts(lines, tmp_path)


def test_claim_with_its_result_is_no_doubt(tmp_path: Path) -> None:
    """What a successful command confirms is not doubted; nor is what was only planned."""
    lines = begun()
    lines.bash("git commit -qm x && git push 2>&1", "main -> main")
    lines.say("Committed. Pushed. It should be deployed by you; nothing was published by me.")
    assert "reports" not in doubts(lines, tmp_path)


def test_rejected_push_behind_a_pipe_is_no_push(tmp_path: Path) -> None:
    """An exit code that a pipe hides does not make a rejected push a success."""
    lines = begun()
    lines.bash("git push 2>&1 | tail -3", " ! [rejected] main -> main (fetch first)")
    lines.say("Pushed.")
    assert "“pushed”" in doubts(lines, tmp_path)


def test_call_cut_off_is_named(tmp_path: Path) -> None:
    """A session that ends within a commit says which call has no outcome."""
    lines = begun()
    lines.call("Bash", {"command": "git commit -am x && git push"})
    told = made(lines, tmp_path)
    assert "see what came of `git commit -am x && git push` (to commit and push)" in told.next
    assert "no result" not in "\n".join(told.uncertainties)  # said once
    lines.say("It goes on.")
    assert "the last: Bash `git commit -am x && git push` (to commit and push)" in (doubts(lines, tmp_path))


def test_rewritten_commits_are_told(tmp_path: Path) -> None:
    """After a rebase the ids seen before may be gone; without an earlier commit there is nothing to say."""
    lines = begun()
    lines.bash("git rebase main", "Successfully rebased")
    assert "rewrote" not in doubts(lines, tmp_path)
    lines.bash("git commit -am x", "[main 1234567] x")
    lines.bash("git rebase --abort")
    assert "rewrote" not in doubts(lines, tmp_path)
    lines.bash("git rebase -i HEAD~3", "Successfully rebased")
    assert "rewrote" in doubts(lines, tmp_path)
    lines.bash("git log --oneline -2", "7654321 x\n1111111 old")
    assert "rewrote" not in doubts(lines, tmp_path)


def test_work_over_ssh_is_told(tmp_path: Path) -> None:
    """What ran on other hosts touched no file here and is said to be missing from the lists."""
    lines = begun()
    lines.bash("ssh -p 22 dev@server1 'sed -i s/a/b/ /etc/app.conf'")
    lines.bash("ssh server1 systemctl restart app")
    value = made(lines, tmp_path)
    assert "server1 (2)" in "\n".join(value.uncertainties)
    assert value.files.modified == ("a.py",)


@pytest.mark.parametrize(
    ("words", "host"), [("ssh", ""), ("ssh h", ""), ("ssh -v u@h ls", "h"), ("ssh -i k h ls", "h")]
)
def test_host_of_a_command(words: str, host: str) -> None:
    """A login without a command runs nothing we could have seen."""
    assert host_of(words.split()) == host


def test_git_itself_tells_what_is_uncommitted(tmp_path: Path) -> None:
    """Where the session's own directory is at hand, its state counts, not what the transcript lets one guess."""
    repository = tmp_path / "app"
    repository.mkdir()
    git = ["git", "-C", str(repository), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    for name in ("a b.py", "old.py"):
        (repository / name).write_text(f"{name}\n" * 20)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "x"], check=True)
    lines = Lines(cwd=str(repository))
    lines.user("please mend the parser")
    lines.bash("git commit -am x", "[main 1234567] x")
    lines.edit(str(repository / "a b.py"))
    assert "uncommitted" not in doubts(lines, tmp_path)
    assert "changed after" not in doubts(lines, tmp_path)
    (repository / "a b.py").write_text("y\n")
    (repository / "ü.py").write_text("y\n")
    subprocess.run([*git, "mv", "old.py", "new.py"], check=True)
    assert resolve(str(repository), with_state=True).changed == ("a b.py", "new.py", "ü.py")
    assert "uncommitted now: a b.py, new.py, ü.py" in doubts(lines, tmp_path)


def test_goal_is_of_the_last_session_in_a_file(tmp_path: Path) -> None:
    """Of several sessions in one file the last one's request is the goal; the files are those of all."""
    lines = begun()
    other = "0f5ad3cc-6a52-4d6f-9c0a-3d1f2b8e7a11"
    lines.add({"type": "custom-title", "customTitle": "parser", "sessionId": SESSION})
    lines.user("now write the release notes for it", sessionId=other)
    lines.write("/home/dev/app/NOTES.md")
    value = made(lines, tmp_path)
    assert value.goal == (
        "now write the release notes for it\n"
        "an earlier session in the same file was for: please mend the parser (L1)"
    )
    assert value.files.created == ("NOTES.md",)
    assert value.files.modified == ("a.py",)


def test_older_layout_of_sub_agents_files(tmp_path: Path) -> None:
    """Files beside the session that name it are its sub-agents'; another session's are not."""
    lines, agent, stranger = begun(), Lines(), Lines()
    agent.write("/home/dev/app/by_agent.py")
    stranger.write("/home/dev/app/by_stranger.py")
    (tmp_path / "agent-a1.jsonl").write_bytes(agent.data())
    (tmp_path / "agent-b2.jsonl").write_bytes(
        stranger.data().replace(SESSION.encode(), os.urandom(8).hex().encode())
    )
    (tmp_path / "agent-acompact-1.jsonl").write_bytes(agent.data())
    assert list(agent_files(str(tmp_path / f"{SESSION}.jsonl"))) == ["a1"]
    assert made(lines, tmp_path).files.created == ("by_agent.py",)


def test_lines_that_a_fork_repeats_count_once(tmp_path: Path) -> None:
    """A fork appended to its origin, or a sub-agent's file with its parent's lines, tells nothing twice."""
    lines = begun()
    lines.bash("npm test", "1 passing")
    lines.raw = [re.sub(r'"u\d+"', lambda it: f'"{uuid5(NAMESPACE_URL, it[0])}"', raw) for raw in lines.raw]
    alone = made(lines, tmp_path)
    other = "0f5ad3cc-6a52-4d6f-9c0a-3d1f2b8e7a11"
    copies = [raw.replace(SESSION, other) for raw in lines.raw]
    agent = Lines()
    agent.raw = list(lines.raw)
    agent.calls = 90
    key = agent.call("Write", {"file_path": "/home/dev/app/by_agent.py"}, uuid="other1")
    agent.result(key, "ok", twin={"type": "create"}, uuid="other2")
    for raw in copies:
        lines.add(raw)
    forked = made(lines, tmp_path)
    assert (forked.context, forked.files, forked.validation) == (alone.context, alone.files, alone.validation)
    (tmp_path / "agent-a1.jsonl").write_bytes(agent.data())
    value = made(lines, tmp_path)
    assert value.files.created == ("by_agent.py",)
    assert value.files.modified == ("a.py",)


def test_what_was_said_after_a_call_without_result_answers(tmp_path: Path) -> None:
    """A call whose result is missing does not make a request unanswered that a report followed; its line is told."""
    lines = begun()
    lines.call("Edit", {"file_path": "/home/dev/app/b.py", "old_string": "a", "new_string": "b"})
    lost = made(lines, tmp_path)
    assert not lost.answered
    lines.say("The parser is mended.")
    value = made(lines, tmp_path)
    assert value.answered
    assert "not finished" not in value.next
    at = next(at for at, text in enumerate(value.uncertainties) if "no result" in text)
    assert value.lines_of("uncertainties")[at] == "L4"


def test_a_push_only_reported_is_marked_in_the_report(tmp_path: Path) -> None:
    """Whoever reads the agent's words sees beside them that no push followed the commit."""
    lines = begun()
    lines.bash("git commit -m x", "[main abc1234] x")
    lines.say("All done. Successfully pushed to main.")
    value = made(lines, tmp_path)
    assert "pushed to main. [unconfirmed: no push is seen after the last commit, abc1234" in value.summary
    assert (
        distill(lines.save(tmp_path), machine="box", last_message="All done. Successfully pushed to main.")
        == value
    )


def test_what_was_never_done_is_said(tmp_path: Path) -> None:
    """Silence tells nobody that there is no commit, push, pull request or test; each is named until it is tried."""
    lines = begun()
    assert "not seen in this session: a commit, a push, a pull request, a test run" in doubts(lines, tmp_path)
    lines.bash("pytest -q", "1 failed", code=1)
    assert "not seen in this session: a commit, a push, a pull request\n" in doubts(lines, tmp_path) + "\n"
    lines.bash("git commit -qam x")
    assert "not seen in this session: a push, a pull request" in doubts(lines, tmp_path)
    lines.bash("git push", "error: failed to push some refs", code=1)
    assert "not seen in this session: a pull request" in doubts(lines, tmp_path)
    lines.bash("gh pr create --fill", "https://host/o/r/pull/7")
    assert "not seen in this session" not in doubts(lines, tmp_path)


def test_patches_of_mails_are_commits(tmp_path: Path) -> None:
    """`git am` commits each; given up it does not."""
    lines = begun()
    lines.bash("git am --abort")
    assert "not seen in this session: a commit, a push" in doubts(lines, tmp_path)
    lines.bash("git am a.patch", "Applying: feat: dim the lamps")
    assert "not seen in this session: a push" in doubts(lines, tmp_path)


def test_nothing_is_missed_where_nothing_changed(tmp_path: Path) -> None:
    """A session that only talked owes no commit."""
    lines = Lines()
    lines.user("what does the parser do?")
    lines.say("It parses.")
    assert "not seen" not in doubts(lines, tmp_path)


def test_what_unseen_sub_agents_did_is_not_denied(tmp_path: Path) -> None:
    """A sub-agent without a record may have committed, which is said then; one that only looks may not."""
    for kind, known in (("general-purpose", False), ("Explore", True)):
        lines = begun()
        lines.tool("Task", {"description": "mend", "prompt": "mend it", "subagent_type": kind}, "mended")
        lacks = "" if known else ", sub-agents' work not on record"
        assert f"not seen in this session{lacks}: a commit, a push" in doubts(lines, tmp_path)
    lines = Lines()
    lines.user("please mend the parser")
    lines.tool("Task", {"description": "mend", "prompt": "mend it", "subagent_type": "worker"}, "mended")
    assert "sub-agents' work not on record: a commit, a push" in doubts(lines, tmp_path)


def test_a_call_without_a_result_may_have_done_it(tmp_path: Path) -> None:
    """What was under way when the record ends is neither done nor certain not to be."""
    lines = begun()
    lines.call("Bash", {"command": "git add a.py && git commit -m x && gh pr create --fill"})
    assert "not seen in this session: a push, a test run" in doubts(lines, tmp_path)
    assert (
        "(to commit and open a pull request) on branch main: its result is not in"
        in made(lines, tmp_path).next
    )


def test_what_changed_after_a_check_is_named(tmp_path: Path) -> None:
    """Which files a check does not speak of is told, and when they hardly concern it."""
    lines = begun()
    lines.bash("ruff check .", "All checks passed!")
    lines.bash("pytest -q", "1 passed in 0.1s")
    assert "changed after" not in doubts(lines, tmp_path)
    lines.edit("/home/dev/app/notes.md")
    told = doubts(lines, tmp_path)
    assert "files changed after the last validation, only documents: notes.md" in told
    assert "passed before the last edits: lint `ruff check .` (L5)" in told
    lines.edit("/home/dev/app/CMakeLists.txt")
    assert "files changed after the last validation: CMakeLists.txt, notes.md" in doubts(lines, tmp_path)
    for name in "cd":
        lines.edit(f"/home/dev/app/{name}.py")
    assert "files changed after the last validation: d.py, c.py, CMakeLists.txt and 1 more" in doubts(
        lines, tmp_path
    )


def test_what_changed_elsewhere_after_a_check(tmp_path: Path) -> None:
    """A file of another tree does not make a check of this one stale."""
    lines = begun()
    lines.bash("pytest -q", "1 passed in 0.1s")
    lines.edit("/home/dev/other/x.py")
    assert "after the last validation, only outside the project: ~/other/x.py" in doubts(lines, tmp_path)


def test_that_no_change_is_seen_is_not_said_of_unseen_sub_agents(tmp_path: Path) -> None:
    """The list of files says so, too, as it would pass for all that happened."""
    for kind, more in (("general-purpose", "; what sub-agents wrote is not known"), ("Explore", "")):
        lines = Lines()
        lines.user("please mend the parser")
        lines.tool("Task", {"description": "mend", "prompt": "mend it", "subagent_type": kind}, "mended")
        lines.say("Done.")
        assert f"changed: none observed{more}\n" in body(made(lines, tmp_path).to_markdown())


def test_files_of_unseen_sub_agents_are_said_to_be_missing(tmp_path: Path) -> None:
    """Without their records nobody knows what they wrote; with one, or when they only look, nothing is missing."""
    told = "files that {} may have written are not listed"
    lines = begun()
    for _ in range(2):
        order = {"description": "mend", "prompt": "mend it", "subagent_type": "general-purpose"}
        lines.tool("Task", order, "mended", twin={"agentId": "abc1234"})
    assert told.format("2 sub-agents") in doubts(lines, tmp_path)
    lines = begun()
    lines.tool("Task", {"description": "look", "prompt": "look", "subagent_type": "Explore"}, "seen")
    assert "may have written" not in doubts(lines, tmp_path)
    lines = begun()
    lines.tool("Task", {"description": "mend", "prompt": "mend it"}, "mended", twin={"agentId": "abc1234"})
    assert told.format("a sub-agent") in doubts(lines, tmp_path)
    place = tmp_path / SESSION / "subagents"
    place.mkdir(parents=True)
    (place / "agent-abc1234.jsonl").write_bytes(Lines().data())
    assert "may have written" not in doubts(lines, tmp_path)


def test_a_sidechain_is_a_record(tmp_path: Path) -> None:
    """Where the calls of a sub-agent stand in the session's own file, nothing is missing."""
    lines = begun()
    key = lines.call("Task", {"description": "mend", "prompt": "mend it"})
    inner = lines.call("Bash", {"command": "touch c.py"}, isSidechain=True)
    lines.result(inner, "", isSidechain=True)
    lines.result(key, "mended")
    assert "may have written" not in doubts(lines, tmp_path)


def test_what_a_commit_lists_did_not_change_after_the_check(tmp_path: Path) -> None:
    """The names are the commit's, the change came before; of what changed later the check proves nothing."""
    lines = Lines()
    lines.user("please move the parser")
    lines.write("/home/dev/app/old.py")
    lines.bash("mkdir new && python move.py", "")
    lines.bash("pytest -q", "1 passed in 0.1s")
    listed = "[main aaaaaaa] x\n rename old.py => new.py (100%)\n rename a.py => b.py (90%)\n create mode 100644 c.py"
    lines.bash("git add -A && git commit -m x", listed)
    assert "files changed after" not in doubts(lines, tmp_path)
    lines.edit("/home/dev/app/d.py")
    told = made(lines, tmp_path)
    assert "files changed after the last validation: d.py" in told.uncertainties
    assert told.files.created == ("c.py", "new.py")


def test_what_came_from_a_cache_is_told_as_such(tmp_path: Path) -> None:
    """A pass that ran nothing anew says so, also where a build and a lint follow: tests say more than these."""
    lines = begun()
    lines.bash("go test ./...", "ok  \tx/a\t(cached)\nok  \tx/b\t0.20s")
    counts = made(lines, tmp_path).validation.counts
    assert counts.endswith("1 of 2 packages cached")
    lines.bash("go build ./...")
    lines.bash("go vet ./...")
    told = made(lines, tmp_path)
    assert told.validation.counts == counts
    assert (
        "also passed after the last edit: lint `go vet ./...` (L9), build `go build ./...` (L7)"
        in told.uncertainties
    )


def test_of_what_the_end_of_an_output_shows_as_cached_nothing_else_is_said(tmp_path: Path) -> None:
    """A package that ran anew may stand above the lines that `tail` let through."""
    lines = begun()
    lines.bash("go test ./... 2>&1 | tail -2", "ok  \tx/a\t(cached)\nok  \tx/b\t(cached)")
    assert made(lines, tmp_path).validation.counts == "2 of 2 packages shown cached"
    lines.bash("go test ./... 2>&1 | tail -5", "ok  \tx/a\t(cached)\nok  \tx/b\t(cached)")
    assert made(lines, tmp_path).validation.counts == "2 of 2 packages cached"


def test_what_one_line_checked_is_named_once(tmp_path: Path) -> None:
    """A command that builds and lints is not told twice."""
    lines = begun()
    lines.bash("pytest -q", "1 passed in 0.1s")
    lines.bash("go build ./... && go vet ./...")
    assert "last edit: build and lint `go build ./... && go vet ./...` (L7)" in doubts(lines, tmp_path)


def test_definitions_that_are_gone_again_are_told(tmp_path: Path) -> None:
    """What was written and taken out is told so, what was said of it is not; what only moved still stands."""
    lines = begun()
    path, other = "/home/dev/app/a_test.go", "/home/dev/app/b_test.go"
    code = "func readRawFields() int {\n\treturn 1\n}\nfunc keptHelper() {}\n"
    lines.tool("Edit", {"file_path": path, "old_string": "x", "new_string": code})
    lines.say(
        "Added two helpers: `readRawFields()` reads the raw content of fields, because the decoder drops them."
    )
    lines.user("move the helper that is kept and remove the other one again")
    lines.tool("Edit", {"file_path": other, "old_string": "y", "new_string": "func keptHelper() {}\n"})
    at = lines.tool("Edit", {"file_path": path, "old_string": code, "new_string": ""})
    lines.say("Done, the tests are smaller now.")
    lines.user("thanks, and what comes next in this package?")
    lines.say("The parser of durations is next.")
    told = made(lines, tmp_path)
    assert "written here, taken out or renamed again: readRawFields" in told.uncertainties
    assert f"L{at}" in told.lines_of("uncertainties")
    assert "readRawFields" not in told.context
    lines.tool("Edit", {"file_path": path, "old_string": "x", "new_string": code})
    assert "taken out" not in doubts(lines, tmp_path)


def test_a_definition_that_another_one_took_the_place_of_is_told_with_its_new_name(tmp_path: Path) -> None:
    """The name is the last one that it got."""
    lines = begun()
    path, names = "/home/dev/app/a.go", ("RawSummary", "PlainSummary", "Summary")
    lines.tool("Edit", {"file_path": path, "old_string": "x", "new_string": f"type {names[0]} struct {{"})
    for old, new in pairwise(names):
        edit = {"old_string": f"type {old} struct {{", "new_string": f"type {new} struct {{"}
        lines.tool("Edit", {"file_path": path, **edit})
    told = made(lines, tmp_path).uncertainties
    assert any(text.endswith(": RawSummary (now Summary), PlainSummary (now Summary)") for text in told)


def test_files_on_other_hosts_are_told(tmp_path: Path) -> None:
    """What a command there wrote or took away, unless it came and went, is noise, or the command failed."""
    lines = begun()
    lines.bash("ssh dev@server1 \"cat > /root/watch.sh << 'EOF'\n#!/bin/sh\nrm -f /etc/shadow\nEOF\"")
    lines.bash("ssh server1 'rm -rf /etc/old /etc/init.d/old && echo gone'", "gone")
    lines.bash("ssh server1 'echo x > /etc/trial'")
    lines.bash("ssh server1 'rm /etc/trial; touch /tmp/mark'")
    lines.bash("ssh server1 'rm /etc/app.conf'", "denied", code=1)
    lines.bash("ssh server2 \"echo '*/5 * * * * watch' >> /etc/crontabs/root\"")
    told = "\n".join(text for text in made(lines, tmp_path).uncertainties if " by hand " in text)
    assert f"written by hand on server1 over ssh: /root/watch.sh (L{len(lines.raw) - 11})" in told
    assert "deleted by hand on server1 over ssh: /etc/old, /etc/init.d/old\n" in told
    assert "written by hand on server2 over ssh: /etc/crontabs/root" in told
    assert not any(path in told for path in ("/etc/trial", "/tmp/mark", "/etc/app.conf", "/etc/shadow"))


def test_what_a_run_of_unknown_outcome_printed_last_is_told(tmp_path: Path) -> None:
    """Its words may say what its exit code hides."""
    lines = Lines()
    lines.user("please build each commit")
    lines.bash("make build | sort", "one is made\ntwo is made\n")
    lines.say("Both are made.")
    told = distill(lines.save(tmp_path), machine="box").uncertainties
    assert ("whether the last validation passed cannot be known; its last line: “two is made”") in told
    lines.bash("make build | sort", "BUILD FAIL one\nBUILD OK two\n")
    told = distill(lines.save(tmp_path), machine="box").uncertainties
    assert "whether the last validation passed cannot be known; in it: “BUILD FAIL one”" in told


def test_in_which_work_tree_the_last_validation_ran_is_told(tmp_path: Path) -> None:
    """Only where there are several."""
    lines = Lines()
    lines.user("please mend the parser")
    lines.edit("/home/dev/app/a.py")
    lines.bash("git status", "On branch main\nnothing to commit")
    lines.bash("pytest -q", "1 passed in 0.1s")
    lines.say("It is mended.")
    ran = "the last validation ran in "
    assert not any(
        text.startswith(ran) for text in distill(lines.save(tmp_path), machine="box").uncertainties
    )
    lines.bash("cd /home/dev/other && git status && pytest -q", "On branch fix/x\nnothing\n2 passed in 0.1s")
    lines.say("So is the other.")
    assert f"{ran}~/other, on branch fix/x" in distill(lines.save(tmp_path), machine="box").uncertainties


def test_a_push_that_was_asked_for_and_not_made_is_told_without_any_edit(tmp_path: Path) -> None:
    """What was asked for is missed though nothing was changed."""
    lines = Lines()
    lines.user("push it to the mirror")
    lines.bash("git status", "On branch main\nNo commits yet")
    lines.say("There is nothing to push.")
    told = distill(lines.save(tmp_path), machine="box").uncertainties
    assert "not seen in this session: a commit, a push, a pull request" in told


def test_what_is_in_no_commit_is_not_in_the_pull_request(tmp_path: Path) -> None:
    """An edit after the push is what comes next."""
    lines = Lines()
    lines.user("please mend the parser")
    lines.edit("/home/dev/app/a.py")
    lines.bash("git commit -am x", "[fix aaaaaaa] x\n 1 file changed")
    lines.bash("git push", "To host:x.git\n   aaaaaaa..bbbbbbb  fix -> fix")
    lines.bash("gh pr create --title t --body b", "https://host.example/o/r/pull/7")
    line = lines.edit("/home/dev/app/a.py")
    lines.say("The rest is mended, too.")
    told = distill(lines.save(tmp_path), machine="box").next
    assert f"changed, in no commit seen: a.py (L{line}); not seen in pull request #7" in told


def test_a_sub_agent_after_the_last_validation_may_have_changed_what_passed(tmp_path: Path) -> None:
    """Nobody saw what it edited, so the pass proves nothing of what is there now."""
    lines = begun()
    lines.bash("pytest -q", "1 passed in 0.1s")
    lines.say("It is mended.")
    assert made(lines, tmp_path).state == "validated"
    lines.tool(
        "Task", {"description": "mend", "prompt": "mend it", "subagent_type": "general-purpose"}, "mended"
    )
    lines.say("The rest is mended, too.")
    assert made(lines, tmp_path).state == "needs verification"
    assert "names them; some of their work came after the last validation" in doubts(lines, tmp_path)


def test_what_only_a_commit_lists_is_no_document(tmp_path: Path) -> None:
    """Somebody changed code after the check, nobody saw when: then it is not said that only documents changed."""
    lines = begun()
    lines.bash("ruff check .", "All checks passed!")
    lines.bash("pytest -q | tail -1", "quiet")
    lines.bash("git commit -am x", "[main aaaaaaa] x\n create mode 100644 b.py")
    lines.edit("/home/dev/app/README.md")
    lines.say("It is mended.")
    text = doubts(lines, tmp_path)
    assert "passed before the last edits: lint `ruff check .`" in text
    assert "only documents" not in text


def test_an_older_run_of_unknown_outcome_is_not_told_for_the_newer_one(tmp_path: Path) -> None:
    """Of a kind whose newest run told nothing, an older one that told nothing either is not named."""
    lines = begun()
    lines.bash("ruff check . | head -2", "quiet")
    lines.bash("pytest -q && ruff check . 2>&1 | tail -1", "quiet")
    lines.say("It is mended.")
    assert "lint:" not in doubts(lines, tmp_path)


def test_what_was_said_of_an_untracked_file(tmp_path: Path) -> None:
    """By the newest sentence of the agent that names it; of one that was made here nothing is asked."""
    lines = Lines()
    lines.user("commit it, please")
    lines.write(f"{CWD}/notes-of-mine.md")
    lines.say("There is a plan-of-old.md at the top. I leave plan-of-old.md out, it was there before.")
    lines.say(
        "Committing now; plan-of-old.md stays out as you asked. And notes-of-mine.md is a new one here."
    )
    lines.bash("git status", "On branch main\nUntracked files:\n\tplan-of-old.md\n\tnotes-of-mine.md\n")
    lines.say("Done.")
    told = distill(lines.save(tmp_path), machine="box").uncertainties
    said = [item for item in told if item.startswith("the agent of ")]
    assert said == [
        "the agent of the untracked plan-of-old.md, in no edit seen here: "
        "“Committing now; plan-of-old.md stays out as you asked.”"
    ]


@pytest.mark.parametrize(("kind", "told"), [("Explore", True), ("general-purpose", False)])
def test_pass_before_an_unseen_sub_agent_is_not_of_the_files_as_they_are(
    tmp_path: Path, kind: str, told: bool
) -> None:
    """What a sub-agent changed of whose work there is no record may be what the check was of."""
    lines = Lines()
    lines.user("Mend the loader.")
    lines.edit("/home/dev/app/load.py")
    lines.bash("ruff check .", "All checks passed!")
    lines.tool(
        "Task", {"subagent_type": kind, "description": "Look after it", "prompt": "Do."}, "It is done."
    )
    lines.bash("pytest -q", "3 passed in 0.1s")
    made = distill(lines.save(tmp_path), machine="box")
    assert any("ruff check ." in doubt for doubt in made.uncertainties) == told


@pytest.mark.parametrize("by_user", [False, True])
def test_a_pull_request_whose_address_was_given_is_not_told_as_not_seen(
    by_user: bool, tmp_path: Path
) -> None:
    """It may well be that of this work, opened before."""
    lines = Lines()
    said = "look at https://host.example/o/r/pull/15"
    lines.user(said if by_user else "what about the parts?")
    lines.edit(f"{CWD}/a.py")
    lines.say(said if not by_user else "It is mended.")
    assert "not seen in this session: a commit, a push, a test run\n" in doubts(lines, tmp_path) + "\n"


def test_an_edit_that_was_sent_is_not_told_as_not_seen(tmp_path: Path) -> None:
    """Nobody knows what came of it: that is told elsewhere."""
    lines = Lines()
    lines.user("write down the plan, then mend it")
    lines.tool("Write", {"file_path": f"{CWD}/plan.md", "content": "# Plan\n"}, "File created successfully")
    assert "an edit of code" in doubts(lines, tmp_path)
    lines.call("Edit", {"file_path": f"{CWD}/a.py", "old_string": "a", "new_string": "b"})
    assert "an edit of code" not in doubts(lines, tmp_path)


@pytest.mark.parametrize(
    ("kind", "log", "told"),
    [
        ("general-purpose", "", "commits that only reports of sub-agents name: abc1234"),
        ("general-purpose", "abc1234 add the lists", ""),
        ("Explore", "", ""),
    ],
)
def test_commits_that_only_a_report_names(kind: str, log: str, told: str, tmp_path: Path) -> None:
    """Nobody else tells of them; git's own log takes their place, and who only looks commits nothing."""
    lines = begun()
    order = {"description": "lists", "prompt": "Add the lists, then commit", "subagent_type": kind}
    lines.tool("Agent", order, "Added the lists. Committed as `add the lists` (commit `abc1234`).")
    if log:
        lines.bash("git log --oneline -1", log)
    found = doubts(lines, tmp_path)
    assert told in found
    assert ("only reports of sub-agents" in found) == bool(told)


def test_a_sub_agent_that_runs_stays_told_beside_a_list_sent_with_it(tmp_path: Path) -> None:
    """The list has no result either, and would hide that the agent was sent off."""
    lines = Lines()
    lines.user("have the harbour looked over")
    lines.call("Task", {"description": "Look over the piers", "prompt": "Name the dark ones."})
    lines.call("TodoWrite", {"todos": [{"content": "look over the piers", "status": "in_progress"}]})
    lines.bash("ls piers", "north\nsouth")
    page = lines.page(tmp_path)
    assert "the last: Task `Look over the piers` (L2)" in page


def test_a_call_whose_end_a_notice_told_is_not_without_a_result(tmp_path: Path) -> None:
    """Its own result cannot be read, but the notice names it by what it was to do."""
    for named, counted in (
        ("Install the chart", "1 tool call has"),
        ("Install the tides", "2 tool calls have"),
    ):
        lines = Lines()
        lines.user("install the chart")
        for what in ("chart", "lamps"):
            given = {"command": f"brew install {what}", "description": f"Install the {what}"}
            lines.call("Bash", given | {"run_in_background": True})
            lines.add('{"type": "user", "message": broken')
        summary = f'Background command "{named}" completed (exit code 0)'
        lines.user(
            "<task-notification>\n<task-id>b1</task-id>\n<status>completed</status>\n"
            f"<summary>{summary}</summary>\n</task-notification>"
        )
        lines.say("The chart is there.")
        doubts = distill(lines.save(tmp_path), machine="box").uncertainties
        assert any(doubt.startswith(f"{counted} no result in the transcript") for doubt in doubts)
