// The server under test, seen from outside the client libraries: its address and its control API.

/** Where the server listens; `run` sets it. */
export const url = process.env.PEOPLE_MOCK_URL;
if (!url) {
    throw new Error('PEOPLE_MOCK_URL is not set: start the suites with tests/clients/run');
}

/** Puts the server back to its fixtures. */
export async function reset() {
    await control('POST', '/__admin/reset');
}

/** The mails that the vendor would have sent, oldest first. */
export async function outbox() {
    const response = await control('GET', '/__admin/outbox');
    return (await response.json()).messages;
}

async function control(method, path) {
    const response = await fetch(url + path, { method });
    if (!response.ok) {
        throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    }
    return response;
}
