"""Names of packages that look like a known one: a slip of the finger, or somebody waiting for one.

Known are the packages that the change's own manifests had before, and a few of the most depended-on ones of
each registry, from general knowledge. The distance is Damerau's and Levenshtein's (optimal string alignment):
letters added, left out, changed, or swapped with their neighbour.

Names are found by what is left when letters are taken out of both (the "symmetric delete" index), so the time
grows with the number of names, not with its square.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import combinations

from reviewbot.scanners.manifests import CARGO, GEM, NPM, PYPI

_SHORTEST = 4
_LONG = 8
"""Characters from which two slips still make a look-alike."""
_LONGEST = 30
"""Characters up to which two slips are looked for: each name has half the square of them."""
MOST = 2_000
"""Names that are compared, of each kind; a change that adds more is looked at by somebody anyway."""
_SEPARATORS = re.compile(r"[-_.@/]+")

_PYPI = """
    aiohttp airflow alembic ansible anyio apscheduler arrow asyncpg attrs azure-core azure-identity babel bandit
    bcrypt beautifulsoup4 black boto boto3 botocore build cachetools celery certifi cffi chardet charset-normalizer
    click colorama coverage cryptography cython dask dateparser django djangorestframework docker docutils faker
    fastapi filelock flake8 flask fonttools gevent gitpython google-api-core google-auth greenlet grpcio gunicorn
    h11 httpcore httplib2 httpx hypothesis idna importlib-metadata ipython isort itsdangerous jinja2 jmespath joblib
    jsonschema jupyter keras kombu kubernetes langchain lxml mako markdown markupsafe marshmallow matplotlib mock
    msgpack multidict mypy mysqlclient networkx nltk nox numpy oauthlib openai opencv-python openpyxl orjson packaging
    pandas paramiko passlib pillow pip pipenv platformdirs playwright pluggy poetry polars pre-commit prometheus-client
    protobuf psutil psycopg psycopg2 psycopg2-binary pyarrow pyasn1 pycparser pycryptodome pydantic pygments pyinstaller
    pyjwt pylint pymongo pymysql pynacl pyopenssl pyparsing pyserial pytest pytest-asyncio pytest-cov pytest-mock
    python-dateutil python-dotenv python-jose python-multipart pytz pyyaml redis regex requests requests-oauthlib
    rich rsa ruff s3fs s3transfer scikit-image scikit-learn scipy scrapy seaborn selenium sentry-sdk setuptools
    simplejson six sphinx sqlalchemy sqlparse starlette statsmodels streamlit sympy tabulate tenacity tensorflow
    tiktoken toml tomli torch torchvision tornado tox tqdm transformers twine typer typing-extensions tzdata ujson
    urllib3 uvicorn uvloop virtualenv waitress watchdog websocket-client websockets werkzeug wheel wrapt xgboost
    xmltodict yarl zipp
"""
_NPM = """
    @angular/cli @angular/core @babel/core @babel/preset-env @babel/runtime @eslint/js @nestjs/common @nestjs/core
    @testing-library/react @types/jest @types/lodash @types/node @types/react @types/react-dom @vitejs/plugin-react
    ajv ansi-regex async autoprefixer axios babel-core babel-eslint babel-jest babel-loader bcrypt bcryptjs bluebird
    body-parser bootstrap browserify buffer chai chalk cheerio chokidar classnames clsx colors commander
    compression concurrently cookie-parser core-js cors cross-env cross-spawn css-loader dayjs debug dotenv ejs
    electron esbuild eslint eslint-config-airbnb eslint-config-prettier eslint-plugin-import eslint-plugin-react express
    express-session fastify file-loader firebase formik framer-motion fs-extra glob graphql gulp handlebars helmet
    highlight.js html-webpack-plugin http-proxy husky immer inquirer ioredis jasmine jest jquery js-yaml jsdom
    jsonwebtoken karma knex koa less lint-staged lodash luxon marked mime minimatch minimist mkdirp mocha moment
    mongodb mongoose morgan multer mysql mysql2 nanoid next node-fetch node-sass nodemailer nodemon nuxt nyc
    openai ora passport path-to-regexp pg pino playwright pm2 postcss preact prettier prisma prop-types puppeteer
    query-string ramda react react-dom react-hook-form react-redux react-router react-router-dom react-scripts
    redis redux redux-thunk reflect-metadata request rimraf rollup rxjs sass sass-loader semver sequelize sharp
    shelljs sinon socket.io socket.io-client sqlite3 style-loader styled-components superagent supertest svelte
    swiper tailwindcss terser three through2 tough-cookie ts-jest ts-loader ts-node tslib turbo tweetnacl typeorm
    typescript underscore undici uuid validator vite vitest vue vue-router vuex webpack webpack-cli
    webpack-dev-server winston yargs yup zod zone.js zustand
