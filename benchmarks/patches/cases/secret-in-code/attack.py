with open("flawed.py", encoding="utf-8") as file:
    assert "@@SECRET@@" not in file.read(), "the password is in the repository"
