"""Which commands build, test, lint or check types, over the ecosystems."""

import re
from itertools import pairwise
from typing import Final

from spread.distill.wrapped import FAR, unwrapped

_SCRIPT: Final = re.compile(r"(?:^|[:\-_.])(tests?|spec|e2e|unit|lint|detekt|typecheck|type-check|types|tsc|check|build|"
                            r"compile|verify|validate|ci|format-check|fmt-check|vet)(?:$|[:\-_.])")  # fmt: skip
# What ends so is named for the tests' or the build's things, and does not run them.
_THING: Final = re.compile(
    r"[\-_.](?:data|fixtures?|server|setup|env|utils?|helpers?|db|config|reports?|results?|outputs?|logs?)$"
)
_OTHER: Final = re.compile(
    r"^(?:dev|start|serve|db|release)[:\-_.]|(?:^|[:\-_.])(?:gen|generate|clean|clear|install|deps|init|create|new|stop|down|up|prepare|seed"
    r"|migrate|reset|deploy|publish|list|show|push|pull|download|upload|open)(?:$|[:\-_.])"
)
# What is named first for what it does checks the thing it is named for next: `check_config`, `lint-db`.
_CHECKS_IT: Final = re.compile(r"^(?:check|lint|verify|validate)[\-_]")
_A_TEST: Final = re.compile(r"[\-_.](?:tests?|spec)$")  # so ends the name of one, whatever it is of
_ALL_OF: Final = frozenset(("run", "run-all", "run_all", "runall", "all", "runner", "main", "suite"))
_OF_TESTS: Final = re.compile(
    r"(?:^|/)(?:tests?|specs?|t)/[^/]+$"
)  # a script so named in there runs them all
_KINDS: Final = {
    "lint": "lint", "detekt": "lint", "vet": "lint", "check": "lint", "format-check": "lint", "fmt-check": "lint", "validate": "lint",
    "typecheck": "types", "type-check": "types", "types": "types", "tsc": "types", "build": "build", "compile": "build",
}  # fmt: skip
_ALONE: Final = {
    "pytest": "test", "py.test": "test", "tox": "test", "nox": "test", "jest": "test", "vitest": "test", "mocha": "test",
    "ava": "test", "rspec": "test", "phpunit": "test", "ctest": "test", "behave": "test", "gotestsum": "test",
    "ginkgo": "test", "pest": "test", "bats": "test", "busted": "test", "minitest": "test", "cucumber": "test",
    "mypy": "types", "pyright": "types", "basedpyright": "types", "tsc": "types", "vue-tsc": "types", "pyre": "types",
    "eslint": "lint", "flake8": "lint", "pylint": "lint", "staticcheck": "lint",
    "rubocop": "lint", "shellcheck": "lint", "hadolint": "lint", "yamllint": "lint", "markdownlint": "lint",
    "swiftlint": "lint", "stylelint": "lint", "actionlint": "lint", "phpstan": "types", "psalm": "types", "knip": "lint",
    "oxlint": "lint", "tflint": "lint", "ansible-lint": "lint", "credo": "lint", "standard": "lint", "bandit": "lint",
    "ktlint": "lint", "detekt": "lint", "checkstyle": "lint", "luacheck": "lint", "selene": "lint", "vale": "lint",
    "markdownlint-cli2": "lint", "cfn-lint": "lint", "typos": "lint", "kubeconform": "lint", "kubeval": "lint",
    "named-checkconf": "lint", "named-checkzone": "lint", "squawk": "lint",
    "zizmor": "lint", "elm-test": "test", "prove": "test", "pytest-3": "test", "msbuild": "build",
    "jasmine": "test", "tap": "test", "tape": "test", "robot": "test", "pabot": "test", "cucumber-js": "test", "testcafe": "test",
    "Invoke-Pester": "test", "phpcs": "lint", "brakeman": "lint", "elm-review": "lint",
    "webpack": "build", "rollup": "build", "esbuild": "build", "py_compile": "lint", "compileall": "lint",
    "svelte-check": "types", "tsd": "types", "web-test-runner": "test", "wtr": "test", "lint-staged": "lint", "depcheck": "lint",
    "pyflakes": "lint", "pycodestyle": "lint", "pydocstyle": "lint", "vulture": "lint", "lint-imports": "lint", "codespell": "lint",
    "gosec": "lint", "revive": "lint", "errcheck": "lint", "protolint": "lint", "clang-tidy": "lint", "cppcheck": "lint",
    "standardrb": "lint", "erb_lint": "lint", "hlint": "lint", "slither": "lint", "checkov": "lint", "tfsec": "lint", "cspell": "lint",
    "shellspec": "test", "pg_prove": "test", "sphinx-build": "build", "nix-build": "build", "hugo": "build", "scons": "build",
    "gcc": "build", "g++": "build", "clang": "build", "clang++": "build", "rustc": "build", "javac": "build", "kotlinc": "build",
    "ghc": "build", "latexmk": "build", "pdflatex": "build", "xelatex": "build", "lualatex": "build", "tectonic": "build",
}  # fmt: skip
_OF_APACHE: Final = {"-t": "lint", "configtest": "lint"}
_VERBS: Final = {
    "go": {"test": "test", "build": "build", "vet": "lint"},
    "cargo": {"test": "test", "build": "build", "check": "types", "clippy": "lint", "llvm-cov": "test", "t": "test", "b": "build", "c": "types"},
    "dotnet": {"test": "test", "build": "build"},
    "swift": {"test": "test", "build": "build", "lint": "lint"},
    "mix": {"test": "test", "compile": "build", "credo": "lint", "dialyzer": "types"},
    "deno": {"test": "test", "lint": "lint", "check": "types"},
    "bun": {"test": "test", "build": "build"},
    "zig": {"test": "test", "build": "build"},
    "flutter": {"test": "test", "analyze": "lint", "build": "build"},
    "dart": {"test": "test", "analyze": "lint"},
    "rails": {"test": "test", "test:all": "test", "test:system": "test", "test:models": "test", "test:controllers": "test"},
    "rake": {"test": "test", "spec": "test"},
    "ruff": {"check": "lint"},
    "biome": {"check": "lint", "ci": "lint", "lint": "lint"},
    "nix": {"build": "build"},
    "golangci-lint": {"run": "lint"}, "statix": {"check": "lint"}, "deadnix": {"--fail": "lint", "-f": "lint"},
    "semgrep": {"ci": "lint", "--error": "lint"}, "bazel": {"test": "test", "build": "build"}, "bazelisk": {"test": "test", "build": "build"}, "buck2": {"test": "test", "build": "build"},
    "act": dict.fromkeys(("push", "pull_request", "workflow_dispatch", "-j", "--job"), "test"),
    "terraform": {"test": "test", "validate": "lint", "plan": "lint"}, "tofu": {"test": "test", "validate": "lint", "plan": "lint"},
    "terragrunt": {"validate": "lint", "plan": "lint"}, "packer": {"validate": "lint"},
    "helm": {"lint": "lint", "unittest": "test"}, "sam": {"validate": "lint", "build": "build"}, "cdk": {"synth": "build"},
    "nginx": {"-t": "lint"}, "sshd": {"-t": "lint"}, "visudo": {"-c": "lint", "-cf": "lint"}, "haproxy": {"-c": "lint"}, "postfix": {"check": "lint"},
    **dict.fromkeys(("apachectl", "apache2ctl", "httpd"), _OF_APACHE), "dnsmasq": {"--test": "lint"},
    "caddy": {"validate": "lint"}, "promtool": {"check": "lint", "test": "test"}, "amtool": {"check-config": "lint"}, "nomad": {"validate": "lint"},
    "systemd-analyze": {"verify": "lint"}, "kube-linter": {"lint": "lint"}, "conftest": {"test": "test"}, "opa": {"check": "lint", "test": "test"},
    "alembic": {"check": "lint"}, "goss": {"validate": "test"}, "inspec": {"exec": "test"},
    "pod": {"lint": "lint"}, "molecule": {"test": "test"}, "dbt": {"test": "test", "build": "build", "compile": "build"},
    "docker": {"build": "build"}, "podman": {"build": "build"},
    "cypress": {"run": "test"}, "codecept": {"run": "test"}, "pint": {"--test": "lint"},
    "playwright": {"test": "test"},
    "next": {"build": "build", "lint": "lint"},
    "vite": {"build": "build"},
    "astro": {"check": "types", "build": "build"},
    "turbo": {}, "nx": {}, "lerna": {},
    "stack": {"test": "test", "build": "build"}, "cabal": {"test": "test", "build": "build"},
    "sbt": {"test": "test", "compile": "build"},
    "claude": {},
    "pre-commit": {"run": "lint"}, "prek": {"run": "lint"}, "lefthook": {"run": "lint"},
    "composer": {"test": "test"},
    "forge": {"test": "test", "build": "build"},
    "mkdocs": {"build": "build"}, "mdbook": {"build": "build", "test": "test"}, "jekyll": {"build": "build"}, "zola": {"build": "build"},
    "gatsby": {"build": "build"}, "docusaurus": {"build": "build"}, "vitepress": {"build": "build"}, "storybook": {"build": "build"},
    "typst": {"compile": "build"}, "quarto": {"render": "build"}, "spectral": {"lint": "lint"}, "redocly": {"lint": "lint"},
    "xcodebuild": {"test": "test", "build": "build", "test-without-building": "test", "build-for-testing": "build",
                   "archive": "build"},
    "node": {"--test": "test", "--check": "lint"},
    "bash": {"-n": "lint"}, "sh": {"-n": "lint"}, "zsh": {"-n": "lint"},
    "home-manager": {"build": "build"}, "darwin-rebuild": {"build": "build", "check": "build"},
    "nixos-rebuild": {"build": "build"},
    "ng": {"test": "test", "build": "build", "lint": "lint"}, "ember": {"test": "test", "build": "build"},
    "react-scripts": {"test": "test", "build": "build"}, "nuxt": {"build": "build", "typecheck": "types"},
    "nuxi": {"build": "build", "typecheck": "types"}, "hardhat": {"test": "test", "compile": "build"},
    "anchor": {"test": "test", "build": "build"}, "wdio": {"run": "test"}, "newman": {"run": "test"},
    "artisan": {"test": "test"}, "sail": {"test": "test"}, "manage.py": {"test": "test", "check": "lint"}, "setup.py": {"test": "test", "build": "build"},
    "gleam": {"test": "test", "build": "build", "check": "types"}, "crystal": {"spec": "test", "build": "build"},
    "dune": {"test": "test", "runtest": "test", "build": "build"}, "lein": {"test": "test"}, "ant": {"test": "test"},
    "rebar3": {"eunit": "test", "ct": "test", "compile": "build", "dialyzer": "types"},
    "meson": {"test": "test", "compile": "build"}, "west": {"build": "build", "twister": "test"}, "idf.py": {"build": "build"}, "arduino-cli": {"compile": "build"},
    "pio": {"test": "test", "run": "build", "check": "lint"}, "platformio": {"test": "test", "run": "build", "check": "lint"},
    "R": {"check": "test"}, "ty": {"check": "types"}, "pyrefly": {"check": "types"}, "srb": {"tc": "types"},
    "sqlfluff": {"lint": "lint"}, "buf": {"lint": "lint", "build": "build"}, "fastlane": {"test": "test"},
    "nimble": {"test": "test", "build": "build"}, "nim": {"c": "build", "check": "types"}, "odin": {"test": "test", "build": "build", "check": "types"},
    "pants": {"test": "test", "lint": "lint", "check": "types"}, "xmake": {"test": "test", "build": "build"}, "tuist": {"test": "test", "build": "build"},
    "spago": {"test": "test", "build": "build"}, "elm": {"make": "build"}, "shards": {"build": "build"}, "scarb": {"test": "test", "build": "build"},
    "snforge": {"test": "test"}, "sui": {"test": "test", "build": "build"}, "aptos": {"test": "test", "compile": "build"},
    "truffle": {"test": "test", "compile": "build"}, "cross": {"test": "test", "build": "build", "check": "types"}, "tsx": {"--test": "test"},
    "maturin": {"build": "build"}, "django-admin": {"test": "test", "check": "lint"}, "php-cs-fixer": {"check": "lint"}, "Unity": {"-runTests": "test"},
    "prisma": {"validate": "lint"}, "hurl": {"--test": "test"}, "verilator": {"--lint-only": "lint"},
    "php": {"-l": "types"}, "ruby": {"-c": "types"}, "perl": {"-c": "types"},
    "mvn": {"package": "build", "install": "build", "test-compile": "build"}, "mvnw": {"package": "build", "install": "build", "test-compile": "build"},
    "gradle": {"assemble": "build"}, "gradlew": {"assemble": "build"},
    "tauri": {"build": "build"}, "wasm-pack": {"test": "test", "build": "build"}, "trunk": {"build": "build"}, "electron-vite": {"build": "build"},
    "nest": {"build": "build"}, "vue-cli-service": {"build": "build", "lint": "lint", "test:unit": "test"},
}  # fmt: skip
# Words before a verb that say more exactly what it is of; after any other word there is no verb any more.
_BEFORE: Final = {
    "pod": {"lib", "spec"}, "nomad": {"job"}, "docker": {"compose", "buildx", "image"}, "xcodebuild": {"clean"}, "fastlane": {"ios", "android", "mac"}, "R": {"CMD"},
    "mvn": {"clean"}, "mvnw": {"clean"}, "gradle": {"clean"}, "gradlew": {"clean"}, "sbt": {"clean"}, "ant": {"clean"}, "swift": {"format"},
    "lein": {"do", "clean"}, "sui": {"move"}, "aptos": {"move"}, "rebar3": {"as", "test", "do"},
}  # fmt: skip
_NONE: Final = frozenset[str]()
_SECOND: Final[dict[tuple[str, ...], str]] = {
    ("cargo", "nextest", "run"): "test", ("cargo", "tauri", "build"): "build", ("zig", "build", "test"): "test", ("nix", "flake", "check"): "build",
    ("cargo", "llvm-cov", "report"): "", ("cargo", "llvm-cov", "clean"): "",
    ("cargo", "miri", "test"): "test", ("cargo", "insta", "test"): "test", ("cargo", "xtask", "test"): "test", ("cargo", "make", "test"): "test",
    ("cargo", "hack", "test"): "test", ("cargo", "hack", "check"): "types", ("cargo", "deny", "check"): "lint",
}  # fmt: skip
RUNNERS: Final = {"npm", "pnpm", "yarn", "bun", "make", "gmake", "just", "task", "mise", "rush", "turbo", "nx", "lerna",
                   "gradle", "gradlew", "mvn", "mvnw", "npx", "bunx", "pnpx", "deno", "composer", "rake", "poe", "pdm",
                   "hatch", "invoke", "inv", "melos", "sbt", "ninja", "dagger", "earthly", "mill", "scala-cli", "rye", "bb", "mage", "pixi"}  # fmt: skip
