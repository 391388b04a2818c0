import logging

log = logging.getLogger("shop")


def read(cursor, number):
    statement = "SELECT * FROM accounts WHERE number = '%s'" % number
    # ruleid: python-statement-in-log
    log.error(f"failed: {statement}")
    other = "delete from accounts where number = " + number
    # ruleid: python-statement-in-log
    logging.warning("failed: %s", other)
    fixed = "SELECT * FROM accounts WHERE number = %s"
    # ok: python-statement-in-log
    log.error("failed: %s", fixed)
    # ok: python-statement-in-log
    log.error("select an account first: " + number)
    # ok: python-statement-in-log
    log.debug("%s", other)
