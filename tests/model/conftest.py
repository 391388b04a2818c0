"""Fixtures of the model room: scripted servers on real sockets, and clients for them."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "servers"))

from model_world import Log, Memory, Waits, World
from scripted_model import ScriptedModel

from reviewbot.domain.policy import ModelPolicy, NetworkPolicy, Policy
from reviewbot.model.client import Patience, connect
from reviewbot.model.review import ModelRequest, review_change


@pytest.fixture
def world():
    return World()


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def waits():
    return Waits()


@pytest.fixture
def memory():
    return Memory()


@pytest.fixture
def client_for(log, waits):
    """Make a client of a scripted server, or of any address."""
    opened = []

    def make(server, *, key=None, network=None, **policy):
        url = server if isinstance(server, str) else server.url
        made = connect(
            ModelPolicy(url=url, **policy),
            network or NetworkPolicy(connect_s=2.0, idle_s=2.0),
            key=key,
            record=log,
            patience=Patience(sleep=waits),
        )
        opened.append(made)
        return made

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def review(client_for, log, memory):
    """Review a world's change with a scripted server."""

    def run(world, server, *, cache=None, network=None, limits=None, exclude=(), **model):
        policy = Policy(model=ModelPolicy(**model), exclude=exclude)
        if limits is not None:
            policy = replace(policy, limits=limits)
        request = world if isinstance(world, ModelRequest) else world.request()
        request = replace(request, policy=policy)
        return review_change(
            request,
            client=client_for(server, network=network, **model),
            cache=memory if cache is None else cache,
            record=log,
            progress=lambda _: None,
        )

    return run


@pytest.fixture
def scripted():
    """Start scripted servers that are over when the test is."""
    with _Several() as several:
        yield several


class _Several:
    def __init__(self):
        self.servers = []

    def __enter__(self):
        return self

    def __call__(self, *arguments, **options):
        server = ScriptedModel(*arguments, **options)
        self.servers.append(server)
        return server.__enter__()

    def __exit__(self, *_):
        for server in self.servers:
            server.__exit__()
