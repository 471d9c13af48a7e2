import { apiPage } from './api-page.js';
import { journalPage } from './journal-page.js';
import { optionsPage } from './options-page.js';

/** The generated pages, by their files in `docs/`. */
export const reference: Readonly<Record<string, () => string>> = {
  'reference-names.md': apiPage,
  'reference-journal.md': journalPage,
  'reference-options.md': optionsPage,
};
