"""Which certificates every connection of ours believes: the system's, and the operator's beside them."""

import ssl
from pathlib import Path

from reviewbot.domain.policy import NetworkPolicy
from reviewbot.errors import UsageError

# Where distributions keep their authorities, for a Python whose OpenSSL was built to look elsewhere.
_SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


def system_bundle() -> str | None:
    """Name the file of the system's authorities, whatever SSL_CERT_FILE says; None if there is none."""
    places = (ssl.get_default_verify_paths().openssl_cafile, *_SYSTEM_BUNDLES)
    return next((place for place in places if Path(place).is_file()), None)


def tls_context(network: NetworkPolicy) -> ssl.SSLContext:
    """Build a verifying context from the system's authorities, with the operator's bundle added to them.

    Raises `UsageError` for a bundle that does not load.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # verifies chain and host name by itself
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Not set_default_verify_paths(): that one obeys SSL_CERT_FILE and SSL_CERT_DIR.
    paths = ssl.get_default_verify_paths()
    bundle = system_bundle()
    folder = paths.openssl_capath if Path(paths.openssl_capath).is_dir() else None
    if bundle or folder:
        context.load_verify_locations(cafile=bundle, capath=folder)
    if network.ca_bundle:
        try:
            context.load_verify_locations(cafile=network.ca_bundle)
        except (OSError, ssl.SSLError):
            raise UsageError(
                f"network.ca_bundle does not load: {network.ca_bundle}",
                hint="it must be a readable file of certificates in PEM",
            ) from None
    return context
