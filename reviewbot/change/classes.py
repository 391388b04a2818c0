"""Which class a changed file is of, by its name first and its content only where the name says nothing.

What must never be silently green: a policy may require no reviewer at all for binaries and for
metadata, so the author of a change must not be able to choose those classes.
- A file with a known code or text name keeps that class whatever its bytes are: a NUL in front, UTF-16
  or padding make its reviewers read it or fail on it, never skip it.
- Only an unknown name is judged by content: a NUL in the first 8000 bytes means binary, as for git;
  `#!` in front means code. `.gitattributes` is not asked.
- A pure rename or copy is metadata only if the new name means the same as the old one: `notes.txt`
  that becomes `notes.py`, or a file moved under `.github/workflows/`, is code that nobody has read.
The rest of metadata is links, submodule pointers and modes, which hold no lines of a file.
"""

from dataclasses import dataclass

from reviewbot.change.objects import SNIFF_BYTES
from reviewbot.domain.change import FileClass
from reviewbot.domain.globs import first_match

# The languages, by what their names end in; what runs, builds or deploys counts as code.
_CODE_ENDINGS = """
    ada adb ads asm s S ansible applescript as astro awk bas bash bat bicep bzl c c++ cc cfc cfm cgi cjs cl clj
    cljc cljs cmake cmd coffee containerfile cpp cr cs csh cshtml css csx cu cuh cue cxx cypher d dart dhall
    dockerfile dpr ejs el elm erb erl ex exs f f03 f08 f77 f90 f95 fish for fs fsi fsx ftl gd gleam glsl go
    gql gradle graphql groovy gsp gvy gyp gypi h h++ haml handlebars hbs hcl heex hh hpp hql hrl hs htm html
    hxx ino ipynb j2 java jenkinsfile jinja jinja2 jl js jsm json5 jsonnet jsp jspx jsx kql ksh kt kts leex
    less lhs libsonnet liquid lisp lsp lua luau m mak make mako mdx mjs mk ml mli mm move mts mustache nas
    nasm nim nims nix njk nomad nu odin opa p pas php php3 php4 php5 phps phtml pl plsql pm pod pp prc pro
    prisma proto ps1 psd1 psm1 pug pxd pxi py py3 pyi pyt pyw pyx qml r rake rb rbi rbs rbw re rego rei res
    resi rkt rs rsx ru sas sass sc scala scm scss sh shtml sky sls sol sql sqli star styl sv svelte svg svh
    swift t tcl templ tera tf tfbackend tfvars thrift tmpl tpl ts tsql tsx twig v vala vb vba vbs
    vbhtml vcl vhd vhdl vm vue wast wat webidl wgsl wl wsdl wsf xhtml xq xql xquery xsd xsl xslt yaml yml
    zig zsh
"""
_CODE_NAMES = """
    .bash_profile .bashrc .envrc .profile .zshrc Brewfile BUILD BUILD.bazel Berksfile CODEOWNERS Capfile Caddyfile
    Containerfile Dangerfile Dockerfile Earthfile Fastfile GNUmakefile Gemfile Guardfile Jenkinsfile Justfile
    Kptfile Makefile Podfile Procfile Puppetfile Rakefile SConscript SConstruct Snakefile Thorfile Tiltfile
    Vagrantfile WORKSPACE WORKSPACE.bazel justfile makefile meson.build meson_options.txt wscript
    package.json composer.json deno.json go.mod pom.xml build.xml web.config CMakeLists.txt crontab
    requirements.txt constraints.txt Pipfile setup.cfg pyproject.toml Cargo.toml tsconfig.json
"""
_TEXT_ENDINGS = """
    adoc asc asciidoc bib cer cert cfg cnf conf config crt csr csv desktop diff editorconfig env
    eml geojson gitattributes gitignore gitmodules har ics inf info ini json jsonc jsonl jwk jwks
    key kubeconfig ldif license list lock log markdown md mdown ndjson netrc npmrc org ovpn patch pem pgpass
    plist po pot ppk properties pub pypirc rdf rst rtf service socket srt strings sum tab tex text textile
    timer toml tsv txt vtt wiki xlf xliff xml
"""
_TEXT_NAMES = """
    .dockerignore .editorconfig .env .gitattributes .gitignore .gitmodules .htaccess .htpasswd .mailmap .netrc
    .npmrc .pgpass .pypirc AUTHORS CHANGELOG CHANGES CONTRIBUTORS COPYING CREDITS HISTORY INSTALL LICENCE LICENSE
    MAINTAINERS NEWS NOTICE README TODO VERSION authorized_keys credentials hosts id_dsa id_ecdsa id_ed25519
    id_rsa known_hosts kubeconfig passwd shadow
"""
# Where a file stands can make it run: the same bytes elsewhere would not.
_PLACES = (
    (".github/workflows/**", "workflow"),
    (".github/actions/**", "workflow"),
    (".gitlab-ci.yml", "pipeline"),
    (".gitlab/ci/**", "pipeline"),
    ("azure-pipelines*.yml", "pipeline"),
    (".azuredevops/**", "pipeline"),
    (".azure-pipelines/**", "pipeline"),
    (".circleci/**", "pipeline"),
    (".buildkite/**", "pipeline"),
    (".tekton/**", "pipeline"),
    (".husky/**", "hook"),
    (".githooks/**", "hook"),
    ("debian/rules", "build"),
    ("Dockerfile.*", "Dockerfile"),
    ("*.Dockerfile", "Dockerfile"),
    ("Jenkinsfile.*", "Jenkinsfile"),
    (".env.*", ".env"),
)
_TEXT_PLACES = frozenset({".env"})