# Test commands that cannot run the tests of one another.
LANGUAGES: Final = {
    name: at
    for at, names in enumerate(
        (
            ("pytest", "py.test", "python", "python3"), ("go",), ("cargo",),
            ("npm", "yarn", "pnpm", "bun", "jest", "vitest", "mocha"), ("phpunit",), ("rspec",), ("dotnet",),
            ("gradle", "gradlew", "mvn", "mvnw"), ("xcodebuild", "swift"),
        )
    )
    for name in names
}  # fmt: skip
FORMATTERS: Final = frozenset(
    ("prettier", "black", "isort", "stylua", "shfmt", "rustfmt", "clang-format", "dprint", "nixfmt", "alejandra",
     "djlint")
)  # fmt: skip
FORMATS: Final = frozenset(("format", "fmt"))
_CHECKS: Final = frozenset(
    ("--check", "-check", "--check-formatted", "--check-only", "--verify-no-changes", "--set-exit-if-changed")
)
_BY_SWITCH: Final = {"karma": ("--single-run", "test"), "ansible-playbook": ("--syntax-check", "lint")}
_IN_TEXT: Final = frozenset(("julia", "Rscript", "R"))
_STAYS: Final = frozenset(("serve", "--serve", "--watch", "server"))  # it goes on, and says nothing of an end

