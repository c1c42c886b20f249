import { expect, test } from './session.mjs';

const people = '/alfresco/api/-default-/public/alfresco/versions/1/people';
const headers = { Authorization: `Basic ${btoa('admin:admin')}`, 'Content-Type': 'application/json' };

// The same person in two tests at once: in one world the second would be a conflict, 409.
for (const firstName of ['Ann', 'Bea']) {
  test(`${firstName} is created`, async ({ page, mock }) => {
    await page.goto('/__admin/ready');
    const status = await page.evaluate(
      async ([url, headers, body]) => (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).status,
      [people, headers, { id: 'new', firstName, email: 'new@example.com', password: 'secret' }],
    );
    expect(status).toBe(201);

    const verdict = await mock.post('requests/verify', { data: { when: { operation: 'alfresco.createPerson' }, count: 1 } });
    expect(verdict.ok(), await verdict.text()).toBe(true);
  });
}

test('the people of another test are not there', async ({ request }) => {
  const response = await request.get(`${people}/new`, { headers });
  expect(response.status()).toBe(404);
});