def _table(code: str, text: str) -> dict[str, FileClass]:
    return dict.fromkeys(text.split(), FileClass.TEXT) | dict.fromkeys(code.split(), FileClass.CODE)


_NAMES = {name.casefold(): found for name, found in _table(_CODE_NAMES, _TEXT_NAMES).items()}
_ENDINGS = {ending.casefold(): found for ending, found in _table(_CODE_ENDINGS, _TEXT_ENDINGS).items()}


@dataclass(frozen=True, slots=True)
class Kind:
    """What a name says: the class of such files, and a word that is equal for names that mean the same."""

    file_class: FileClass
    word: str


def kind_of(path: str) -> Kind | None:
    """Judge a file by its path; None if the name says nothing. Upper and lower case do not matter."""
    place = next((word for pattern, word in _PLACES if first_match((pattern,), path)), None)
    if place is not None:
        return Kind(FileClass.TEXT if place in _TEXT_PLACES else FileClass.CODE, place)
    name = path.rpartition("/")[2].casefold()
    if name in _NAMES:
        return Kind(_NAMES[name], name)
    _, dot, ending = name.rpartition(".")
    if dot and ending in _ENDINGS:
        return Kind(_ENDINGS[ending], "." + ending)
    return None


def class_of(path: str, beginning: bytes) -> FileClass:
    """Judge a regular file by its path, or else by its first `SNIFF_BYTES` bytes."""
    kind = kind_of(path)
    if kind is not None:
        return kind.file_class
    if beginning.startswith(b"#!"):
        return FileClass.CODE
    return FileClass.BINARY if is_binary(beginning) else FileClass.TEXT


def is_binary(beginning: bytes) -> bool:
    """Tell binary from text as git does, without its attributes: a NUL near the front."""
    return b"\0" in beginning[:SNIFF_BYTES]


def means_the_same(old: str, new: str) -> bool:
    """Say whether a file keeps its meaning under the new name, so that a pure rename needs no reader."""
    before, after = kind_of(old), kind_of(new)
    return before == after and (after is not None or _ending(old) == _ending(new))


def _ending(path: str) -> str:
    _, dot, ending = path.rpartition("/")[2].rpartition(".")
    return dot + ending.casefold() if dot else ""
