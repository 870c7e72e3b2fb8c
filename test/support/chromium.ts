import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Where a Chromium is; undefined where none is installed, and then what needs one is skipped, aloud. */
export const chromiumPath = process.env.CHROMIUM ?? PLACES.find((place) => existsSync(place));

if (!chromiumPath) console.warn('Browser tests skipped: no Chromium is installed here (or name one in CHROMIUM).');

/** Quiet: a browser that fetches nothing of its own accord, so that a request to elsewhere is the page's doing. */
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

/** What a page asks of anyone but `origin`, and what its policy or its scripts complain of: both should stay empty. */
export function watch(page: Page, origin: string): { readonly elsewhere: string[]; readonly complaints: string[] } {
  const elsewhere: string[] = [];
  const complaints: string[] = [];
  page.context().on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin) elsewhere.push(request.url());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // A refused operation is an answer like another; the browser reports its status all the same.
    if (message.type() === 'error' && !/status of 40[13]/.test(message.text())) complaints.push(message.text());
  });
  return { elsewhere, complaints };
}