# With these nothing runs, or nothing that is found makes it fail.
_NO_RUN: Final = frozenset(
    ("--help", "-h", "--version", "--collect-only", "--co", "--list", "--listTests", "--list-tests", "-list", "--dry-run", "--show-only",
     "--no-run", "--notest", "--init", "--just-print", "--clearCache", "--showConfig", "--show-config", "--print-config", "--env-info",
     "--fixtures", "--markers", "--setup-plan", "--setup-only", "--exit-zero", "--no-exit-code")
)  # fmt: skip
_NO_TESTS: Final = frozenset(("-DskipTests", "-DskipTests=true", "-Dmaven.test.skip=true"))
_NO_RUN_OF: Final = {
    "go": {"-c"}, "tox": {"-l", "list", "config"}, "nox": {"-l", "--list-sessions"}, "ctest": {"-N"}, "just": {"-n", "-l", "-s", "--show"},
    "task": {"-n", "--summary"}, "make": {"-n"}, "gmake": {"-n"}, "ninja": {"-n"}, "rake": {"-n", "-T"}, "vale": {"sync", "ls-config"},
    "vitest": {"list", "init", "dev", "watch"}, "dotnet": {"-t"}, "gradle": {"-m", "help", "tasks"}, "gradlew": {"-m", "help", "tasks"},
    "tsc": {"-v", "-V"}, "mypy": {"-V"}, "mvn": {"help"},
    "terraform": {"-detailed-exitcode"}, "tofu": {"-detailed-exitcode"}, "terragrunt": {"-detailed-exitcode"},  # 2 is no failure
    "pio": {"clean", "upload", "menuconfig"}, "platformio": {"clean", "upload", "menuconfig"}, "latexmk": {"-c", "-C", "-pvc"},
    "act": {"-l", "-n", "--dryrun", "-g", "--graph"}, "hugo": {"new", "mod", "version", "env", "config", "list", "help", "gen"},
}  # fmt: skip
# What package managers and runners do themselves: what follows is no script.
_MANAGERS: Final = frozenset(
    ("npm", "pnpm", "yarn", "bun", "composer", "pdm", "hatch", "rye", "mise", "nx", "lerna", "rush", "deno")
)
_MANAGES: Final = frozenset(
    ("install", "i", "add", "ci", "remove", "dlx", "create", "view", "info", "show", "ls", "list", "why", "explain", "uninstall", "un",
     "rm", "unlink", "link", "update", "up", "upgrade", "outdated", "pkg", "config", "set", "get", "cache", "publish", "pack", "version",
     "audit", "init", "new", "search", "dedupe", "prune", "patch", "env", "require", "use", "generate", "g", "graph", "fmt", "help",
     "lock", "sync", "self", "global", "plugin", "check-platform-reqs")
)  # fmt: skip
_SCRIPTED: Final = frozenset(("npm", "pnpm", "yarn", "bun"))
_OF_WINDOWS: Final = (".exe", ".cmd", ".bat")  # end the names of programs there
_HUMPED: Final = frozenset(("gradle", "gradlew", "sbt", "mill"))  # whose tasks are named as testDebugUnitTest
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ONLY_BUILDS: Final = re.compile(r"(?:.*:)?(?:(?:assemble|bundle|package|compile)-|.*-classes$)")
_ON_THE_WAY: Final = frozenset(("run", "run-script", "workspace", "workspaces", "foreach", "recursive"))
_WITH_VALUE: Final = frozenset(("-C", "-f", "-x", "--exclude-task", "-j", "--directory", "--file"))


