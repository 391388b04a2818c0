"""Fixes of CI workflows, Dockerfiles, Kubernetes and Terraform files, where lines are all there is to go by."""

import pytest
from trees_examples import difference, mended

INJECTION, AZURE, SETTING = "script-value-in-variable", "agent-variable", "line-setting"
CHECKS, ROOT = "ci-tls-not-verified", "kubernetes-runs-as-root"
JOB = "on: pull_request\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n"
STEPS = {
    # name of the case: step, line of the finding in it, what changes
    "one line": (
        '      - run: echo "${{ github.event.pull_request.title }}"\n', 1,
        ('-      - run: echo "${{ github.event.pull_request.title }}"\n+      - env:\n'
        '+          PULL_REQUEST_TITLE: ${{ github.event.pull_request.title }}\n+        run: echo "$PULL_REQUEST_TITLE"'),
    ),
    "not the first key": (
        "      - name: x\n        # why\n        run: git checkout origin/${{ github.head_ref }} # so\n        shell: bash\n", 3,
        ("-        run: git checkout origin/${{ github.head_ref }} # so\n+        env:\n+          HEAD_REF: ${{ github.head_ref }}\n"
        '+        run: git checkout origin/"$HEAD_REF" # so'),
    ),
    "variables that are there": (
        ("      - name: x\n        env:\n            A: b\n        run: |-\n          if x; then\n"
        "            echo 'x ${{ github.head_ref }} y' '${{ github.head_ref }}' \"${{ github.head_ref }}z\"\n          fi\n"), 6,
        ("+            HEAD_REF: ${{ github.head_ref }}\n"
        "-            echo 'x ${{ github.head_ref }} y' '${{ github.head_ref }}' \"${{ github.head_ref }}z\"\n"
        "+            echo 'x '\"$HEAD_REF\"' y' \"$HEAD_REF\" \"${HEAD_REF}z\""),
    ),
    "the value has a variable": (
        '      - run: |\n          echo "${{ github.head_ref }}"\n        env:\n          T: ${{ github.head_ref }}\n', 2,
        '-          echo "${{ github.head_ref }}"\n+          echo "$T"',
    ),
    "a list as far left as its key": (
        "    - run: echo ${{ github.head_ref }}\n    - run: b\n", 1,
        ("-    - run: echo ${{ github.head_ref }}\n+    - env:\n+        HEAD_REF: ${{ github.head_ref }}\n"
        '+      run: echo "$HEAD_REF"'),
    ),
    "a script of JavaScript": (
        "      - uses: actions/github-script@v7\n        with:\n          script: |\n            log('${{ github.event.comment.body }}')\n", 4,
        ("+        env:\n+          COMMENT_BODY: ${{ github.event.comment.body }}\n"
        "-            log('${{ github.event.comment.body }}')\n+            log(process.env.COMMENT_BODY)"),
    ),
    "other values stay": (
        "      - run: |\n          # it's\n          echo ${{ github.head_ref || github.ref_name }} ${{ github.sha }}\n", 3,
        ("-      - run: |\n+      - env:\n+          HEAD_REF: ${{ github.head_ref || github.ref_name }}\n+        run: |\n"
        '-          echo ${{ github.head_ref || github.ref_name }} ${{ github.sha }}\n+          echo "$HEAD_REF" ${{ github.sha }}'),
    ),
}  # fmt: skip
UNCLEAR_STEPS = {
    "variables on one line": ('      - env: {A: b}\n        run: echo "${{ github.head_ref }}"\n', 2),
    "a quoted scalar": ('      - run: "echo ${{ github.head_ref }}"\n', 1),
    "it would begin a quoted scalar": ("      - run: ${{ github.head_ref }}\n", 1),
    "code in the code": ("      - run: python -c \"print('${{ github.head_ref }}')\"\n", 1),
    "the environment of later steps": ('      - run: echo "A=${{ github.head_ref }}" >> "$GITHUB_ENV"\n', 1),
    "a here-document": ("      - run: |\n          cat <<EOF\n          ${{ github.head_ref }}\n          EOF\n", 3),
    "quotes in quotes": ('      - run: |\n          A="$(echo "${{ github.head_ref }}")"\n', 2),
    "another shell": ('      - run: echo "${{ github.head_ref }}"\n        shell: pwsh\n', 1),
    "a scalar of several lines": ('      - run: echo a\n          "${{ github.head_ref }}"\n', 2),
    "the name is taken": ('      - run: echo "$HEAD_REF ${{ github.head_ref }}"\n', 1),
    "a piece of a template": (
        "      - uses: actions/github-script@v7\n        with:\n          script: |\n            log(`a ${{ github.head_ref }}`)\n", 4,
    ),
    "a script of something else": (
        "      - uses: someone/script@v7\n        with:\n          script: |\n            log('${{ github.head_ref }}')\n", 4,
    ),
    "a tab": ('\t- run: echo "${{ github.head_ref }}"\n', 1),
}  # fmt: skip
LINES = {
    # name of the case: fix, rule, text, first line, last line, what changes
    "bundled flags, and a comment": (
        SETTING, CHECKS, "- curl -fsSLk https://a && wget -q --no-check-certificate https://b # curl -k x\n", 1, 1,
        ("-- curl -fsSLk https://a && wget -q --no-check-certificate https://b # curl -k x\n"
        "+- curl -fsSL https://a && wget -q https://b # curl -k x"),
    ),
    "a value that looks like a flag": (
        SETTING, CHECKS, "- curl -kfL https://a -ok b\n", 1, 1, "-- curl -kfL https://a -ok b\n+- curl -fL https://a -ok b",
    ),
    "a variable that has to go": (
        SETTING, CHECKS, "- GIT_SSL_NO_VERIFY=1 git clone x\n", 1, 1, "-- GIT_SSL_NO_VERIFY=1 git clone x\n+- git clone x",
    ),
    "a quoted value": (
        SETTING, CHECKS, 'NODE_TLS_REJECT_UNAUTHORIZED: "0"\n', 1, 1,
        '-NODE_TLS_REJECT_UNAUTHORIZED: "0"\n+NODE_TLS_REJECT_UNAUTHORIZED: "1"',
    ),
    "a flow mapping": (
        SETTING, ROOT, "securityContext: {runAsUser: 0, runAsNonRoot: false}\n", 1, 1,
        "-securityContext: {runAsUser: 0, runAsNonRoot: false}\n+securityContext: {runAsUser: 10001, runAsNonRoot: true}",
    ),
    "the host's network": (
        SETTING, "compose-gives-host-away", '    network_mode: "host" # x\n', 1, 1,
        '-    network_mode: "host" # x\n+    network_mode: "bridge" # x',
    ),
    "Azure, three ways": (
        AZURE, "", "steps:\n  - bash: echo '$(Build.SourceBranchName)' $(Build.BuildId) \"${{ variables['Build.SourceBranch'] }}x\"\n", 2, 2,
        ("-  - bash: echo '$(Build.SourceBranchName)' $(Build.BuildId) \"${{ variables['Build.SourceBranch'] }}x\"\n"
        '+  - bash: echo "$BUILD_SOURCEBRANCHNAME" $(Build.BuildId) "${BUILD_SOURCEBRANCH}x"'),
    ),
    "every checkout of the job": (
        "checkout-without-token", "",
        ("jobs:\n  a:\n    steps:\n    - uses: actions/checkout@v5\n      with: {ref: main}\n    - uses: actions/checkout@v5\n      with:\n"
        "        path: b\n    - uses: actions/upload-artifact@v4\n      with:\n        path: .\n  b:\n    steps:\n    - uses: actions/checkout@v5\n"),
        11, 11,
        "-      with: {ref: main}\n+      with: {ref: main, persist-credentials: false}\n+        persist-credentials: false",
    ),
    "one of two capabilities": (
        "fewer-capabilities", "", "capabilities:\n  add:\n    - NET_ADMIN # x\n    - CHOWN\n", 3, 3, "-    - NET_ADMIN # x",
    ),
    "the only one": (
        "fewer-capabilities", "", "capabilities:\n  add:\n  - SYS_ADMIN\n  drop: []\n", 3, 3, "-  add:\n-  - SYS_ADMIN\n+  add: []",
    ),
    "sudo on two lines": (
        "image-without-sudo", "", "FROM a\nRUN sudo -E apt update \\\n && sudo apt install x; sudo -u bob y\n", 2, 3,
        "-RUN sudo -E apt update \\\n- && sudo apt install x; sudo -u bob y\n+RUN apt update \\\n+ && apt install x; sudo -u bob y",
    ),
    "the user at the end": ("image-user", "", "FROM a\nUSER 0:0\n", 2, 2, "-USER 0:0\n+USER 10001"),
    "as the lines around it": (
        "storage-encrypted", "", 'resource "aws_ebs_volume" "a" {\n  availability_zone = "b"\n  size              = 40\n}\n', 1, 4,
        "+  encrypted         = true",
    ),
}  # fmt: skip
UNCLEAR_LINES = {
    "git looks whether it is set": (SETTING, CHECKS, 'GIT_SSL_NO_VERIFY: "true"\n', 1),
    "a comment": (SETTING, ROOT, "# runAsUser: 0\n", 1),
    "another key": (SETTING, ROOT, "xrunAsUser: 0\nrunAsUser: 01\n", 1),
    "who may be the reader": (SETTING, "terraform-storage-is-public", 'member = "allUsers"\n', 1),
    "a rule without settings": (SETTING, "some-rule", "privileged: true\n", 1),
    "the daemon's address": ("docker-tls", "", 'DOCKER_HOST: tcp://a:2375\nDOCKER_TLS_CERTDIR: ""\n', 2),
    "the user is not root": ("image-without-sudo", "", "FROM a\nUSER bob\nRUN sudo make\n", 3),
    "an image of Windows": ("image-user", "", "FROM mcr.microsoft.com/windows/nanoserver\nCMD a\n", 2),
    "an agent of Windows": (AZURE, "", "pool: {vmImage: windows-latest}\nsteps:\n- script: a $(Build.SourceBranch)\n", 3),
    "a shell of Windows": (AZURE, "", "steps:\n- powershell: a $(Build.SourceBranch)\n", 2),
    "no step at all": ("checkout-without-token", "", "path: .\n", 1),
    "what is chosen about the token": (
        "checkout-without-token", "",
        "steps:\n- uses: actions/checkout@v5\n  with: {persist-credentials: true}\n- uses: a\n  with: {path: .}\n", 5,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", STEPS)
def test_a_value_is_handed_over_in_a_variable(case):
    """The value goes into `env:`, and the script reads it in quotes of its own."""
    step, line, change = STEPS[case]

    after = mended(INJECTION, ".github/workflows/a.yml", JOB + step, line + 5)

    assert after is not None
    assert difference(JOB + step, after) == change


@pytest.mark.parametrize("case", UNCLEAR_STEPS)
def test_a_step_that_is_not_plainly_written_is_left(case):
    """Where quoting, shell or layout leave a doubt, nothing is proposed."""
    step, line = UNCLEAR_STEPS[case]

    assert mended(INJECTION, ".github/workflows/a.yml", JOB + step, line + 5) is None


@pytest.mark.parametrize("case", LINES)
def test_a_line_is_set_right(case):
    """The value changes; alignment, quotes and comments do not."""
    fix, rule, text, first, last, change = LINES[case]

    after = mended(fix, "a.yml", text, first, last, rule=rule)

    assert after is not None
    assert difference(text, after) == change


@pytest.mark.parametrize("case", UNCLEAR_LINES)
def test_a_line_that_could_mean_more_is_left(case):
    """A fix refuses what it cannot set right alone."""
    fix, rule, text, line = UNCLEAR_LINES[case]

    assert mended(fix, "a.yml", text, line, rule=rule) is None
