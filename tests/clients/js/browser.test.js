// @alfresco/js-api 10 and plain calls in a real Chromium, from a page of another origin: what the browser itself asks
// (preflights, cookies, pictures) and what it lets the page see.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';

import { open } from './browser/browser.js';
import { USER } from './client.js';
import * as server from './server.js';

const PEOPLE = '/alfresco/api/-default-/public/alfresco/versions/1/people';
const ADA = '0b2b2a5e-6f0c-4a53-9b0b-6a0a7d0d9d11';

describe('a page of another origin', () => {
    let opened;
    let page;

    before(async () => {
        opened = await open();
    });

    after(() => opened?.close());

    // A context of its own has no cookies and no cache of another test.
    beforeEach(async () => {
        await server.reset();
        await page?.context().close();
        page = await (await opened.browser.newContext()).newPage();
        await page.goto(opened.origin);
    });

    /** Does something in the page with a client that is signed in. */
    function signedIn(task, { base = server.url, user = ['admin', 'admin'], ...more } = {}) {
        return page.evaluate(
            `(async (given) => {
                const api = new sdk.AlfrescoApi({ provider: 'ECM', authType: 'BASIC', hostEcm: given.base });
                await api.login(...given.user);
                return (${task})(new sdk.PeopleApi(api), given);
            })(${JSON.stringify({ base, user, ...more })})`,
        );
    }

    /** A plain call from the page: status, headers that it may see, and JSON. */
    function call(path, init = {}) {
        return page.evaluate(
            async ([url, given]) => {
                const response = await fetch(url, given);
                const text = await response.text();
                const isJson = response.headers.get('content-type')?.includes('json');
                return { status: response.status, body: isJson && text ? JSON.parse(text) : text };
            },
            [server.url + path, init],
        );
    }

    /** How the journal's newest requests went, oldest first. */
    async function journal(count) {
        const response = await fetch(`${server.url}/__admin/requests?limit=${count}`);
        const { requests } = await response.json();
        return requests.reverse();
    }

    const admin = { Authorization: `Basic ${btoa('admin:admin')}` };

    test('signs in and lists people', async () => {
        const ids = await signedIn(async (people) => {
            const { list } = await people.listPeople({ maxItems: 3, orderBy: ['id'] });
            return list.entries.map(({ entry }) => entry.id);
        });
        assert.deepEqual(ids, ['abeecher', 'admin', 'csmith']);
    });

    test('shows an avatar in an <img>, by the ticket in its URL alone', async () => {
        const width = await signedIn(
            async (people, { id }) => {
                const img = document.body.appendChild(new Image());
                img.src = people.getAvatarImageUrl(id);
                await img.decode();
                return img.naturalWidth;
            },
            { id: USER.id },
        );
        assert.equal(width, 64);
        const [picture] = await journal(1);
        assert.equal(picture.request.headers.authorization, undefined);
    });

    test('creates a person, and reads the conflict when it does so again', async () => {
        const told = await signedIn(async (people) => {
            const ann = { id: 'ann', firstName: 'Ann', email: 'ann@example.com', password: 'secret' };
            const { entry } = await people.createPerson(ann);
            const refused = await people.createPerson(ann).then(() => undefined, (reason) => reason);
            return { id: entry.id, status: refused.status, error: JSON.parse(refused.message).error };
        });
        assert.equal(told.id, 'ann');
        assert.equal(told.status, 409);
        assert.equal(told.error.errorKey, "Person 'ann' already exists.");
    });

    const bob = JSON.stringify({ id: 'bob', firstName: 'Bob', email: 'bob@example.com', password: 'secret' });

    test('asks for a conflict by a header, which changes nothing', async () => {
        const status = await page.evaluate(
            ([url, authorization, body]) =>
                new Promise((resolve, reject) => {
                    const request = new XMLHttpRequest();
                    request.open('POST', url);
                    request.setRequestHeader('Authorization', authorization);
                    request.setRequestHeader('Content-Type', 'application/json');
                    request.setRequestHeader('Prefer', 'code=409');
                    request.onload = () => resolve(request.status);
                    request.onerror = () => reject(new Error('no answer that the page may see'));
                    request.send(body);
                }),
            [server.url + PEOPLE, admin.Authorization, bob],
        );
        assert.equal(status, 409);
        assert.equal((await call(`${PEOPLE}/bob`, { headers: admin })).status, 404);
        const init = { method: 'POST', headers: { ...admin, 'Content-Type': 'application/json' }, body: bob };
        assert.equal((await call(PEOPLE, init)).status, 201);
    });

    // Cookies know no port: what the page sets on its own origin goes to the server as well.
    test('asks for a conflict by a cookie', async () => {
        await page.evaluate(() => {
            document.cookie = 'mock-prefer=code=409';
        });
        const init = {
            method: 'POST',
            headers: { ...admin, 'Content-Type': 'application/json' },
            body: bob,
            credentials: 'include',
        };
        assert.equal((await call(PEOPLE, init)).status, 409);
        assert.equal((await call(PEOPLE, { ...init, credentials: 'omit' })).status, 201);
    });

    test('may send any header: its preflight is answered before anyone is asked who they are', async () => {
        const { status } = await call(PEOPLE, { headers: { ...admin, 'X-Whatever': 'yes' } });
        assert.equal(status, 200);
        const [preflight, asked] = await journal(2);
        assert.equal(preflight.request.method, 'OPTIONS');
        assert.equal(preflight.request.headers.authorization, undefined);
        assert.equal(preflight.response.status, 200);
        assert.equal(asked.request.headers['x-whatever'], 'yes');
    });

    test('reads an error like any other answer', async () => {
        const { status, body } = await call(`${PEOPLE}/-me-`);
        assert.equal(status, 401);
        assert.match(body.error.briefSummary, /Authentication failed for Web Script/);
    });

    test('has a session of its own by its base URL', async () => {
        const base = `${server.url}/__session/page`;
        const title = await signedIn(
            async (people) => (await people.updatePerson('admin', { jobTitle: 'Elsewhere' })).entry.jobTitle,
            { base },
        );
        assert.equal(title, 'Elsewhere');
        assert.equal(await signedIn(async (people) => (await people.getPerson('admin')).entry.jobTitle ?? null), null);
        await fetch(`${server.url}/__admin/sessions/page`, { method: 'DELETE' });
    });

    test('reads and patches people of the other vendor with a bearer token', async () => {
        const headers = { Authorization: 'Bearer admin-token', 'Content-Type': 'application/json' };
        const { body } = await call(`/api/people/${ADA}`, { headers });
        assert.equal(body.firstName, 'Ada');
        const patch = JSON.stringify([{ op: 'replace', path: '/lastName', value: 'Sample' }]);
        const patched = await call(`/api/people/${ADA}`, { method: 'PATCH', headers, body: patch });
        assert.deepEqual([patched.status, patched.body.lastName], [200, 'Sample']);
        const refused = await call('/api/people/ada', { headers });
        assert.deepEqual(refused.body.message, 'Validation failed (uuid is expected)');
    });
});
