import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { hasFocus, readLedger } from './in-page.js';

const deadlineMs = 60_000;

/** The orders page as a person sees it. */
export class OrdersPage {
  /** What went wrong in the page: exceptions, dialogs and refusals of the content security policy. */
  private readonly troubles: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly url: string,
  ) {
    page.setDefaultTimeout(deadlineMs);
    page.on('pageerror', (error) => this.troubles.push(error.message));
    page.on('dialog', (dialog) => {
      this.troubles.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) this.troubles.push(message.text());
    });
  }

  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<OrdersPage> {
    const opened = new OrdersPage(await browser.newPage(options), url);
    await opened.page.goto(opened.url);
    return opened;
  }

  /** @throws Error where something went wrong in the page. */
  async close(): Promise<void> {
    await this.page.close();
    if (this.troubles.length > 0) throw new Error(`Trouble in the page: ${this.troubles.join('; ')}`);
  }

  /** A ready-made order. */
  scenario(name: string): Locator {
    return this.page.locator(`[data-scenario="${name}"]`);
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  field(name: string): Locator {
    return this.page.locator(`[name="${name}"]`);
  }

  async untilStatus(status: string): Promise<void> {
    await this.page.locator(`#saga-status[data-status="${status}"]`).waitFor();
  }

  async untilStep(step: string, state: string): Promise<void> {
    await this.page.locator(`[data-step="${step}"][data-state="${state}"]`).waitFor();
  }

  async untilText(selector: string, text: string): Promise<void> {
    await this.page.locator(selector).filter({ hasText: text }).first().waitFor();
  }

  /** Presses Tab until the element has the focus, as far as there are elements. */
  async tabTo(target: Locator): Promise<void> {
    for (let pressed = 0; pressed < 40; pressed++) {
      await this.page.keyboard.press('Tab');
      if (await target.evaluate(hasFocus)) return;
    }
    throw new Error(`Tab does not lead to ${target.toString()}.`);
  }

  /** The state of each step, as it is drawn. */
  async steps(): Promise<Readonly<Record<string, string | null>>> {
    const boxes = await this.page.locator('[data-step]').all();
    const states = boxes.map(async (box): Promise<[string, string | null]> => [
      (await box.getAttribute('data-step')) ?? '',
      await box.getAttribute('data-state'),
    ]);
    return Object.fromEntries(await Promise.all(states));
  }

  /** The journal's lines, without numbers and times. */
  journal(): Promise<readonly string[]> {
    return this.page.locator('#saga-log li > span:nth-child(2)').allInnerTexts();
  }

  /** The ledger's lines, each cell of a line behind the other. */
  ledger(): Promise<readonly string[]> {
    return this.page.evaluate(readLedger);
  }
}
