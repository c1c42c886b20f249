"""python-alfresco-api against people-mock, by its own way of working.

The library is strict about statuses: each operation parses the one success that the vendor documents, and gives `None`
for every other documented answer. `*_detailed` functions give the status and the body as well.
It has no function that reads an avatar.

Each test starts from the server's fixtures, with an administrator who holds a ticket.
"""

import asyncio
import io
import json
import os
import unittest
from contextlib import redirect_stdout
from datetime import datetime, timezone

import httpx
from python_alfresco_api import AuthUtil, ClientFactory
from python_alfresco_api.auth_util import SimpleAuthUtil, TicketAuthUtil
from python_alfresco_api.raw_clients.alfresco_core_client.core_client.api.people import (
    create_person,
    delete_avatar_image,
    get_person,
    list_people,
    request_password_reset,
    reset_password,
    update_avatar_image,
    update_person,
)
from python_alfresco_api.raw_clients.alfresco_core_client.core_client.client import Client
from python_alfresco_api.raw_clients.alfresco_core_client.core_client.models import (
    ClientBody,
    Company,
    PasswordResetBody,
    PersonBodyCreate,
    PersonBodyUpdate,
)
from python_alfresco_api.raw_clients.alfresco_core_client.core_client.types import UNSET, File
from python_alfresco_api.raw_clients.alfresco_discovery_client.discovery_client.api.discovery import (
    get_repository_information,
)

URL = os.environ["PEOPLE_MOCK_URL"]
CONTROL = httpx.Client(base_url=f"{URL}/__admin")

# A plain user of the default fixtures, who has an avatar and custom properties.
USER, USER_PASSWORD = "tnguyen", "Passw0rd!"

# One red pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def factory(auth):
    """All clients of one user."""
    return ClientFactory(base_url=URL, auth_util=auth, verify_ssl=False, load_env=False)


def ticket_auth(*login, **ticket):
    """A ticket, got or given. Without TLS no certificates need to be loaded, which takes longer than a test."""
    return TicketAuthUtil(*login, base_url=URL, verify_ssl=False, **ticket)


def signed_in(user, password):
    """All clients of a user who works with a ticket."""
    return factory(ticket_auth(user, password))


def raw(clients):
    """The generated client underneath, for the functions that tell status and body."""
    return clients.create_core_client().raw_client


def ann(**members):
    """A new person."""
    return PersonBodyCreate(
        **{"id": "ann", "first_name": "Ann", "email": "ann@example.com", "password": "secret", **members}
    )


class PeopleTest(unittest.TestCase):
    """Starts each test from the fixtures."""

    def setUp(self):
        CONTROL.post("/reset").raise_for_status()
        self.clients = signed_in("admin", "admin")
        self.admin = raw(self.clients)
        self.people = self.clients.create_core_client().people

    def refused(self, answer, status, key):
        """The answer is this error of the vendor, and the library made nothing of it."""
        error = json.loads(answer.content)["error"]
        self.assertEqual((answer.status_code, error["statusCode"], error["errorKey"]), (status, status, key))
        self.assertIsNone(answer.parsed)
        return error["briefSummary"]

    def wrong_login(self, user, password):
        """A login that the server refuses, which the library reports on stdout."""
        auth = ticket_auth(user, password)
        with redirect_stdout(io.StringIO()) as said:
            self.assertFalse(auth.authenticate_sync())
        self.assertIsNone(auth.ticket)
        return said.getvalue()


