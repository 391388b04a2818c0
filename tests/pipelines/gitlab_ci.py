"""GitLab CI as far as our templates need it: inputs, variables by precedence and environment, artifacts by `needs`.

Sources: GitLab's pages "CI/CD inputs", "CI/CD variable precedence", "CI/CD YAML syntax".
"""

import re

import yaml
from pipeline_jobs import copied


class RefusedError(Exception):
    """GitLab makes no pipeline."""


def configuration(text, inputs):
    """Give a configuration with its inputs in place. Unknown, missing and unmatched inputs are refused."""
    header, _, body = text.partition("\n---\n")
    declared = yaml.safe_load(header)["spec"]["inputs"] if body else {}
    if extra := set(inputs) - set(declared):
        raise RefusedError(f"unknown input arguments: {', '.join(sorted(extra))}")
    for name, rules in declared.items():
        value = inputs.get(name, rules.get("default"))
        if value is None:
            raise RefusedError(f"`{name}` input: required value has not been provided")
        pattern = rules.get("regex")
        if pattern and not re.search(pattern.replace(r"\z", r"\Z"), value):
            raise RefusedError(f"`{name}` input: provided value does not match required RegEx pattern")
        body = body.replace(f"$[[ inputs.{name} ]]", value)
    return yaml.safe_load(body or header)


def job(document, name):
    """Give a job with what it extends merged in: hashes deeply, the rest replaced."""
    own = document[name]
    return _merged(document[own["extends"]], own) if "extends" in own else own


def _merged(under, over):
    both = {
        key: _merged(under[key], over[key])
        for key in under.keys() & over.keys()
        if isinstance(over[key], dict)
    }
    return {**under, **over, **both}


class Pipeline:
    """A pipeline. `secrets` are the project's variables, by the environment that they are scoped to ("*" for all)."""

    def __init__(self, image, document, predefined, secrets, place):
        self.image, self.document, self.predefined, self.secrets = image, document, predefined, secrets
        self.place, self.ran = place, []

    def run(self, name):
        """Run one job in a folder of its own."""
        wanted = job(self.document, name)
        folder = self.place / name
        folder.mkdir(parents=True)
        for need in wanted.get("needs", ()):
            if (kept := self.place / f"{need}.kept").exists():
                copied(kept, folder)
        lines = wanted.get("before_script", []) + wanted["script"]
        done = self.image.run(name, "\n".join(lines), self.environ(wanted), folder)
        kept = wanted.get("artifacts", {})
        if done.code == 0 or kept.get("when") == "always":
            for path in kept.get("paths", ()):
                if (folder / path).exists():
                    copied(folder / path, self.place / f"{name}.kept" / path)
        self.ran.append(done)
        return done

    def environ(self, wanted):
        """Give the variables of a job, the strongest last."""
        where = wanted.get("environment", {}).get("name")
        yaml_variables = {**self.document.get("variables", {}), **wanted.get("variables", {})}
        known = {
            **self.predefined,
            **yaml_variables,
            **self.secrets.get("*", {}),
            **self.secrets.get(where, {}),
        }
        return {
            key: re.sub(r"\$(\w+)", lambda match: known.get(match[1], ""), str(text))
            for key, text in known.items()
        }
