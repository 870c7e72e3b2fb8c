import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The path of Chromium, or undefined. Browser tests are skipped with a warning if it is not installed. */
export const chromiumPath = process.env.CHROMIUM ?? PATHS.find((path) => existsSync(path));

if (!chromiumPath) console.warn('Browser tests skipped: Chromium is not installed (CHROMIUM can name its path).');

/** Starts a browser without background requests, so that every request to another origin comes from the page. */
export function openChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath ?? '',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Collects requests to other origins, and errors of scripts and of the Content Security Policy. Both lists should stay empty. */
export function watch(page: Page, origin: string): { readonly elsewhere: string[]; readonly complaints: string[] } {
  const elsewhere: string[] = [];
  const complaints: string[] = [];
  page.context().on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin) elsewhere.push(request.url());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // Chromium logs every 401 and 403 as an error, but here they are expected responses.
    if (message.type() === 'error' && !/status of 40[13]/.test(message.text())) complaints.push(message.text());
  });
  return { elsewhere, complaints };
}