class LoginAndLogout(PeopleTest):
    def test_login_gives_a_ticket_and_later_calls_use_it(self):
        self.assertRegex(self.clients.auth.ticket, r"^TICKET_[0-9a-f]{40}$")
        self.assertEqual(self.people.get_person("-me-").entry.id, "admin")

        # The server answers this call for tickets only, not for a name and a password.
        valid = self.clients.create_auth_client().authentication.validate_ticket()
        self.assertEqual(valid.entry.id, self.clients.auth.ticket)

    def test_a_ticket_that_another_client_got_is_good(self):
        clients = factory(ticket_auth(ticket=self.clients.auth.ticket))
        self.assertEqual(clients.create_core_client().people.get_person("-me-").entry.id, "admin")

    def test_the_asynchronous_login_gives_the_same_ticket(self):
        auth = AuthUtil(URL, "admin", "admin")
        self.assertTrue(asyncio.run(auth.authenticate()))
        self.assertEqual(auth.ticket, self.clients.auth.ticket)

    def test_a_wrong_login_is_refused_with_403(self):
        said = self.wrong_login("admin", "wrong")
        self.assertIn(" 403 ", said)
        self.assertIn('"errorKey":"Login failed"', said)

        answer = self.clients.create_auth_client().authentication.create_ticket_detailed("admin", "wrong")
        self.assertRegex(self.refused(answer, 403, "Login failed"), r"^\d{8} Login failed$")

    def test_an_unknown_and_a_disabled_user_are_refused_like_a_wrong_password(self):
        for user in ("nobody", "abeecher"):
            self.assertIn('"errorKey":"Login failed"', self.wrong_login(user, user))

    def test_login_does_not_look_at_credentials_in_the_header(self):
        stranger = factory(SimpleAuthUtil("admin", "wrong")).create_auth_client().authentication
        self.assertEqual(stranger.create_ticket("admin", "admin").entry.user_id, "admin")

    def test_a_name_and_a_password_are_good_without_a_login(self):
        people = factory(SimpleAuthUtil("admin", "admin")).create_core_client().people
        self.assertEqual(people.get_person("-me-").entry.id, "admin")

    def test_validating_a_ticket_without_one_is_refused_with_400(self):
        basic = factory(SimpleAuthUtil("admin", "admin")).create_auth_client().authentication
        self.refused(basic.validate_ticket_detailed(), 400, "Ticket base authentication required.")

    def test_a_dead_ticket_is_refused_with_401(self):
        stranger = raw(factory(ticket_auth(ticket="TICKET_" + "0" * 40)))
        self.assertRegex(
            self.refused(get_person.sync_detailed("-me-", client=stranger), 401, "framework.exception.ApiDefault"),
            r"^\d{8} Authentication failed for Web Script org/alfresco/api/ResourceWebScript\.get$",
        )

    def test_without_credentials_a_protected_call_is_refused_with_401(self):
        stranger = Client(base_url=self.admin._base_url, verify_ssl=False)
        self.refused(list_people.sync_detailed(client=stranger), 401, "framework.exception.ApiDefault")

    def test_after_logout_the_old_ticket_is_dead(self):
        answer = self.clients.create_auth_client().authentication.delete_ticket_detailed()
        self.assertEqual((answer.status_code, answer.content), (204, b""))
        self.assertEqual(get_person.sync_detailed("-me-", client=self.admin).status_code, 401)

    def test_a_signed_in_client_learns_about_the_repository(self):
        client = self.clients.create_discovery_client().raw_client
        repository = get_repository_information.sync(client=client).entry.repository
        self.assertEqual(repository.edition, "Community")
        self.assertIs(repository.status.is_read_only, False)


class ListPeople(PeopleTest):
    def entries(self, **options):
        """The entries as the server sent them.

        The library cannot read a person without an email address, as the guest is, or one whose `fields` were cut; so
        this sends its request and leaves its reader out.
        """
        answer = self.admin.get_httpx_client().request(**list_people._get_kwargs(**options))
        return [each["entry"] for each in answer.json()["list"]["entries"]]

    def test_a_page_has_what_was_asked_for(self):
        page = self.people.list_people(skip_count=1, max_items=1).list_
        self.assertEqual([each.entry.id for each in page.entries], ["admin"])
        pagination = page.pagination
        self.assertEqual((pagination.count, pagination.skip_count, pagination.max_items), (1, 1, 1))
        self.assertIs(pagination.has_more_items, True)
        self.assertEqual(pagination.total_items, len(self.entries()))

    def test_without_options_it_gives_everybody_in_the_order_of_their_ids(self):
        fresh = ["abeecher", "admin", "guest", "mjackson"]
        self.assertEqual([each["id"] for each in self.entries() if each["id"] in fresh], fresh)

    def test_the_guest_has_no_email_address_which_the_library_cannot_read(self):
        with self.assertRaisesRegex(KeyError, "email"):
            self.people.list_people()

    def test_order_by_turns_the_list_round(self):
        ids = [each["id"] for each in self.entries()]
        page = self.people.list_people(max_items=2, order_by=["id DESC"]).list_
        self.assertEqual([each.entry.id for each in page.entries], ids[:-3:-1])

    def test_include_adds_properties(self):
        def user(**options):
            return next(each for each in self.entries(**options) if each["id"] == USER)

        self.assertNotIn("properties", user())
        self.assertEqual(user(include=["properties"])["properties"]["exif:manufacturer"], "Example Optics")

    def test_of_a_repeated_parameter_the_first_one_counts(self):
        # The library sends fields=id&fields=email, and the vendor's server reads only the first.
        first = self.entries(fields=["id", "email"], max_items=1)
        self.assertEqual(first, [{"id": "abeecher"}])

    def test_a_page_that_makes_no_sense_is_refused_with_400(self):
        answer = list_people.sync_detailed(client=self.admin, max_items=0)
        self.refused(answer, 400, "Only positive values supported for maxItems.")


