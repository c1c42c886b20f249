import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  fullyParallel: true,
  workers: 2,
  use: {
    // PEOPLE_MOCK_URL is where `people-mock` runs; the tests ask their app, the app asks the mock.
    baseURL: process.env.PEOPLE_MOCK_URL ?? 'http://127.0.0.1:8080',
    // Where Playwright's own browser isn't installed, name another: CHROMIUM=/usr/bin/chromium.
    launchOptions: process.env.CHROMIUM && {
      executablePath: process.env.CHROMIUM,
      args: [
        '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
        '--disable-background-networking', '--disable-component-update', '--disable-sync',
      ],
    },
  },
});
