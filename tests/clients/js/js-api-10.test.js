// @alfresco/js-api 10.0.0, the newest release, built on fetch.

import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';

import sdk from 'alfresco-js-api-10';

import { pick, refusal, signIn, USER } from './client.js';
import { people } from './people.js';
import { asciiBmp, png, pngSize } from './pictures.js';
import * as server from './server.js';

people('@alfresco/js-api 10', sdk);

describe('@alfresco/js-api 10 alone', () => {
    let admin;
    let api;

    beforeEach(async () => {
        await server.reset();
        admin = await signIn(sdk, 'admin', 'admin');
        api = new sdk.PeopleApi(admin);
    });

    // The library turns every body that is not a string into JSON, pictures too. The server sees no picture then.
    test('a Buffer goes out as JSON, and the server says that it is no picture', async () => {
        assert.deepEqual(
            pick(await refusal(api.updateAvatarImage('admin', png))),
            [400, "Uploaded content must be an image (content type determined to be 'text/plain')"],
        );
    });

    test('a Blob goes out as an empty JSON object, and the server says that it is no picture', async () => {
        const { status, key } = await refusal(api.updateAvatarImage('admin', new Blob([png])));
        assert.equal(status, 400);
        assert.match(key, /^Uploaded content must be an image /);
    });

    test('a string goes out as it is and may be a picture', async () => {
        const { entry } = await api.updateAvatarImage('admin', asciiBmp);
        assert.equal(entry.id, 'admin');
        assert.deepEqual(pngSize(await api.getAvatarImage('admin', { placeholder: false })), [1, 1]);
    });

    test('the URL for an <img> carries the ticket and needs no header', async () => {
        const response = await fetch(api.getAvatarImageUrl(USER.id));
        assert.equal(response.status, 200);
        assert.match(response.headers.get('content-type'), /^image\/png/);
        assert.deepEqual(pngSize(Buffer.from(await response.arrayBuffer())), [64, 64]);
    });

    test('a refusal is announced to those who listen', async () => {
        const heard = [];
        admin.contentClient.on('forbidden', () => heard.push('forbidden'));
        admin.contentClient.on('unauthorized', () => heard.push('unauthorized'));
        await refusal(api.updatePerson('admin', { enabled: false }));
        admin.setTicket('TICKET_dead', '');
        await refusal(api.getPerson('admin'));
        assert.deepEqual(heard, ['forbidden', 'unauthorized']);
    });
});