class GetPerson(PeopleTest):
    def test_it_gives_the_whole_person(self):
        alice = self.people.get_person("abeecher").entry
        self.assertEqual((alice.display_name, alice.company.postcode), ("Alice Beecher", "ALF1 SAM1"))
        self.assertIs(alice.enabled, False)
        self.assertIs(alice.capabilities.is_mutable, True)
        self.assertEqual(alice.status_updated_at, datetime(2011, 2, 15, 20, 20, 13, 432000, timezone.utc))

    def test_the_asynchronous_function_gives_the_same_person(self):
        alice = asyncio.run(get_person.asyncio("abeecher", client=raw(self.clients)))
        self.assertEqual(alice.to_dict(), self.people.get_person("abeecher").to_dict())

    def test_an_id_may_hold_characters_that_a_url_must_escape(self):
        odd = "a b+c@x.org"
        self.assertEqual(create_person.sync(client=self.admin, body=ann(id=odd)).entry.id, odd)
        self.assertEqual(self.people.get_person(odd).entry.id, odd)

    def test_an_unknown_person_is_none(self):
        self.assertIsNone(self.people.get_person("nobody"))
        answer = get_person.sync_detailed("nobody", client=self.admin)
        summary = self.refused(answer, 404, "framework.exception.EntityNotFound")
        self.assertRegex(summary, r"^\d{8} The entity with id: nobody was not found$")


class CreatePerson(PeopleTest):
    def test_it_answers_with_the_new_person_who_can_log_in(self):
        new = self.people.create_person("ann", "Ann", "Lee", "ann@example.com", "secret").entry
        self.assertEqual((new.id, new.display_name, new.enabled), ("ann", "Ann Lee", True))
        self.assertIs(new.capabilities.is_admin, False)
        self.assertEqual(signed_in("ann", "secret").create_core_client().people.get_person("-me-").entry.id, "ann")

    def test_it_answers_with_201_and_what_was_sent(self):
        body = ann(job_title="Baker", company=Company(organization="Buns"), enabled=False)
        answer = create_person.sync_detailed(client=self.admin, body=body)
        self.assertEqual(answer.status_code, 201)
        new = answer.parsed.entry
        self.assertEqual((new.job_title, new.company.organization, new.enabled), ("Baker", "Buns", False))

    def test_a_second_person_of_the_same_id_is_refused_with_409(self):
        create_person.sync(client=self.admin, body=ann())
        answer = create_person.sync_detailed(client=self.admin, body=ann(id="ANN"))
        summary = self.refused(answer, 409, "Person 'ANN' already exists.")
        self.assertRegex(summary, r"^\d{8} Person 'ANN' already exists\.$")

    def test_a_person_without_a_first_name_is_refused_with_400(self):
        answer = create_person.sync_detailed(client=self.admin, body=ann(first_name=""))
        self.refused(answer, 400, "Field 'firstName' is null, but is required.")

    def test_a_plain_user_is_refused_with_403(self):
        answer = create_person.sync_detailed(client=raw(signed_in(USER, USER_PASSWORD)), body=ann())
        summary = self.refused(answer, 403, "framework.exception.PermissionDenied")
        self.assertRegex(summary, r"^\d{8} Permission was denied$")