"""
_CARGO = """
    actix-web anyhow async-trait axum base64 bitflags bytes chrono clap crossbeam diesel futures hyper itertools lazy_static
    libc once_cell parking_lot proc-macro2 quote rand rayon regex reqwest rustls serde serde_json serde_yaml
    sqlx syn tempfile thiserror tokio toml tonic tracing tracing-subscriber unicode-width uuid warp
"""
_GEM = """
    activerecord bootsnap bundler capistrano capybara devise faraday jekyll jquery-rails minitest nokogiri
    omniauth puma rack rails rake redis rspec rspec-rails rubocop sass-rails sidekiq simplecov sinatra sprockets
"""
POPULAR: dict[str, frozenset[str]] = {
    PYPI: frozenset(_PYPI.split()),
    NPM: frozenset(_NPM.split()),
    CARGO: frozenset(_CARGO.split()),
    GEM: frozenset(_GEM.split()),
}


def look_alikes(new: Iterable[str], known: Iterable[str], ecosystem: str) -> dict[str, str]:
    """Map each new name that looks like another one to that one.

    `known` are names that were there before. A name that is known or popular itself looks like nothing else.
    """
    popular = POPULAR.get(ecosystem, frozenset())
    held = frozenset(known)
    asked = sorted(set(new) - held - popular)[:MOST]
    if not asked:
        return {}
    indexes = (_index(popular), _indexed(sorted(held)[:MOST]))
    found: dict[str, str] = {}
    for name in asked:
        near = {other for rest in _rests(name) for index in indexes for other in index.get(rest, ())}
        alike = sorted(other for other in near if _is_alike(name, other))
        if alike:
            found[name] = alike[0]
    return found


@cache
def _index(popular: frozenset[str]) -> Mapping[str, list[str]]:
    return _indexed(sorted(popular))


def _indexed(names: Iterable[str]) -> Mapping[str, list[str]]:
    index: dict[str, list[str]] = {}
    for name in names:
        for rest in _rests(name):
            index.setdefault(rest, []).append(name)
    return index


def _rests(name: str) -> Iterator[str]:
    """Give a name without its separators, and with one or two letters taken out."""
    yield "=" + _SEPARATORS.sub("", name)
    if len(name) < _SHORTEST - 1:
        return
    yield name
    for at in range(len(name)):
        yield name[:at] + name[at + 1 :]
    if _LONG - 2 <= len(name) <= _LONGEST:
        for one, two in combinations(range(len(name)), 2):
            yield name[:one] + name[one + 1 : two] + name[two + 1 :]


def _is_alike(name: str, other: str) -> bool:
    if name == other or min(len(name), len(other)) < _SHORTEST:
        return False
    if _SEPARATORS.sub("", name) == _SEPARATORS.sub("", other):
        return True
    one, two = _cores(name, other)
    shorter = min(len(one), len(two))
    if shorter < _SHORTEST or _versioned(one, two):
        return False
    most = 2 if shorter >= _LONG else 1
    return distance(one, two, most) <= most


def _cores(name: str, other: str) -> tuple[str, str]:
    """Take off the parts that both share: `@types/koa` and `@types/joi` are no nearer than `koa` and `joi`."""
    one, two = _SEPARATORS.split(name), _SEPARATORS.split(other)
    while one and two and one[0] == two[0]:
        one, two = one[1:], two[1:]
    while one and two and one[-1] == two[-1]:
        one, two = one[:-1], two[:-1]
    return "-".join(one), "-".join(two)


def _versioned(name: str, other: str) -> bool:
    """Say whether two names differ in a number at the end only: `psycopg2` and `psycopg3` are releases."""
    return name.rstrip("0123456789") == other.rstrip("0123456789")


def distance(one: str, two: str, most: int) -> int:
    """Count the slips between two words; `most` + 1 stands for any more than that."""
    if abs(len(one) - len(two)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(two) + 1))
    for row, left in enumerate(one, 1):
        current = [row]
        for column, right in enumerate(two, 1):
            cost = min(last[column] + 1, current[-1] + 1, last[column - 1] + (left != right))
            swapped = row > 1 and column > 1 and left == two[column - 2] and one[row - 2] == right
            current.append(min(cost, before[column - 2] + 1) if swapped else cost)
        if min(current) > most and (not before or min(last) > most):
            return most + 1
        before, last = last, current
    return min(last[-1], most + 1)
