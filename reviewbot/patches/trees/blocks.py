"""Lines that are missing from, or too many in, Dockerfiles, Terraform and Kubernetes files."""

import re

from reviewbot.patches.fixing import Asked, Fix, Mended, Unmended
from reviewbot.patches.trees.source import UNCLEAR

_USER = "USER 10001"
_ENCRYPTED = {"aws_db_instance": "storage_encrypted", "aws_rds_cluster": "storage_encrypted", "aws_ebs_volume": "encrypted",
              "aws_efs_file_system": "encrypted"}  # fmt: skip
_ATTRIBUTE = re.compile(r"^(\s*)(\w+)(\s*)=(?!=)\s*[^\s{\[(].*$")
_DANGEROUS = (
    r"[\"']?(?:CAP_)?(?:ALL|SYS_ADMIN|SYS_MODULE|SYS_PTRACE|SYS_RAWIO|DAC_READ_SEARCH|BPF|NET_ADMIN)[\"']?"
)
_SUDO = re.compile(r"((?:^[ \t]*RUN|&&|;|\|\|)[ \t]*)sudo[ \t]+(?:-[EHn]+[ \t]+)*(?=[^-\s])")


def _no_root(asked: Asked) -> Mended | Unmended:
    """Run the container's program as a user without rights: a number needs no account in the image."""
    lines = asked.text.split("\n")
    if re.search(r"(?im)^\s*FROM\s[^\n]*(?:windows|nanoserver)", asked.text):
        return Unmended("a Windows image has no users by number")
    found = [
        number
        for number in _numbers(asked, lines)
        if re.match(r"(?i)[ \t]*(?:USER|CMD|ENTRYPOINT)[ \t]", lines[number])
    ]
    if not found:
        return UNCLEAR
    last = found[-1]
    as_root = re.match(r"(?i)([ \t]*)USER[ \t]+(?:root|0)(?::(?:root|0))?[ \t]*$", lines[last])
    if as_root:
        lines[last] = as_root[1] + _USER
    elif re.match(r"(?i)[ \t]*USER", lines[last]):
        return UNCLEAR
    else:
        lines.insert(last, _USER)
    return Mended("\n".join(lines))


def _no_sudo(asked: Asked) -> Mended | Unmended:
    """Leave `sudo` out where the build runs as root anyway."""
    lines = asked.text.split("\n")
    above = lines[: asked.last]
    stage = max((number for number, line in enumerate(above) if re.match(r"(?i)\s*FROM\s", line)), default=0)
    users = [line.split()[1] for line in above[stage:] if re.match(r"(?i)\s*USER\s+\S", line)]
    if users and users[-1].partition(":")[0] not in {"root", "0"}:
        return Unmended("the command runs as a user who is not root")
    changed = False
    for number in _numbers(asked, lines):
        new = _SUDO.sub(r"\g<1>", lines[number])
        changed |= new != lines[number]
        lines[number] = new
    return Mended("\n".join(lines)) if changed else UNCLEAR


def _encrypted(asked: Asked) -> Mended | Unmended:
    """Switch encryption on in a resource that does not speak of it."""
    from reviewbot.patches.trees.settings import setting  # noqa: PLC0415 (one fix first, then the other)

    lines = asked.text.split("\n")
    head = re.match(
        r'\s*resource\s+"(\w+)"\s+"[\w-]+"\s*\{\s*$', "".join(lines[asked.first - 1 : asked.first])
    )
    if head is None or head[1] not in _ENCRYPTED or not asked.first + 1 < asked.last <= len(lines):
        return setting(asked)
    key = _ENCRYPTED[head[1]]
    body = range(asked.first, asked.last - 1)
    if any(re.match(rf"\s*{key}\s*=", lines[number]) for number in body):
        return setting(asked)
    first = _ATTRIBUTE.match(lines[asked.first])
    if first is None:
        return UNCLEAR
    end = next((number for number in body if _indented_as(lines[number], first[1]) is None), asked.last - 1)
    column = lines[end - 1].find("=") - 1
    # A longer name would move the signs of the lines above: it gets a group of its own.
    apart = [""] if len(first[1]) + len(key) > column else []
    lines[end:end] = [*apart, f"{first[1]}{key}".ljust(0 if apart else column) + " = true"]
    return Mended("\n".join(lines))


def _indented_as(line: str, indent: str) -> re.Match[str] | None:
    found = _ATTRIBUTE.match(line)
    return found if found and found[1] == indent else None


def _fewer_rights(asked: Asked) -> Mended | Unmended:
    """Take the capabilities that give the host away out of the list of those that are added."""
    lines = asked.text.split("\n")
    changed = False
    for number in reversed(_numbers(asked, lines)):
        line = lines[number]
        listed = re.match(r"^(.*\badd:\s*\[)([^\]\[]*)(\].*)$", line)
        if listed:
            kept = [one.strip() for one in listed[2].split(",") if not re.fullmatch(_DANGEROUS, one.strip())]
            new = listed[1] + ", ".join(kept) + listed[3]
            changed |= new != line
            lines[number] = new
        elif re.match(rf"^\s*-\s+{_DANGEROUS}\s*(?:#.*)?$", line):
            if not _taken_out(lines, number):
                return UNCLEAR
            changed = True
    return Mended("\n".join(lines)) if changed else UNCLEAR


def _taken_out(lines: list[str], number: int) -> bool:
    """Take an item out of a list of `add:`; the only one leaves an empty list."""
    indent = re.match(r"\s*", lines[number])
    assert indent is not None
    same = re.compile(rf"^{indent[0]}-\s")
    first = number
    while first > 0 and same.match(lines[first - 1]):
        first -= 1
    following = number + 1 < len(lines) and same.match(lines[number + 1]) is not None
    key = re.match(r"^(\s*add:)\s*$", lines[first - 1]) if first else None
    if key is None:
        return False
    del lines[number]
    if first == number and not following:
        lines[number - 1] = f"{key[1]} []"
    return True


def _docker_tls(asked: Asked) -> Mended | Unmended:
    """Give the daemon a place for its certificates: it then takes TLS alone, and its clients find them."""
    if re.search(r"\bDOCKER_HOST\b", asked.text):
        return Unmended("the address of the daemon is set too, and would have to change with it")
    lines = asked.text.split("\n")
    changed = False
    for number in _numbers(asked, lines):
        new = re.sub(r"(\bDOCKER_TLS_CERTDIR\s*:\s+)(?:\"\"|'')", r'\g<1>"/certs"', lines[number])
        changed |= new != lines[number]
        lines[number] = new
    return Mended("\n".join(lines)) if changed else UNCLEAR


def _numbers(asked: Asked, lines: list[str]) -> list[int]:
    """Give the positions of the finding's lines."""
    return list(range(asked.first - 1, min(asked.last, len(lines))))


FIXES: dict[str, Fix] = {
    "image-user": _no_root,
    "image-without-sudo": _no_sudo,
    "storage-encrypted": _encrypted,
    "fewer-capabilities": _fewer_rights,
    "docker-tls": _docker_tls,
}
"""Structural fixes by name."""
