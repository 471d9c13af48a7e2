import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { InMemorySagaStorage, SystemClock } from '@nest-saga/nestjs';
import { describeInBrowser, launchBrowser } from './support/browser.js';
import { ConsolePage } from './support/console-page.js';
import { closePages, openPage } from './support/open-page.js';
import type { OpenPage } from './support/open-page.js';
import { OrderContext } from './support/order-saga.js';
import { hostile, startSamples } from './support/sample-sagas.js';
import type { SampleSagas } from './support/sample-sagas.js';

/** Steps of the samples never return: the end of the application does not wait for them. */
const impatient = { shutdownTimeoutMs: 0, abortGraceMs: 0 };

describeInBrowser('the operations page', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterEach(closePages);
  afterAll(() => browser.close());

  it('is at most 60 kB for the first visit, script and style sheet together', async () => {
    const { url } = await openPage();
    const texts = ['page.js', 'page.css'].map((name) =>
      readFileSync(new URL(`../dist/page/${name}`, import.meta.url)),
    );
    const bytes = texts.reduce((sum, text) => sum + gzipSync(text).length, 0);
    expect(url).toContain('/ops/sagas/');
    expect(bytes).toBeLessThanOrEqual(60_000);
  });

  it.each<['light' | 'dark', number]>([
    ['light', 320],
    ['dark', 320],
    ['light', 1280],
    ['dark', 2560],
  ])(
    'has no finding of axe and nothing wider than the screen, in %s colours at %i px',
    async (colorScheme, width) => {
      const app = await openPage({ sagas: impatient });
      const samples = await startSamples(app);
      const opened = await ConsolePage.open(browser, app.url, 'ada', {
        colorScheme,
        viewport: { width, height: 900 },
        reducedMotion: 'reduce',
      });
      const found: string[] = [];
      for (const view of viewsOf(samples)) {
        await opened.go(view);
        if (view.includes(samples.stuck)) await openEveryAction(opened);
        found.push(...(await opened.findings()).map((finding) => `${view} ${finding}`));
        if ((await opened.width()) > width) found.push(`${view} is wider than the screen`);
      }
      expect(found).toEqual([]);
      await opened.close();
    },
  );

  it('shows hostile texts as texts, and turns no text around', async () => {
    const app = await openPage({ sagas: impatient });
    const { stuck } = await startSamples(app);
    const opened = await ConsolePage.open(browser, app.url);
    await opened.page.getByText('<img src=x').first().waitFor();
    await opened.go('#/sagas');
    await opened.page.getByText('<img src=x').first().waitFor();
    await opened.go(`#/sagas?key=${encodeURIComponent(hostile.slice(0, 120))}`);
    await opened.page.locator('tbody a').first().click();
    await opened.page.getByText('\\u{202e}').first().waitFor();
    expect(await opened.page.evaluate('window.broken')).toBeUndefined();
    expect(await opened.page.locator('main').innerText()).not.toContain('\u202E');
    await opened.go(`#/sagas/${stuck}`);
    await opened.close();
  });

  it('is used with the keyboard alone: a person retries a saga and reads what became of it', async () => {
    const app = await openPage({ sagas: impatient });
    const { stuck } = await startSamples(app);
    const opened = await ConsolePage.open(browser, app.url);
    const { page } = opened;
    await page.keyboard.press('Tab');
    await page.getByRole('link', { name: 'Skip to the content' }).press('Enter');
    await opened.go(`#/sagas/${stuck}`);
    const retry = page.getByRole('button', { name: 'Retry', exact: true }).first();
    await retry.focus();
    await page.keyboard.press('Enter');
    await page.getByText('The undo of “reserve” is called again').waitFor();
    app.answers.by.clear();
    await page.keyboard.type('the warehouse is up again');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Retry: recorded.').waitFor();
    await page.locator('.standing .status.failed').waitFor();
    const told = page.getByText('A retry was requested: the warehouse is up again');
    await told.waitFor();
    expect(await told.count()).toBe(1);
    await opened.close();
  });

  it('says to the second of two people that another one has acted', async () => {
    const app = await openPage({ sagas: impatient });
    const { stuck } = await startSamples(app);
    const ada = await ConsolePage.open(browser, app.url, 'ada');
    const grace = await ConsolePage.open(browser, app.url, 'grace');
    for (const { page } of [ada, grace]) {
      await page.goto(`${app.url}page#/sagas/${stuck}`);
      await page.getByRole('button', { name: 'reserve was undone by hand' }).click();
      await page.getByRole('textbox', { name: /Note/ }).fill('done by phone');
    }
    // The page of the second one looks again only after she has pressed the button.
    await grace.page.route(/mark=/, (route) => route.abort());
    await ada.page.locator('button[type=submit].strong').click();
    await ada.page.getByText('recorded.').waitFor();
    await grace.page.locator('button[type=submit].strong').click();
    const refusal = grace.page.locator('.action [role=alert]');
    await refusal.waitFor();
    expect(await refusal.innerText()).toContain('"ada" has acted since');
    await ada.close();
    await grace.close();
  });

  it('keeps what it showed while the server is away, and continues when it is back', async () => {
    const storage = new InMemorySagaStorage(new SystemClock());
    const app = await openPage({ sagas: { storage, ...impatient } });
    const handle = await app.sagas.start(new OrderContext('book'), { key: 'cart-1' });
    await handle.outcome();
    const opened = await ConsolePage.open(browser, app.url);
    await opened.go('#/sagas');
    await opened.page.getByText('cart-1').waitFor();
    const port = Number(new URL(app.origin).port);
    await closePages();
    await opened.page.getByText('The server does not answer.').waitFor();
    await opened.page.getByText('cart-1').waitFor();
    const again = await openPage({ sagas: { storage, ...impatient }, port });
    await (await again.sagas.start(new OrderContext('globe'), { key: 'cart-2' })).outcome();
    await opened.page.getByText('cart-2').waitFor();
    const banner = opened.page.getByText('The server does not answer.');
    await banner.waitFor({ state: 'detached' });
    expect(await banner.count()).toBe(0);
    await opened.close();
  });

  it('works behind a path of a proxy, with filters that are the address', async () => {
    const app = await openPage({ platform: 'fastify', prefix: 'internal', sagas: impatient });
    await startSamples(app);
    const proxy = await openProxy(app, '/team-a/console/');
    const opened = await ConsolePage.open(browser, proxy.url);
    await opened.go('#/sagas?status=stuck');
    await opened.page.getByText('cart-1043').waitFor();
    expect(await opened.page.locator('tbody tr').count()).toBe(2);
    await opened.page.getByLabel('Key or id').fill('cart-1043');
    await opened.page.getByRole('button', { name: 'Filter' }).click();
    await expectText(opened, /status=stuck&key=cart-1043$/);
    await opened.page.locator('tbody tr').nth(1).waitFor({ state: 'detached' });
    await opened.close();
    await proxy.close();
  });

  it('retries all stuck sagas after it has shown how many, and lets a person download those that refused', async () => {
    const app = await openPage({ sagas: impatient });
    await startSamples(app);
    const opened = await ConsolePage.open(browser, app.url);
    const { page } = opened;
    await opened.go('#/sagas?status=stuck');
    await page.getByRole('button', { name: 'Retry all that match…' }).click();
    await page.getByRole('heading', { name: 'Retry 2 sagas' }).waitFor();
    await page.getByLabel('Note for the journal').fill('the warehouse is up again');
    await page.route(/api\/bulk$/, (route) => route.fulfill({ status: 503, json: { message: 'busy' } }));
    await page.getByRole('button', { name: 'Retry 2' }).click();
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download the 2 that did not' }).click();
    const path = await (await downloading).path();
    expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(2);
    await opened.close();
  });
});

function viewsOf({ stuck, undone, completed, running, waiting }: SampleSagas): readonly string[] {
  const sagas = [stuck, undone, completed, running, waiting].map((id) => `#/sagas/${id}`);
  return ['#/', '#/sagas', '#/sagas?status=stuck', '#/workers', ...sagas];
}

async function openEveryAction({ page }: ConsolePage): Promise<void> {
  await page.locator('.opener').last().click();
  await page.locator('.action form').waitFor();
  await page.getByRole('button', { name: 'Ask to see it' }).click();
  await page.locator('pre').first().waitFor();
}

async function expectText({ page }: ConsolePage, address: RegExp): Promise<void> {
  await page.waitForURL(address);
}

/** A proxy that has the page below another path. */
async function openProxy(
  app: OpenPage,
  path: string,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const target = new URL(app.url);
  const server = createServer((asked, answer) => {
    const rest = (asked.url ?? '').replace(path, target.pathname);
    const { method, headers } = asked;
    const onward = forward(
      { host: target.hostname, port: target.port, path: rest, method, headers },
      (got) => {
        answer.writeHead(got.statusCode ?? 502, got.headers);
        got.pipe(answer);
      },
    );
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${path}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
