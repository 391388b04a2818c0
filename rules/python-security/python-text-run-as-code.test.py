import ast


def value(text, rows: list, number: int):
    # ruleid: python-text-run-as-code
    eval(text)
    # ruleid: python-text-run-as-code
    exec(f"rows = {rows}")
    # ok: python-text-run-as-code
    eval(f"2 ** {number}")
    # ok: python-text-run-as-code
    eval("1 + 1")
    # ok: python-text-run-as-code
    return ast.literal_eval(text)


def asked():
    # ruleid: python-text-run-as-code
    return eval(input("formula: "))
