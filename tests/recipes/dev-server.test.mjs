// Requests through the dev servers of the recipes, as an app's page makes them.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createServer, loadConfigFromFile } from 'vite';

// Where they are, RECIPE, there is Vite beside them.
const file = (name) => join(process.env.RECIPE, name);
const people = '/alfresco/api/-default-/public/alfresco/versions/1/people';
const mock = process.env.PEOPLE_MOCK_URL;

const vite = async () => {
  const loaded = await loadConfigFromFile({ command: 'serve' }, file('vite.config.mjs'));
  return loaded.config.server.proxy;
};

// Angular's dev server is Vite, too, and gives it this object.
const angular = async () => {
  const text = await readFile(file('proxy.conf.json'), 'utf8');
  return JSON.parse(text.replaceAll('http://127.0.0.1:8080', mock));
};

for (const [name, load] of Object.entries({ vite, angular })) {
  describe(name, () => {
    let server;
    let url;
    before(async () => {
      const proxy = await load();
      server = await createServer({ configFile: false, logLevel: 'error', server: { host: '127.0.0.1', port: 0, proxy } });
      await server.listen();
      url = `http://127.0.0.1:${server.httpServer.address().port}`;
    });
    after(() => server.close());

    test('a person is there', async () => {
      const headers = { Authorization: `Basic ${btoa('admin:admin')}` };
      const response = await fetch(`${url}${people}/abeecher`, { headers });
      assert.equal(response.status, 200);
      assert.equal((await response.json()).entry.id, 'abeecher');
    });

    test('the other vendor is there', async () => {
      const response = await fetch(`${url}/api/people`, { method: 'POST' });
      assert.equal(response.status, 401);
    });

    test('a control call of the page is not that of a foreign one', async () => {
      const headers = { Origin: url, 'Sec-Fetch-Site': 'same-origin' };
      assert.equal((await fetch(`${url}/__admin/reset`, { method: 'POST', headers })).ok, true);
    });
  });
}
