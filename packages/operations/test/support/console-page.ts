/// <reference lib="dom" />
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The page as a person sees it. */
export class ConsolePage {
  /** Exceptions, dialogs and refusals of the content security policy. */
  private readonly troubles: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly url: string,
  ) {
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => this.troubles.push(error.message));
    page.on('dialog', (dialog) => {
      this.troubles.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('console', (message) => {
      if (/Content Security Policy|TrustedHTML/.test(message.text())) this.troubles.push(message.text());
    });
  }

  /** @param url The address below which the page is. */
  static async open(
    browser: Browser,
    url: string,
    staff = 'ada',
    options: BrowserContextOptions = {},
  ): Promise<ConsolePage> {
    const page = await browser.newPage({ extraHTTPHeaders: { 'x-staff': staff }, ...options });
    const opened = new ConsolePage(page, url);
    await page.goto(`${url}page`);
    await opened.heading();
    return opened;
  }

  /** @throws Error if something went wrong in the page. */
  async close(): Promise<void> {
    await this.page.close();
    if (this.troubles.length > 0) throw new Error(`Trouble in the page: ${this.troubles.join('; ')}`);
  }

  async go(hash: string): Promise<void> {
    await this.page.goto(`${this.url}page${hash}`);
    await this.heading();
  }

  /** The heading of the view, when it is there. */
  async heading(): Promise<string> {
    return this.page.locator('main h1').first().innerText();
  }

  /** What axe finds, as texts. */
  async findings(): Promise<readonly string[]> {
    await this.page.evaluate(axeSource);
    return this.page.evaluate(async () => {
      type Finding = {
        readonly id: string;
        readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
      };
      const { axe } = window as unknown as {
        readonly axe: { run(): Promise<{ readonly violations: readonly Finding[] }> };
      };
      const { violations } = await axe.run();
      return violations.map(
        ({ id, nodes }) =>
          `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('; ')}`,
      );
    });
  }

  /** How wide the page is. */
  width(): Promise<number> {
    return this.page.evaluate(() => document.documentElement.scrollWidth);
  }
}
