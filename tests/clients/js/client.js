// Clients of the server under test, and what they make of a refusal.

import assert from 'node:assert/strict';

import * as server from './server.js';

/** A plain user of the default fixtures, who has an avatar and custom properties. */
export const USER = { id: 'tnguyen', password: 'Passw0rd!' };

/** A client that nobody has signed in with yet. */
export function client(sdk) {
    return new sdk.AlfrescoApi({ provider: 'ECM', authType: 'BASIC', hostEcm: server.url });
}

/** A client that is signed in. */
export async function signIn(sdk, id, password) {
    const api = client(sdk);
    await api.login(id, password);
    return api;
}

/**
 * How a call was refused: the status, and what the vendor's error says.
 *
 * The text of the body is in `message`, but for `getAvatarImage` of version 7, which leaves it in the response.
 */
export async function refusal(promise) {
    const reason = await promise.then(
        (value) => assert.fail(`answered with ${JSON.stringify(value)}`),
        (refused) => refused,
    );
    const status = reason.status ?? reason.error?.status;
    assert.ok(status, `not refused by the server: ${reason.message ?? reason.error}`);
    const { error } = JSON.parse(reason.message ?? reason.error.response.body);
    assert.equal(error.statusCode, status);
    return { status, key: error.errorKey, summary: error.briefSummary };
}

/** What the server sent of a person: the library adds a `statusUpdatedAt` without a value. */
export function members(entry) {
    return JSON.parse(JSON.stringify(entry));
}

/**
 * A failed `login` as the application sees it.
 *
 * Inside the library a second promise of a failed login is rejected and nobody handles it: on Node that ends the
 * process. Here it is caught, and it must have the same status.
 */
export async function failedLogin(api, id, password) {
    const listeners = process.listeners('unhandledRejection');
    const stray = [];
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', (reason) => stray.push(reason));
    try {
        const refused = await refusal(api.login(id, password));
        await new Promise(setImmediate);
        assert.deepEqual(stray.map((reason) => reason.status), [refused.status]);
        return refused;
    } finally {
        process.removeAllListeners('unhandledRejection');
        listeners.forEach((listener) => process.on('unhandledRejection', listener));
    }
}

/** The two members of a refusal that most tests compare. */
export function pick({ status, key }) {
    return [status, key];
}
