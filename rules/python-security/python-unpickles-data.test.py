import json
import pickle


def read(raw: bytes, path):
    # ruleid: python-unpickles-data
    pickle.loads(raw)
    with open(path, "rb") as file:
        # ruleid: python-unpickles-data
        pickle.load(file)
    # ok: python-unpickles-data
    return json.loads(raw)


def twin(order):
    copied = pickle.dumps(order)
    # ok: python-unpickles-data
    return pickle.dumps(copied)


def own(order):
    # ok: python-unpickles-data
    pickle.loads(pickle.dumps(order))
    # ok: python-unpickles-data
    return pickle.loads(b"N.")
