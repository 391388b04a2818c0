import logging

from flask import request

log = logging.getLogger("shop")


def log_in(self, user, password, api_key, settings):
    # ruleid: python-secret-in-log
    logging.info("login of %s with %s", user.name, password)
    # ruleid: python-secret-in-log
    log.debug(f"key {api_key}")
    # ruleid: python-secret-in-log
    self.logger.warning("wrong password " + user.password)
    # ruleid: python-secret-in-log
    log.error("sent %s", request.headers.get("Authorization"))
    # ruleid: python-secret-in-log
    print("with %s and %s" % (user.name, settings["password"]))
    # ruleid: python-secret-in-log
    log.critical("key {}".format(user.access_token))
    # ok: python-secret-in-log
    log.info("login of %s", user.name)
    # ok: python-secret-in-log
    log.info("a password is set: %s", password is not None)
    # ok: python-secret-in-log
    log.info("letters: %d", len(password))
    # ok: python-secret-in-log
    log.info("key %s", masked(api_key))
    # ok: python-secret-in-log
    log.info("the password of %s was changed", user.name)
    # ok: python-secret-in-log
    print(settings["page"], "password")


def masked(value):
    return value[:2] + "…"
