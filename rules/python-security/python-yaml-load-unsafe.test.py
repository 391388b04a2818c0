import yaml


def read(document, path):
    # ruleid: python-yaml-load-unsafe
    yaml.load(document)
    # ruleid: python-yaml-load-unsafe
    yaml.load(document, Loader=yaml.FullLoader)
    # ruleid: python-yaml-load-unsafe
    yaml.load(document, yaml.UnsafeLoader)
    # ruleid: python-yaml-load-unsafe
    yaml.unsafe_load(document)
    # ok: python-yaml-load-unsafe
    yaml.load(document, Loader=yaml.CSafeLoader)
    # ok: python-yaml-load-unsafe
    yaml.load(document, yaml.BaseLoader)
    with open(path) as file:
        # ruleid: python-yaml-load-unsafe
        return yaml.load(file, Loader=yaml.Loader)


def fixed():
    # ok: python-yaml-load-unsafe
    return yaml.load("a: 1", Loader=yaml.Loader)


class Settings:
    def read(self):
        # ruleid: python-yaml-load-unsafe
        return yaml.load(self.text, Loader=yaml.Loader)
