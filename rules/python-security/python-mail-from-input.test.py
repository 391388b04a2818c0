import smtplib

from flask import request


def flask_view():
    server = smtplib.SMTP("localhost")
    subject = request.form["subject"]
    # ruleid: python-mail-from-input
    server.sendmail("a@example.com", "b@example.com", f"Subject: {subject}\n\nHello")
    # ruleid: python-mail-from-input
    server.sendmail("a@example.com", "b@example.com", "To: %s\n\nHello" % request.form["to"])
    safe = subject.replace("\n", " ").replace("\r", " ")
    # ok: python-mail-from-input
    server.sendmail("a@example.com", "b@example.com", f"Subject: {safe}\n\nHello")
    # ok: python-mail-from-input
    server.sendmail("a@example.com", "b@example.com", "Subject: Hello\n\n" + request.form["text"])