class UpdatePerson(PeopleTest):
    def test_it_changes_what_was_sent_and_leaves_the_rest(self):
        alice = self.people.update_person("abeecher", last_name="Baker").entry
        self.assertEqual((alice.display_name, alice.location), ("Alice Baker", "Tilbury, UK"))
        self.assertEqual(self.people.get_person("abeecher").entry.last_name, "Baker")

    def test_a_disabled_person_who_is_enabled_can_log_in(self):
        body = PersonBodyUpdate(enabled=True, password="secret")
        self.assertEqual(update_person.sync_detailed("abeecher", client=self.admin, body=body).status_code, 200)
        self.assertTrue(signed_in("abeecher", "secret").auth.authenticate_sync())

    def test_a_plain_user_changes_himself(self):
        user = signed_in(USER, USER_PASSWORD).create_core_client().people
        self.assertEqual(user.update_person("-me-", last_name="Tran").entry.last_name, "Tran")

    def test_a_plain_user_who_says_that_he_is_enabled_is_refused_with_403(self):
        user = raw(signed_in(USER, USER_PASSWORD))
        answer = update_person.sync_detailed("-me-", client=user, body=PersonBodyUpdate(enabled=True))
        self.refused(answer, 403, "framework.exception.PermissionDenied")

    def test_a_plain_user_is_refused_with_403_for_somebody_else(self):
        user = raw(signed_in(USER, USER_PASSWORD))
        answer = update_person.sync_detailed("abeecher", client=user, body=PersonBodyUpdate(location="Paris"))
        self.refused(answer, 403, "framework.exception.PermissionDenied")

    def test_a_wrong_old_password_is_refused_with_403(self):
        user = raw(signed_in(USER, USER_PASSWORD))
        body = PersonBodyUpdate(old_password="wrong", password="new")
        self.refused(update_person.sync_detailed("-me-", client=user, body=body), 403, "Incorrect password.")

        body.old_password = USER_PASSWORD
        self.assertEqual(update_person.sync_detailed("-me-", client=user, body=body).status_code, 200)
        self.assertTrue(signed_in(USER, "new").auth.authenticate_sync())

    def test_an_unknown_person_is_refused_with_404(self):
        answer = update_person.sync_detailed("nobody", client=self.admin, body=PersonBodyUpdate())
        self.refused(answer, 404, "framework.exception.EntityNotFound")


class Avatars(PeopleTest):
    def test_a_picture_becomes_the_avatar(self):
        answer = update_avatar_image.sync_detailed("admin", client=self.admin, body=File(payload=io.BytesIO(PNG)))
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(json.loads(answer.content)["entry"]["id"], "admin")
        self.assertIsNot(self.people.get_person("admin").entry.avatar_id, UNSET)

    def test_a_text_is_no_picture_and_is_refused_with_400(self):
        text = File(payload=io.BytesIO(b"just a text"))
        answer = update_avatar_image.sync_detailed("admin", client=self.admin, body=text)
        self.refused(answer, 400, "Uploaded content must be an image (content type determined to be 'text/plain')")

    def test_a_deleted_avatar_is_gone_and_may_be_deleted_again(self):
        self.assertIsNot(self.people.get_person(USER).entry.avatar_id, UNSET)
        for _ in range(2):
            answer = delete_avatar_image.sync_detailed(USER, client=self.admin)
            self.assertEqual((answer.status_code, answer.content), (204, b""))
        self.assertIs(self.people.get_person(USER).entry.avatar_id, UNSET)

    def test_a_plain_user_is_refused_with_403_for_the_avatar_of_somebody_else(self):
        user = raw(signed_in(USER, USER_PASSWORD))
        answer = delete_avatar_image.sync_detailed("abeecher", client=user)
        self.refused(answer, 403, "framework.exception.PermissionDenied")


class ForgottenPasswords(PeopleTest):
    def setUp(self):
        super().setUp()
        # Credentials do not matter here, not even wrong ones.
        self.stranger = raw(factory(SimpleAuthUtil("nobody", "wrong")))

    def request(self, user, client="share"):
        return request_password_reset.sync_detailed(user, client=self.stranger, body=ClientBody(client=client))

    def test_the_mail_has_what_is_needed_to_set_a_new_password(self):
        answer = self.request(USER)
        self.assertEqual((answer.status_code, answer.content), (202, b""))

        [mail] = CONTROL.get("/outbox").json()["messages"]
        self.assertEqual((mail["to"], mail["data"]["userId"]), ("tam.nguyen@example.com", USER))
        body = PasswordResetBody(password="new", id=mail["data"]["workflowId"], key=mail["data"]["key"])
        answer = reset_password.sync_detailed(USER, client=self.stranger, body=body)
        self.assertEqual((answer.status_code, answer.content), (202, b""))
        self.assertTrue(signed_in(USER, "new").auth.authenticate_sync())
        self.assertIn(" 403 ", self.wrong_login(USER, USER_PASSWORD))

    def test_nobody_is_told_whether_a_user_is_unknown(self):
        self.assertEqual(self.request("nobody").status_code, 202)
        self.assertEqual(CONTROL.get("/outbox").json()["messages"], [])

    def test_an_unregistered_client_is_refused_with_404(self):
        summary = self.refused(self.request(USER, client="foo"), 404, "framework.exception.ApiDefault")
        self.assertRegex(summary, r"^\d{8} Client was not found \[foo\]$")

    def test_a_reset_without_a_key_is_refused_with_400(self):
        body = PasswordResetBody(password="new", id="activiti$1", key="")
        answer = reset_password.sync_detailed(USER, client=self.stranger, body=body)
        self.refused(answer, 400, "Field 'key' is null, but is required.")


if __name__ == "__main__":
    unittest.main()