_NEVER: Final = frozenset(
    ("cd", "echo", "head", "tail", "grep", "cat", "ls", "git", "sed", "awk", "find", "rm", "mkdir", "gh", "export", "sleep",
     "printf", "wc", "sort", "cp", "mv", "curl", "jq", "rg", "true", "for", "done", "pwd", "which", "touch", "chmod", "kill")
)  # fmt: skip


def is_watched(words: list[str]) -> bool:
    """Tell whether a command watches checks on a server to their end, and fails where they do."""
    if words[:3] == ["gh", "run", "watch"]:
        return "--exit-status" in words
    return words[:3] == ["gh", "pr", "checks"] and "--watch" in words


def kind_of(words: list[str]) -> str:
    """Return which kind of validation a simple command is, or an empty string."""
    kind = _kind(words)
    return "" if kind == "test" and not _NO_TESTS.isdisjoint(words) else kind


def _kind(words: list[str]) -> str:
    if not words or words[0] in _NEVER:
        return "test" if words[:1] == ["gh"] and is_watched(words) else ""
    if words[0].endswith(_OF_WINDOWS):
        words = [words[0].rpartition(".")[0], *words[1:]]
    words = unwrapped(words)
    if not words or not _NO_RUN.isdisjoint(words[1:]):
        return ""
    name = words[0].replace("\\", "/").rpartition("/")[2].removesuffix(".exe")
    if not _NO_RUN_OF.get(name, _NONE).isdisjoint(words[1:]):
        return ""
    args = [word for word in words[1:] if not word.startswith(("-", "+"))]
    if name in _ALONE:
        return _ALONE[name] if _STAYS.isdisjoint(words) else ""
    if name in _BY_SWITCH:
        switch, kind = _BY_SWITCH[name]
        return kind if switch in words else ""
    if not _CHECKS.isdisjoint(words) and (name in FORMATTERS or not FORMATS.isdisjoint(words)):
        return "lint"
    if name in _IN_TEXT and any("Pkg.test" in word or "::test" in word for word in words):
        return "test"
    if name == "ruby" and any(word.startswith(("test/", "spec/")) for word in args):
        return "test"
    if name in ("clj", "clojure"):
        return "test" if any(":test" in word for word in words) else ""
    if name in ("bash", "sh", "zsh") and words[1:2] != ["-n"]:
        return _script(words[1]) if len(words) > 1 else ""
    if name in FORMATTERS or (name == "ruff" and args[:1] == ["format"]):
        return "lint" if name == "prettier" and {"-c", "-l"} & set(words) else ""
    if name == "cmake":
        return "build" if "--build" in words else ""
    if kind := _verb(name, words):
        return kind
    if name in RUNNERS:
        if name in _MANAGERS and not _MANAGES.isdisjoint(args[:1]):
            return ""
        if name in _SCRIPTED:
            return _first_script(words)
        return _target(words)
    placed = words[0].startswith(("./", "../", "/", "scripts/", "bin/")) or _OF_TESTS.search(words[0])
    return _script(words[0]) if placed else ""


