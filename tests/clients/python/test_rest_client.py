"""alfresco-rest-client against people-mock, by its own way of working.

The library turns statuses into exceptions whose text is the vendor's `briefSummary`, follows pages by itself, and logs
in once more after a 401. Of people it lists, gets, creates and updates; avatars and password resets it doesn't know.

Each test starts from the server's fixtures.
"""

import os
import unittest

import requests
from alfresco import Alfresco, BasicAuth, TicketAuth
from alfresco.exceptions import (
    AuthenticationError,
    ConflictError,
    ForbiddenError,
    InvalidArgumentError,
    NetworkError,
    NotFoundError,
    ServerError,
)

URL = os.environ["PEOPLE_MOCK_URL"]

# A plain user of the default fixtures, who has custom properties.
USER, USER_PASSWORD = "tnguyen", "Passw0rd!"


def control(method, path, **body):
    """A call of the server's own API."""
    response = requests.request(method, f"{URL}/__admin{path}", **body)
    response.raise_for_status()
    return response


def client(auth, url=URL):
    """A client of one user."""
    return Alfresco(url=url, auth=auth)


class RestClient(unittest.TestCase):
    def setUp(self):
        control("POST", "/reset")
        self.people = client(TicketAuth("admin", "admin")).people

    def test_a_ticket_is_got_once_and_goes_with_every_call(self):
        auth = TicketAuth(USER, USER_PASSWORD)
        people = client(auth).people
        self.assertEqual(people.get().id, USER)
        self.assertTrue(auth.ticket.startswith("TICKET_"))
        self.assertEqual(people.get("admin").id, "admin")
        made = control("POST", "/requests/count", json={"when": {"operation": "alfresco.createTicket"}})
        self.assertEqual(made.json()["count"], 1)

    def test_a_password_does_instead_of_a_ticket(self):
        self.assertEqual(client(BasicAuth(USER, USER_PASSWORD)).people.get().first_name, "Tâm")

    def test_a_ticket_that_has_expired_is_got_again_without_a_word(self):
        before = self.people.get()
        control("PUT", "/clock", json={"advance": "PT2H"})
        self.assertEqual(self.people.get(), before)

    # The library takes every refusal of a login for trouble with the network, and names the status in its text.
    def test_a_wrong_login_is_forbidden_and_a_wrong_password_unauthorized(self):
        with self.assertRaises(NetworkError) as caught:
            client(TicketAuth("admin", "wrong")).people.get()
        self.assertIn(": 403 Client Error: Forbidden for url: ", caught.exception.message)
        with self.assertRaises(AuthenticationError) as caught:
            client(BasicAuth("admin", "wrong")).people.get()
        self.assertIn("Authentication failed for Web Script", caught.exception.message)

    def test_a_list_is_read_page_by_page(self):
        everybody = [person.id for person in self.people.list()]
        self.assertEqual(everybody[:2], ["abeecher", "admin"])
        self.assertEqual([person.id for person in self.people.iter_list(page_size=3)], everybody)
        self.assertEqual([person.id for person in self.people.list(skip_count=1, max_items=1)], ["admin"])

    def test_a_person_is_read_with_everything_that_was_set(self):
        person = self.people.get(USER)
        self.assertEqual(person.properties["exif:manufacturer"], "Example Optics")
        self.assertEqual((person.enabled, person.email_notifications_enabled), (True, True))
        guest = self.people.get("guest")
        self.assertEqual((guest.email, guest.enabled, guest.company), ("", False, {}))

    def test_a_person_is_created_updated_and_can_sign_in(self):
        created = self.people.create("ann", "Ann", "Other", "ann@example.com", "secret", properties={"exif:model": "X"})
        self.assertEqual((created.display_name, created.properties), ("Ann Other", {"exif:model": "X"}))
        own = client(TicketAuth("ann", "secret")).people
        changed = own.update("-me-", {"company": {"organization": "Example"}, "lastName": ""})
        self.assertEqual((changed.display_name, changed.company), ("Ann", {"organization": "Example"}))
        self.assertEqual(self.people.get("ann"), changed)

    def test_each_refusal_is_an_exception_of_its_own_with_the_text_of_the_vendor(self):
        own = client(TicketAuth(USER, USER_PASSWORD)).people
        for refused, exception, text in [
            (lambda: self.people.create("", "A", "B", "a@b.c", "x"), InvalidArgumentError, "Field 'id' is null, but is required."),
            (lambda: self.people.list(max_items=0), InvalidArgumentError, "Only positive values supported for maxItems."),
            (lambda: own.update("admin", {"jobTitle": "x"}), ForbiddenError, "Permission was denied"),
            (lambda: self.people.get("nobody"), NotFoundError, "The entity with id: nobody was not found"),
            (lambda: self.people.create("Admin", "A", "B", "a@b.c", "x"), ConflictError, "Person 'Admin' already exists."),
        ]:
            with self.subTest(text), self.assertRaises(exception) as caught:
                refused()
            self.assertRegex(caught.exception.message, r"^\d{8} ")
            self.assertTrue(caught.exception.message.endswith(text), caught.exception.message)

    def test_a_forced_error_is_met_like_a_natural_one(self):
        control("POST", "/faults", json={"when": {"operation": "*.getPerson"}, "then": {"error": 500}, "times": 1})
        with self.assertRaises(ServerError):
            self.people.get()
        self.assertEqual(self.people.get().id, "admin")

    def test_a_base_url_leads_to_a_session_of_its_own(self):
        session = client(TicketAuth("admin", "admin"), url=f"{URL}/__session/rest-client").people
        session.update(USER, {"jobTitle": "Elsewhere"})
        self.assertNotEqual(self.people.get(USER)._raw.get("jobTitle"), "Elsewhere")


if __name__ == "__main__":
    unittest.main()
