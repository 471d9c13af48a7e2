import type { Browser, Page } from 'playwright-core';
import type { OrderDetails } from '../src/orders/orders-reader.js';
import { describeInBrowser, launchBrowser } from './support/browser.js';
import { findGround, forgetResults, findPoorContrasts, findWidth } from './support/in-page.js';
import { OrdersPage } from './support/orders-page.js';
import { useOrders } from './support/start-orders.js';

describeInBrowser('how the orders page looks', () => {
  const orders = useOrders();
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterAll(() => browser.close());

  it('fits a phone: nothing is wider than the screen', async () => {
    const viewport = { width: 340, height: 700 };
    const { page, untilEnd } = await openWithOutage({ viewport });
    await untilEnd();

    const width = await page.evaluate(findWidth);

    expect(width).toBeLessThanOrEqual(viewport.width);
    await page.close();
  });

  it('fits a phone, too, if a name, an error and an address are long and without a space', async () => {
    const viewport = { width: 320, height: 700 };
    const [customer, item] = ['W'.repeat(100), 'M'.repeat(50)];
    const { body } = await orders.client.place({ customer, item, destination: customer });
    const { page, untilStatus } = await openOrder(body.sagaId, { viewport });
    await untilStatus('failed');

    expect(await page.evaluate(findWidth)).toBeLessThanOrEqual(viewport.width);
    await page.close();
  });

  it.each(['light', 'dark'] as const)(
    'has a readable contrast of every text in %s colours',
    async (scheme) => {
      const { page, untilEnd } = await openWithOutage({ colorScheme: scheme });
      await untilEnd();

      const poor = await page.evaluate(findPoorContrasts);

      expect(poor).toEqual([]);
      await page.close();
    },
  );

  it.each(['light', 'dark'] as const)(
    'has one in %s colours, too, while an order runs, is undone or is stuck, and if a field is wrong',
    async (colorScheme) => {
      const opened = await OrdersPage.open(browser, orders.client.url, { colorScheme });
      const poor: string[] = [];
      const look = async () => poor.push(...(await opened.page.evaluate(findPoorContrasts)));

      await opened.scenario('slow').click();
      await opened.untilStep('ship-order', 'running');
      await look();
      await opened.scenario('stuck').click();
      await opened.untilStatus('stuck');
      await look();
      await opened.field('quantity').fill('0');
      await opened.button('Place this order').click();
      await opened.untilText('[role="alert"]', 'quantity');
      await look();
      await stopBeforeTheSecondUndo(opened.page);
      await opened.page.reload();
      await opened.untilStep('charge-payment', 'undoing');
      await look();

      expect(poor).toEqual([]);
      await opened.close();
    },
  );

  it('has light and dark colours', async () => {
    const grounds = new Set<string>();
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await OrdersPage.open(browser, orders.client.url, { colorScheme });
      grounds.add(await page.evaluate(findGround));
      await page.close();
    }

    expect(grounds.size).toBe(2);
  });

  it('has a name for every field and every button', async () => {
    const { page } = await OrdersPage.open(browser, orders.client.url);

    const snapshot = await page.locator('body').ariaSnapshot();

    for (const name of ['Customer', 'Item', 'Quantity', 'Payment', 'Destination']) {
      expect(snapshot).toMatch(new RegExp(`(textbox|combobox|spinbutton) "${name}"`));
    }
    expect(snapshot).not.toMatch(/- (button|textbox|combobox|spinbutton)\s*(\[|:|$)/m);
    await page.close();
  });

  it('leaves the kill button disabled if the server is not a demonstration', async () => {
    const { page } = await OrdersPage.open(browser, orders.client.url);
    await page.getByText('This server is not for killing').waitFor();

    expect(await page.getByRole('button', { name: 'Kill the server (kill -9)' }).isDisabled()).toBe(true);
    expect((await orders.client.send('POST', '/demo/kill')).status).toBe(404);
    await page.close();
  });

  it('is sent with a policy that allows nothing inline and nothing from elsewhere', async () => {
    const { headers } = await fetch(orders.client.url);

    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });

  /** The order as it was when its first undo had failed and was to be tried again. */
  async function stopBeforeTheSecondUndo(page: Page): Promise<void> {
    await page.evaluate(forgetResults);
    await page.route(/\/events/, (route) => route.abort());
    await page.route(/\/orders\/[^/]+$/, async (route) => {
      const response = await route.fetch();
      const order = (await response.json()) as OrderDetails;
      const undone = order.history.findIndex(({ kind }) => kind === 'compensation-failed');
      const history = order.history.slice(0, undone + 1);
      return route.fulfill({ response, json: { ...order, status: 'compensating', history } });
    });
  }

  async function openOrder(sagaId: string, options: Parameters<typeof OrdersPage.open>[2]) {
    const opened = await OrdersPage.open(browser, `${orders.client.url}/#${sagaId}`, options);
    return { page: opened.page, untilStatus: (status: string) => opened.untilStatus(status) };
  }

  async function openWithOutage(options: Parameters<typeof OrdersPage.open>[2]) {
    const opened = await OrdersPage.open(browser, orders.client.url, options);
    await opened.scenario('outage').click();
    return { page: opened.page, untilEnd: () => opened.untilStatus('failed') };
  }
});
