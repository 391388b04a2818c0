"""Calls and words of Python that no patch may bring, by full dotted name. A trailing dot stands for all below."""

from functools import lru_cache

CODE = frozenset(
    {"eval", "exec", "compile", "__import__", "globals", "locals", "vars", "delattr", "setattr", "breakpoint",
     "importlib.", "runpy.", "builtins.", "code.", "codeop.", "imp.", "pkgutil.", "zipimport.", "types.FunctionType",
     "types.CodeType", "types.ModuleType", "ctypes.", "cffi.", "sys.settrace", "sys.setprofile", "gc.", "inspect.", "bdb.",
     "pdb.", "timeit.", "cProfile.", "atexit.", "asyncio.get_event_loop_policy", "operator.methodcaller",
     "operator.attrgetter", "functools.reduce", "webbrowser.", "antigravity.", "pip.", "ensurepip.", "venv."}
)  # fmt: skip
BY_NAME = frozenset({"getattr", "hasattr"})
"""Harmless only if the name is written out."""

SHELLS = frozenset(
    {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "commands.", "popen2.",
     "asyncio.create_subprocess_shell", "pty.", ".create_subprocess_shell", ".subprocess_shell"}
)  # fmt: skip
PROCESSES = frozenset(
    {"subprocess.", "os.spawn", "os.exec", "os.posix_spawn", "os.startfile", "os.fork", "os.forkpty", "os.kill", "os.killpg",
     "asyncio.create_subprocess_exec", "multiprocessing.", "pexpect.", "sh.", "plumbum.", "fabric.", "invoke.",
     "concurrent.futures.ProcessPoolExecutor", "signal."}
)  # fmt: skip
OBJECTS = frozenset(
    {"pickle.", "cPickle.", "_pickle.", "dill.", "cloudpickle.", "marshal.", "shelve.", "jsonpickle.", "yaml.load", "yaml.load_all",
     "yaml.unsafe_load", "yaml.unsafe_load_all", "yaml.full_load", "yaml.full_load_all", "yaml.Loader", "yaml.UnsafeLoader",
     "yaml.FullLoader", "torch.load", "joblib.load", "pandas.read_pickle", "numpy.load", "copyreg."}
)  # fmt: skip
NETWORK = frozenset(
    {"socket.", "urllib.request.", "urllib2.", "urllib3.", "requests.", "httpx.", "aiohttp.", "http.client.", "http.server.",
     "ftplib.", "smtplib.", "telnetlib.", "telnetlib3.", "poplib.", "imaplib.", "nntplib.", "paramiko.", "asyncssh.", "websockets.", "websocket.",
     "xmlrpc.", "socketserver.", "asyncio.open_connection", "asyncio.start_server", "pycurl.", "treq.", "grpc.",
     "boto3.", "dns.", "asyncore.", "ssl.get_server_certificate", "logging.handlers.", "urlopen", ".urlopen", ".create_connection"}
)  # fmt: skip
PROTECTING = frozenset(
    {"django.views.decorators.csrf.csrf_protect", "django.views.decorators.csrf.requires_csrf_token",
     "django.views.decorators.clickjacking.xframe_options_sameorigin", "django.views.decorators.clickjacking.xframe_options_deny"}
)  # fmt: skip
"""Decorators that a rule's fix may put where one was that switched the check off."""
EXITS = frozenset(
    {"exit", "quit", "sys.exit", "os._exit", "os.abort", "os.kill", "faulthandler.", "resource."}
)
FILES = frozenset(
    {"os.remove", "os.unlink", "os.rmdir", "os.removedirs", "os.rename", "os.replace", "os.link", "os.symlink", "os.chown", "os.mkfifo",
     "os.mknod", "os.truncate", "os.setuid", "os.setgid", "os.putenv", "os.unsetenv", "os.umask", "shutil.", ".unlink", ".rmtree",
     ".write_text", ".write_bytes", ".symlink_to", ".hardlink_to"}
)  # fmt: skip
CHMOD = frozenset(
    {"os.chmod", "os.fchmod", "os.lchmod", "os.mkdir", "os.makedirs", "os.open", ".chmod", ".lchmod"}
)

# Words that switch checking of certificates off: names, attributes and keywords with any value but a true constant.
TLS_NAMES = frozenset(
    {"CERT_NONE", "CERT_OPTIONAL", "_create_unverified_context", "_create_default_https_context", "VERIFY_NONE", "AutoAddPolicy",
     "WarningPolicy", "disable_warnings", "InsecureRequestWarning", "PROTOCOL_SSLv2", "PROTOCOL_SSLv3", "PROTOCOL_TLSv1",
     "PROTOCOL_TLSv1_1", "SSLv3", "TLSv1", "TLSv1_1", "set_ciphers", "NullAuthenticator"}
)  # fmt: skip
TLS_KEYWORDS = frozenset(
    {"verify", "verify_ssl", "ssl_verify", "check_hostname", "verify_mode", "cert_reqs", "verify_certs", "validate_certs",
     "ssl_assert_hostname", "assert_hostname", "tls_verify", "sslverify", "verify_tls", "verify_signature", "verify_aud", "verify_exp"}
)  # fmt: skip
LEFT_OUT = frozenset({"ssl", "ssl_context", "sslcontext", "context"})
"""Keywords that switch it off only where they are given a false constant."""

# Modules that no remedy needs to import.
USELESS = frozenset(
    {"ctypes", "cffi", "pickle", "cPickle", "_pickle", "dill", "cloudpickle", "marshal", "shelve", "importlib", "imp", "runpy", "code",
     "codeop", "builtins", "pty", "pdb", "bdb", "gc", "inspect", "socket", "socketserver", "asyncio", "multiprocessing", "threading",
     "http.server", "http.client", "urllib.request", "ftplib", "smtplib", "telnetlib", "poplib", "imaplib", "xmlrpc", "webbrowser",
     "antigravity", "this", "turtle", "tkinter", "idlelib", "test", "pip", "ensurepip", "venv", "zipimport", "pkgutil", "site",
     "atexit", "signal", "faulthandler", "resource", "gettext", "cgi", "cgitb", "crypt", "distutils", "setuptools", "pkg_resources",
     "sitecustomize", "usercustomize", "_thread", "concurrent", "sched", "timeit", "profile", "cProfile", "trace", "tracemalloc"}
)  # fmt: skip


@lru_cache(maxsize=4096)
def named(dotted: str, table: frozenset[str]) -> bool:
    """Say whether a table names this, or something above it."""
    return (
        dotted in table
        or any(one.endswith(".") and len(one) > 1 and (dotted + ".").startswith(one) for one in table)
        or any(dotted.startswith(one) for one in table if one in _PREFIXES)
    )


_PREFIXES = frozenset({"os.spawn", "os.exec", "os.posix_spawn"})
