// A real browser with a page that another origin serves.

import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { chromium } from 'playwright-core';

/** Starts both; the page has the client as `sdk`. */
export async function open() {
    const script = await bundle();
    const server = createServer((request, response) => {
        const isScript = request.url === '/page.js';
        response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
        response.end(isScript ? script : '<!doctype html><script src="/page.js"></script>');
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const browser = await chromium.launch({
        executablePath: '/usr/bin/chromium',
        args: [
            '--no-sandbox',
            '--disable-gpu',
            '--disable-quic',
            '--no-first-run',
            '--disable-background-networking',
            '--disable-component-update',
            '--disable-sync',
        ],
    });
    const origin = `http://127.0.0.1:${server.address().port}`;
    const close = async () => {
        await browser.close();
        server.close();
    };
    return { browser, origin, close };
}

async function bundle() {
    const entry = fileURLToPath(new URL('page.js', import.meta.url));
    const { outputFiles } = await build({ entryPoints: [entry], bundle: true, write: false, logLevel: 'error' });
    return outputFiles[0].text;
}
