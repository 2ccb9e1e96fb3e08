"""The door that every API connector goes through: docs/connectors-http.md says how."""

from connector.http.budget import DAY, Budget, SlidingBudget, Window
from connector.http.call import Answer, Call
from connector.http.clock import Clock, SystemClock
from connector.http.content import Content
from connector.http.exchange import Limits
from connector.http.faults import Again, Fault
from connector.http.oauth import OAuth, client_credentials
from connector.http.paging import linked, onward, pages
from connector.http.proxy import Proxy
from connector.http.retrying import Patience
from connector.http.secrets import Secret
from connector.http.session import Door, Options
from connector.http.shape import WrongShape, field
from connector.http.sign_in import Fixed, Poster, SignIn, bearer, key_header, user_and_password

__all__ = [
    "DAY", "Again", "Answer", "Budget", "Call", "Clock", "Content", "Door", "Fault", "Fixed", "Limits", "OAuth", "Options",
    "Patience", "Poster", "Proxy", "Secret", "SignIn", "SlidingBudget", "SystemClock", "Window", "WrongShape", "bearer",
    "client_credentials", "field", "key_header", "linked", "onward", "pages", "user_and_password",
]  # fmt: skip
