// What both versions of @alfresco/js-api do alike: the whole life of a person, from login to logout.
//
// Each test starts from the server's fixtures, signed in as the administrator.

import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';

import { client, failedLogin, members, pick, refusal, signIn, USER } from './client.js';
import { pngSize } from './pictures.js';
import * as server from './server.js';

const ANN = { id: 'ann', firstName: 'Ann', lastName: 'Lee', email: 'ann@example.com', password: 'secret' };

const DEAD_TICKET = `TICKET_${'0'.repeat(40)}`;

/** The tests that hold for one version of the library. */
export function people(name, sdk) {
    const ids = (paging) => paging.list.entries.map(({ entry }) => entry.id);

    describe(name, () => {
        let admin;
        let api;

        beforeEach(async () => {
            await server.reset();
            admin = await signIn(sdk, 'admin', 'admin');
            api = new sdk.PeopleApi(admin);
        });

        describe('login and logout', () => {
            test('login gives a ticket and later calls use it', async () => {
                const ticket = admin.getTicketEcm();
                assert.match(ticket, /^TICKET_[0-9a-f]{40}$/);
                assert.equal(admin.isLoggedIn(), true);

                // The server answers this call for tickets only, not for a name and a password.
                const { entry } = await new sdk.AuthenticationApi(admin).validateTicket();
                assert.equal(entry.id, ticket);
                assert.equal((await api.getPerson('-me-')).entry.id, 'admin');
            });

            test('a second login gives the same ticket', async () => {
                assert.equal(await client(sdk).login('admin', 'admin'), admin.getTicketEcm());
            });

            test('a wrong login is rejected with 403 and the body of the vendor', async () => {
                const stranger = client(sdk);
                const { status, key, summary } = await failedLogin(stranger, 'admin', 'wrong');
                assert.deepEqual([status, key], [403, 'Login failed']);
                assert.match(summary, /^\d{8} Login failed$/);
                assert.equal(stranger.isLoggedIn(), false);
            });

            test('an unknown and a disabled user are refused like a wrong password', async () => {
                for (const id of ['nobody', 'abeecher']) {
                    const { status, key } = await failedLogin(client(sdk), id, id);
                    assert.deepEqual([status, key], [403, 'Login failed']);
                }
            });

            test('a ticket that another client got is taken over by loginTicket', async () => {
                const other = client(sdk);
                assert.equal(await other.loginTicket(admin.getTicketEcm(), ''), admin.getTicketEcm());
                assert.equal((await new sdk.PeopleApi(other).getPerson('-me-')).entry.id, 'admin');
            });

            test('a dead ticket is rejected with 401, by loginTicket and by a later call', async () => {
                const other = client(sdk);
                const { status, key, summary } = await refusal(other.loginTicket(DEAD_TICKET, ''));
                assert.deepEqual([status, key], [401, 'framework.exception.ApiDefault']);
                assert.match(
                    summary,
                    /^\d{8} Authentication failed for Web Script org\/alfresco\/api\/ResourceWebScript\.get$/,
                );

                other.setTicket(DEAD_TICKET, '');
                const update = await refusal(new sdk.PeopleApi(other).updatePerson('-me-', { jobTitle: 'x' }));
                assert.equal(update.status, 401);
                assert.match(update.summary, /ResourceWebScript\.put$/);
            });

            test('without a login every protected call is rejected with 401', async () => {
                const stranger = new sdk.PeopleApi(client(sdk));
                assert.equal((await refusal(stranger.listPeople())).status, 401);
            });

            test('after logout the old ticket is dead', async () => {
                const ticket = admin.getTicketEcm();
                await admin.logout();
                assert.equal(admin.isLoggedIn(), false);
                assert.equal((await refusal(client(sdk).loginTicket(ticket, ''))).status, 401);
            });

            test('a signed-in client learns about the repository', async () => {
                const { entry } = await new sdk.DiscoveryApi(admin).getRepositoryInformation();
                assert.equal(entry.repository.edition, 'Community');
                assert.equal(typeof entry.repository.status.isThumbnailGenerationEnabled, 'boolean');
            });
        });

        describe('listPeople', () => {
            test('without options it gives everybody in the order of their ids', async () => {
                const paging = await api.listPeople();
                const { count, totalItems, skipCount, maxItems, hasMoreItems } = paging.list.pagination;
                assert.deepEqual([skipCount, maxItems, hasMoreItems], [0, 100, false]);
                assert.equal(count, paging.list.entries.length);
                assert.equal(totalItems, count);

                const fresh = ['abeecher', 'admin', 'guest', 'mjackson'];
                assert.deepEqual(ids(paging).filter((id) => fresh.includes(id)), fresh);
            });

            test('skipCount and maxItems cut a page out of it', async () => {
                const everybody = ids(await api.listPeople());
                const page = await api.listPeople({ skipCount: 1, maxItems: 2 });
                assert.deepEqual(ids(page), everybody.slice(1, 3));
                const { count, totalItems, skipCount, maxItems, hasMoreItems } = page.list.pagination;
                assert.deepEqual(
                    [count, totalItems, skipCount, maxItems, hasMoreItems],
                    [2, everybody.length, 1, 2, true],
                );
            });

            test('orderBy takes several fields, each with its direction', async () => {
                // The administrator and the guest have the same, empty, last name.
                const ordered = ids(await api.listPeople({ orderBy: ['lastName ASC', 'firstName DESC'] }));
                const known = ['guest', 'admin', 'abeecher', 'mjackson'];
                assert.deepEqual(ordered.filter((id) => known.includes(id)), known);

                const descending = ids(await api.listPeople({ orderBy: ['id DESC'] }));
                assert.deepEqual(descending.toReversed(), ids(await api.listPeople()));
            });

            test('include adds properties, aspect names and capabilities', async () => {
                const find = ({ list }) => list.entries.find(({ entry }) => entry.id === USER.id).entry;
                const bare = find(await api.listPeople());
                for (const member of ['properties', 'aspectNames', 'capabilities']) {
                    assert.equal(bare[member], undefined);
                }

                const full = find(await api.listPeople({ include: ['properties', 'aspectNames', 'capabilities'] }));
                assert.ok(full.aspectNames.includes('exif:exif'));
                assert.equal(full.properties['exif:manufacturer'], 'Example Optics');
                assert.deepEqual({ ...full.capabilities }, { isAdmin: false, isGuest: false, isMutable: true });
            });

            test('fields leaves only what was asked for', async () => {
                const { list } = await api.listPeople({ fields: ['id', 'displayName'], maxItems: 1 });
                assert.deepEqual(members(list.entries[0].entry), { id: 'abeecher', displayName: 'Alice Beecher' });
            });

            test('a page that makes no sense is rejected with 400', async () => {
                assert.deepEqual(
                    pick(await refusal(api.listPeople({ maxItems: 0 }))),
                    [400, 'Only positive values supported for maxItems.'],
                );
                assert.deepEqual(
                    pick(await refusal(api.listPeople({ orderBy: ['email'] }))),
                    [400, 'Invalid sort field: email'],
                );
            });
        });

        describe('getPerson', () => {
            test('it gives the whole person', async () => {
                const { entry } = await api.getPerson('abeecher');
                assert.equal(entry.displayName, 'Alice Beecher');
                assert.equal(entry.company.postcode, 'ALF1 SAM1');
                assert.equal(entry.enabled, false);
                assert.deepEqual(entry.statusUpdatedAt, new Date('2011-02-15T20:20:13.432Z'));
                assert.equal(entry.capabilities.isAdmin, false);
            });

            test('fields leaves only what was asked for', async () => {
                const { entry } = await api.getPerson('abeecher', { fields: ['id', 'email'] });
                assert.deepEqual(members(entry), { id: 'abeecher', email: 'abeecher@example.com' });
            });

            test('an id may hold characters that a URL must escape', async () => {
                const id = 'a b+c%ž@x.org';
                await api.createPerson({ ...ANN, id });
                assert.equal((await api.getPerson(id)).entry.id, id);
            });

            test('an unknown person is rejected with 404', async () => {
                const { status, key, summary } = await refusal(api.getPerson('nobody'));
                assert.deepEqual([status, key], [404, 'framework.exception.EntityNotFound']);
                assert.match(summary, /^\d{8} The entity with id: nobody was not found$/);
            });
        });

        describe('createPerson', () => {
            test('it answers with the new person, who can log in', async () => {
                const baker = { ...ANN, jobTitle: 'Baker', company: { organization: 'Buns' } };
                const { entry } = await api.createPerson(baker);
                assert.equal(entry.displayName, 'Ann Lee');
                assert.equal(entry.jobTitle, 'Baker');
                assert.equal(entry.company.organization, 'Buns');
                assert.equal(entry.enabled, true);
                assert.deepEqual({ ...entry.capabilities }, { isAdmin: false, isGuest: false, isMutable: true });

                const ann = await signIn(sdk, ANN.id, ANN.password);
                assert.equal((await new sdk.PeopleApi(ann).getPerson('-me-')).entry.id, ANN.id);
            });

            test('fields leaves only what was asked for', async () => {
                const { entry } = await api.createPerson(ANN, { fields: ['id'] });
                assert.deepEqual(members(entry), { id: ANN.id });
            });

            test('a second person of the same id is rejected with 409', async () => {
                await api.createPerson(ANN);
                const { status, key, summary } = await refusal(api.createPerson({ ...ANN, id: 'ANN' }));
                assert.deepEqual([status, key], [409, "Person 'ANN' already exists."]);
                assert.match(summary, /^\d{8} Person 'ANN' already exists\.$/);
            });

            test('a person without an email address is rejected with 400', async () => {
                const { email: _, ...incomplete } = ANN;
                assert.deepEqual(
                    pick(await refusal(api.createPerson(incomplete))),
                    [400, "Field 'email' is null, but is required."],
                );
            });

            test('a plain user is rejected with 403', async () => {
                const user = new sdk.PeopleApi(await signIn(sdk, USER.id, USER.password));
                const { status, key, summary } = await refusal(user.createPerson(ANN));
                assert.deepEqual([status, key], [403, 'framework.exception.PermissionDenied']);
                assert.match(summary, /^\d{8} Permission was denied$/);
            });
        });

        describe('updatePerson', () => {
            test('it changes what was sent and leaves the rest', async () => {
                const change = { jobTitle: 'Art Director', company: { fax: '1' } };
                const { entry } = await api.updatePerson('abeecher', change);
                assert.equal(entry.jobTitle, 'Art Director');
                assert.equal(entry.location, 'Tilbury, UK');
                assert.deepEqual([entry.company.fax, entry.company.postcode], ['1', 'ALF1 SAM1']);
                assert.equal((await api.getPerson('abeecher')).entry.jobTitle, 'Art Director');
            });

            test('fields leaves only what was asked for', async () => {
                const fields = ['id', 'firstName'];
                const { entry } = await api.updatePerson('abeecher', { firstName: 'Alicia' }, { fields });
                assert.deepEqual(members(entry), { id: 'abeecher', firstName: 'Alicia' });
            });

            test('an empty string clears a member', async () => {
                const { entry } = await api.updatePerson('abeecher', { jobTitle: '' });
                assert.equal(entry.jobTitle, undefined);
            });

            test('a disabled person who is enabled can log in', async () => {
                await api.updatePerson('abeecher', { enabled: true, password: 'secret' });
                assert.match(await client(sdk).login('abeecher', 'secret'), /^TICKET_/);
            });

            test('a plain user changes herself, and nobody else', async () => {
                const user = new sdk.PeopleApi(await signIn(sdk, USER.id, USER.password));
                assert.equal((await user.updatePerson('-me-', { location: 'Paris' })).entry.location, 'Paris');
                assert.deepEqual(
                    pick(await refusal(user.updatePerson('abeecher', { location: 'Paris' }))),
                    [403, 'framework.exception.PermissionDenied'],
                );
            });

            test('a plain user changes her password if she knows the old one', async () => {
                const user = new sdk.PeopleApi(await signIn(sdk, USER.id, USER.password));
                assert.deepEqual(
                    pick(await refusal(user.updatePerson('-me-', { oldPassword: 'wrong', password: 'new' }))),
                    [403, 'Incorrect password.'],
                );
                await user.updatePerson('-me-', { oldPassword: USER.password, password: 'new' });
                assert.match(await client(sdk).login(USER.id, 'new'), /^TICKET_/);
                assert.equal((await failedLogin(client(sdk), USER.id, USER.password)).status, 403);
            });

            test('an unknown person is rejected with 404', async () => {
                assert.equal((await refusal(api.updatePerson('nobody', {}))).status, 404);
            });
        });

        describe('avatars', () => {
            test('an avatar is a PNG of at most 64 by 64', async () => {
                assert.deepEqual(pngSize(await api.getAvatarImage(USER.id)), [64, 64]);
            });

            test('a date in ISO form, which the library sends in If-Modified-Since, does no harm', async () => {
                const ifModifiedSince = new Date('2100-01-01');
                const bytes = await api.getAvatarImage(USER.id, { ifModifiedSince, attachment: false });
                assert.deepEqual(pngSize(bytes), [64, 64]);
            });

            test('who has no avatar gets the placeholder, or 404 if none is wanted', async () => {
                assert.deepEqual(pngSize(await api.getAvatarImage('admin', { placeholder: true })), [64, 64]);
                assert.deepEqual(
                    pick(await refusal(api.getAvatarImage('admin', { placeholder: false }))),
                    [404, 'Thumbnail was not found for [avatar]'],
                );
            });

            test('a deleted avatar is gone, and may be deleted again', async () => {
                await api.deleteAvatarImage(USER.id);
                await api.deleteAvatarImage(USER.id);
                assert.equal((await refusal(api.getAvatarImage(USER.id, { placeholder: false }))).status, 404);
                assert.equal((await api.getPerson(USER.id)).entry.avatarId, undefined);
            });

            test('a plain user is rejected with 403 for the avatar of somebody else', async () => {
                const user = new sdk.PeopleApi(await signIn(sdk, USER.id, USER.password));
                assert.equal((await refusal(user.deleteAvatarImage('abeecher'))).status, 403);
            });

            test('a text is no picture and is rejected with 400', async () => {
                assert.deepEqual(
                    pick(await refusal(api.updateAvatarImage('admin', 'just a text'))),
                    [400, "Uploaded content must be an image (content type determined to be 'text/plain')"],
                );
            });
        });

        describe('forgotten passwords', () => {
            test('the mail has what is needed to set a new password', async () => {
                const stranger = new sdk.PeopleApi(client(sdk));
                await stranger.requestPasswordReset(USER.id, { client: 'share' });

                const [mail] = await server.outbox();
                assert.equal(mail.to, 'tam.nguyen@example.com');
                assert.equal(mail.data.userId, USER.id);
                const { workflowId: id, key } = mail.data;
                await stranger.resetPassword(USER.id, { password: 'new', id, key });
                assert.match(await client(sdk).login(USER.id, 'new'), /^TICKET_/);

                // The key is good for one use; a second one is accepted and changes nothing.
                await stranger.resetPassword(USER.id, { password: 'newer', id, key });
                assert.equal((await failedLogin(client(sdk), USER.id, 'newer')).status, 403);
            });

            test('nobody is told whether a user is unknown', async () => {
                await api.requestPasswordReset('nobody', { client: 'share' });
                assert.deepEqual(await server.outbox(), []);
            });

            test('an unregistered client is rejected with 404', async () => {
                const { status, key, summary } = await refusal(api.requestPasswordReset(USER.id, { client: 'foo' }));
                assert.deepEqual([status, key], [404, 'framework.exception.ApiDefault']);
                assert.match(summary, /^\d{8} Client was not found \[foo\]$/);
            });

            test('a reset without a key is rejected with 400', async () => {
                assert.deepEqual(
                    pick(await refusal(api.resetPassword(USER.id, { password: 'new', id: 'activiti$1' }))),
                    [400, "Field 'key' is null, but is required."],
                );
            });
        });
    });
}
