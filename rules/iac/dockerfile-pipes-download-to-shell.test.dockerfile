FROM debian:12
# ruleid: dockerfile-pipes-download-to-shell
RUN wget -qO- https://get.example.com/install | sudo -E bash -
# ruleid: dockerfile-pipes-download-to-shell
RUN bash -c "$(curl -fsSL https://get.example.com/install)"
# ruleid: dockerfile-pipes-download-to-shell
RUN curl -sSL https://get.example.com/get.py | python3 -
# ok: dockerfile-pipes-download-to-shell
RUN curl -s https://api.example.com/version | python3 -c 'import json,sys; print(json.load(sys.stdin)["v"])'
# ok: dockerfile-pipes-download-to-shell
RUN curl -fsSL https://get.example.com/key.asc | gpg --dearmor -o /usr/share/keyrings/tool.gpg
USER 10001
