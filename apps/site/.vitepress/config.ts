import { defineConfig } from 'vitepress';
import { addMermaid } from './markdown/add-mermaid.js';
import { linkToRepository } from './markdown/link-to-repository.js';
import { sidebar } from './sidebar.js';

/** The site of the documentation. Building and reading it needs no network: search, fonts and diagrams are part of it. */
export default defineConfig({
  title: 'Nest Saga',
  description: 'Durable orchestrated sagas for NestJS.',
  lang: 'en',
  srcDir: '../../docs',
  outDir: './dist',
  cacheDir: './dist/.cache',
  cleanUrls: true,
  lastUpdated: false,
  markdown: {
    config: (markdown) => {
      addMermaid(markdown);
      linkToRepository(markdown);
    },
  },
  // Mermaid comes with its own parsers, and only pages with a drawing load it.
  vite: { build: { chunkSizeWarningLimit: 2_000 } },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Start here', link: '/start-here' },
      { text: 'Guides', link: '/how-it-works' },
      { text: 'Runbook', link: '/runbook' },
      { text: 'Reference', link: '/reference-options' },
    ],
    sidebar,
  },
});
