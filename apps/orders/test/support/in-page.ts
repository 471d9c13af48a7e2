/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

// What runs in the browser. Each function is sent there as text, so it must not use anything outside itself.

/** Resolves when the page has drawn what it knows. */
export function afterNextFrame(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
  });
}

/** How wide the page is. */
export function findWidth(): number {
  return document.documentElement.scrollWidth;
}

/** The colour behind everything. */
export function findGround(): string {
  return getComputedStyle(document.body).backgroundColor;
}

/** The ready-made order whose button has the focus. */
export function findFocusedScenario(): string | null | undefined {
  return document.activeElement?.getAttribute('data-scenario');
}

/** Whether an element has the focus, and shows it. */
export function hasFocus(element: Element): boolean {
  return element.matches(':focus-visible');
}

/** Whether the page has kept this number of results for a reload. */
export function hasKeptResults(count: number): boolean {
  const [kept = '[]'] = Object.entries(sessionStorage)
    .filter(([key]) => key.startsWith('order:'))
    .map(([, value]) => String(value));
  return (JSON.parse(kept) as readonly unknown[]).length === count;
}

/** Has the page forget what it has kept for a reload. */
export function forgetResults(): void {
  sessionStorage.clear();
}

/** Keeps the drawn steps, each time that they are drawn again. */
export function recordStates(): void {
  const recorded: Record<string, string>[] = [];
  Object.assign(window, { recorded });
  new MutationObserver(() => {
    const boxes = [...document.querySelectorAll<HTMLElement>('[data-step]')];
    recorded.push(Object.fromEntries(boxes.map(({ dataset: { step, state } }) => [step ?? '', state ?? ''])));
  }).observe(document.querySelector('#saga-steps') ?? document.body, { childList: true });
}

/** What `recordStates` has kept. */
export function readRecordedStates(): readonly Readonly<Record<string, string>>[] {
  return (window as unknown as { readonly recorded: readonly Record<string, string>[] }).recorded;
}

/** The lines of the ledger, read in one go: in between the page may draw them again. */
export function readLedger(): readonly string[] {
  return [...document.querySelectorAll('#ledger tr')].map((row) =>
    [...row.querySelectorAll('td')]
      .map((cell) => cell.textContent)
      .join(' ')
      .trim(),
  );
}

/** The texts whose contrast to their ground is below 4.5, as WCAG 2.2 (1.4.3) wants it. */
export function findPoorContrasts(): readonly string[] {
  const luminance = (colour: string) => {
    const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map((part) => {
      const value = Number(part) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const groundOf = (element: Element | null): string => {
    if (element === null) return 'rgb(255, 255, 255)';
    const { backgroundColor } = getComputedStyle(element);
    return backgroundColor === 'rgba(0, 0, 0, 0)' ? groundOf(element.parentElement) : backgroundColor;
  };
  const poor: string[] = [];
  for (const element of document.querySelectorAll('body *')) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim());
    if (!hasText || (element instanceof HTMLButtonElement && element.disabled)) continue;
    if (element.closest('noscript, [hidden]')) continue;
    const [ink, ground] = [luminance(getComputedStyle(element).color), luminance(groundOf(element))];
    const contrast = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    if (contrast < 4.5) poor.push(`${element.textContent} (${contrast.toFixed(2)})`);
  }
  return poor;
}
