"""The mails that carry a link to set a password: subject and body."""


def invitation(*, name: str, url: str) -> tuple[str, str]:
    body = f"""Hello {name},

your training manager has made a place for you on Oneday. Set your password here:

{url}

The link works once, for 24 hours. If it has run out, choose "Forgot your password?" on the sign-in page.
"""
    return "Your way into Oneday", body


def reset(*, name: str, url: str) -> tuple[str, str]:
    body = f"""Hello {name},

somebody, probably you, asked for a new password. Set it here:

{url}

The link works once, for 24 hours. If it was not you, do nothing: your password stays as it is.
"""
    return "Set a new password for Oneday", body
