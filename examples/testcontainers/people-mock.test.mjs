// npm install --save-dev testcontainers; node --test
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { GenericContainer, Wait } from 'testcontainers';

let container;
let url;

before(async () => {
  container = await new GenericContainer('ghcr.io/people-mock/people-mock:0.1.0')
    .withExposedPorts(8080)
    .withEnvironment({ PEOPLE_MOCK_ADMIN: 'open' })
    // The default strategy, listening ports, calls a shell inside: the image has none.
    .withWaitStrategy(Wait.forHttp('/__admin/ready', 8080).forStatusCode(200))
    .start();
  url = `http://${container.getHost()}:${container.getMappedPort(8080)}`;
});

after(() => container?.stop());

test('a person is there', async () => {
  const response = await fetch(`${url}/alfresco/api/-default-/public/alfresco/versions/1/people/abeecher`, {
    headers: { Authorization: `Basic ${btoa('admin:admin')}` },
  });
  assert.equal(response.status, 200);
  assert.equal((await response.json()).entry.id, 'abeecher');
});

test('the control API is open', async () => {
  const response = await fetch(`${url}/__admin/reset`, { method: 'POST' });
  assert.ok(response.ok);
});