def _verb(name: str, words: list[str]) -> str:
    """Return the kind that the verb of a tool with several is of; after another verb its name is only an argument."""
    verbs, before = _VERBS.get(name, {}), words[0]
    for at, word in enumerate(words[1:FAR], 1) if verbs else ():
        if (second := (name, word, *words[at + 1 : at + 2])) in _SECOND:
            return _SECOND[second]
        if word in verbs:
            return verbs[word]
        if not (word.startswith(("-", "+")) or before.startswith("-") or word in _BEFORE.get(name, _NONE)):
            return ""
        before = word
    return ""


def _first_script(words: list[str]) -> str:
    """Return the kind of the script that a package manager runs: what follows it is its own affair."""
    before = ""
    for word in words[1:]:
        if word == "--":
            return ""
        if not (word.startswith("-") or word in _ON_THE_WAY):
            if kind := "test" if word in ("t", "tst") and before in ("", *_SCRIPTED) else _script(word):
                return kind
            if not before.startswith("-") and before != "workspace":
                return ""
        before = word
    return ""


def _target(words: list[str]) -> str:
    """Return the kind of the first of a runner's targets that has one."""
    targets = [
        word
        for before, word in pairwise(words)
        if not word.startswith(("-", "+")) and before not in _WITH_VALUE
    ]
    targets += [word.partition("=")[2] for word in words if word.startswith(("--target=", "--targets="))]
    if not targets and words[0] in (
        "make",
        "gmake",
        "ninja",
    ):  # in a folder of tests the default is to run them
        return (_script(words[words.index("-C") + 1]) if "-C" in words[:-1] else "") or "build"
    if words[0].rpartition("/")[2] in _HUMPED:
        targets = [_HUMP.sub("-", word.partition(" ")[0]).lower() for word in targets]
        targets = ["build" if _ONLY_BUILDS.match(word) else word for word in targets]
    return next((kind for word in targets[:4] if (kind := _script(word))), "")


def _script(word: str) -> str:
    """Return the kind that the name of a script or target promises."""
    name = word.replace("\\", "/").rpartition("/")[2] if "/" in word else word
    name = re.sub(r"\.(?:sh|py|js|ts|mjs|rb|ps1)$", "", name)
    if word.startswith(("/usr/", "/bin/")):
        return ""
    if word.endswith((f"/{name}", f"/{name}.sh")) and name in _ALL_OF and _OF_TESTS.search(word):
        return "test"
    if _OF_TESTS.search(word) and _A_TEST.search(name):
        return "test"
    other = _OTHER.search(name) or (_THING.search(name) and not _CHECKS_IT.match(name))
    found = None if other else _SCRIPT.search(name)
    return _KINDS.get(found[1], "test") if found else ""
