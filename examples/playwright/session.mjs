import { test as base } from '@playwright/test';

export { expect } from '@playwright/test';

/**
 * Every worker has a session of its own at one server: its own people, clock, faults and journal.
 * Each test begins from the fixtures.
 */
export const test = base.extend({
  session: [async ({}, use, { workerIndex }) => use(`worker-${workerIndex}`), { scope: 'worker' }],

  // The header goes out with every request of the page. Across origins it costs a preflight, which
  // people-mock answers; the cookie `mock-session` and the host `worker-0.localhost` cost none.
  extraHTTPHeaders: async ({ session }, use) => use({ 'X-Mock-Session': session }),

  // Control calls, in the session: `await mock.put('clock', { data: { advance: 'PT1H' } })`.
  mock: [
    async ({ playwright, baseURL, session }, use) => {
      const mock = await playwright.request.newContext({ baseURL: `${baseURL}/__session/${session}/__admin/` });
      await mock.post('reset');
      await use(mock);
      await mock.dispose();
    },
    { auto: true },
  ],
});
