// @alfresco/js-api 7.8.0, the last line of the library that is built on superagent.

import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';

import sdk from 'alfresco-js-api-7';

import { signIn } from './client.js';
import { people } from './people.js';
import { png, pngSize } from './pictures.js';
import * as server from './server.js';

people('@alfresco/js-api 7', sdk);

describe('@alfresco/js-api 7 alone', () => {
    let api;

    beforeEach(async () => {
        await server.reset();
        api = new sdk.PeopleApi(await signIn(sdk, 'admin', 'admin'));
    });

    test('a Buffer goes out as raw bytes and becomes the avatar', async () => {
        const { entry } = await api.updateAvatarImage('admin', png);
        assert.equal(entry.id, 'admin');
        assert.deepEqual(pngSize(await api.getAvatarImage('admin', { placeholder: false })), [1, 1]);
        assert.ok((await api.getPerson('admin')).entry.avatarId);
    });
});
