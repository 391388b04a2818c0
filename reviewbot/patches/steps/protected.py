"""Files that no patch may touch, and those that only a rule's own fix may: what decides over builds and reviews.

Names are compared in lower case, since some file systems do not tell the two apart.
"""

from reviewbot.domain.globs import first_match

# What a program installs, and from where.
_MANIFESTS = (
    "pyproject.toml", "setup.cfg", "setup.py", "pipfile", "pipfile.lock", "*.lock", "*-lock.json", "*-lock.yaml",
    "pip.conf", "pip.ini", "package.json", "npm-shrinkwrap.json", ".npmrc", ".yarnrc*", "pnpm-workspace.yaml",
    "go.mod", "go.sum", "go.work", "go.work.sum", "cargo.toml", ".cargo/**", "**/.cargo/**", "gemfile", "*.gemspec",
    "pom.xml", "*.gradle", "*.gradle.kts", "gradle.properties", "build.xml", "ivy.xml", "composer.json", "*.csproj",
    "*.fsproj", "*.vbproj", "nuget.config", "packages.config", "directory.build.*", "directory.packages.props",
    "mix.exs", "podfile", "package.swift", "pubspec.yaml", "environment.yml", "environment.yaml", "conanfile.*",
    "vcpkg.json", "deno.json", "deno.jsonc", "bower.json", "build.sbt", "*.podspec", "flake.nix",
    "*requirements*.txt", "*requirements*.in", "*constraints*.txt", "*constraints*.in",
    "**/requirements/*", "**/constraints/*",
)  # fmt: skip
# Who reviews, and what scanners and other tools may overlook.
_CONTROLS = (
    ".reviewbot.yml", ".reviewbot.yaml", ".reviewbot/**", "codeowners", ".semgrepignore", ".semgrep.yml", ".semgrep/**",
    ".bandit", "bandit.yaml", "bandit.yml", ".gitleaks.toml", ".gitleaksignore", ".secrets.baseline", ".trivyignore*",
    ".snyk", ".checkov.y*ml", ".tfsec/**", ".tflint.hcl", ".hadolint.y*ml", ".eslintrc*", "eslint.config.*",
    ".eslintignore", ".flake8", ".pylintrc", "pylintrc", "tox.ini", "mypy.ini", ".mypy.ini",
    "ruff.toml", ".ruff.toml", ".golangci.*", ".rubocop*.yml", ".shellcheckrc", ".clang-tidy", "sonar-project.properties",
    ".pre-commit-config.yaml", ".pre-commit-hooks.yaml", "renovate.json*", ".github/dependabot.yml", "*waivers.y*ml",
    ".gitattributes", ".gitmodules", ".gitignore", ".dockerignore", ".mailmap", ".husky/**", ".githooks/**", ".envrc",
    ".vscode/**", ".idea/**", ".devcontainer/**", "**/.devcontainer/**", "sitecustomize.py", "usercustomize.py", "*.pth",
)  # fmt: skip
# What coding agents obey.
_ORDERS = (
    "agents.md", "agent.md", "claude*.md", "gemini.md", "qwen.md", "skill.md", ".cursorrules", ".windsurfrules",
    ".clinerules", ".roorules", ".goosehints", "**/.cursor/**", "**/.windsurf/**", "**/.clinerules/**", "**/.roo/**",
    "**/.claude/**", "**/.gemini/**", "**/.codex/**", "**/.amazonq/**", "**/.continue/**", "**/.junie/**", "**/.kiro/**",
    "copilot-instructions.md", "**/.github/instructions/**", "**/.github/prompts/**", ".mcp.json",
)  # fmt: skip
# What builds and deploys: a rule's fix is ours, a model's is not.
_BUILDS = (
    "**/.github/**", ".gitlab-ci*", "*.gitlab-ci.y*ml", "**/.gitlab/**", "azure-pipelines*", "**/.azure-pipelines/**",
    "**/.azuredevops/**", "**/.circleci/**", "**/.buildkite/**", "**/.tekton/**", "**/.woodpecker/**", ".woodpecker.y*ml",
    ".drone.y*ml", ".travis.yml", "appveyor.yml", ".appveyor.yml", "bitbucket-pipelines.y*ml", "buildspec*.y*ml",
    "cloudbuild*.y*ml", "jenkinsfile*", "*.jenkinsfile", "**/.ci/**", "**/ci/**", "action.yml", "action.yaml",
    "dockerfile*", "*.dockerfile", "containerfile*", "*.containerfile", "docker-bake.*", "*compose*.y*ml",
    "makefile", "gnumakefile", "*.mk", "justfile", "rakefile", "taskfile.y*ml", "build.bazel", "build", "workspace",
    "workspace.bazel", "module.bazel", "*.bzl", "cmakelists.txt", "*.cmake", "meson.build", "vagrantfile", "procfile",
    "tiltfile", "earthfile", "noxfile.py", "conftest.py", "build.rs", "build.ps1", "build.sh",
)  # fmt: skip


def is_untouchable(path: str) -> bool:
    """Say whether no patch may touch this file: a manifest, a lock, a control, an order to an agent."""
    return first_match((*_MANIFESTS, *_CONTROLS, *_ORDERS), path.lower()) is not None


def is_of_a_build(path: str) -> bool:
    """Say whether only a rule's own fix may touch this file: it builds, tests or deploys."""
    return first_match(_BUILDS, path.lower()) is not None
