import { defineConfig } from 'vite';

// The app calls its own origin and the dev server passes it on: no CORS, and cookies just work.
// An object and not Vite's short form, which changes the Host: with it as it is, control calls of
// the page aren't those of a foreign one, and http://w1.localhost:5173 is the session `w1`.
const mock = { target: process.env.PEOPLE_MOCK_URL ?? 'http://127.0.0.1:8080' };

export default defineConfig({
  server: { proxy: { '/alfresco': mock, '/api/people': mock, '/__admin': mock } },
});
