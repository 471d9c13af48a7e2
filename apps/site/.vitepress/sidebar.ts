import type { DefaultTheme } from 'vitepress';

/** The pages of the site, in the order in which a new user needs them. */
export const sidebar: DefaultTheme.SidebarItem[] = [
  {
    text: 'Begin',
    items: [
      { text: 'What it is', link: '/' },
      { text: 'Start here', link: '/start-here' },
      { text: 'How it works', link: '/how-it-works' },
    ],
  },
];
