import { posix } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';

/** Where the files are that are not pages of the site. */
export const repositoryUrl = 'https://github.com/nest-saga/nest-saga/blob/main/';

/** Links from a page to a file outside `docs/`, such as a spec, lead to the repository. */
export function linkToRepository(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('link-to-repository', (state) => {
    const page = (state.env as { readonly relativePath?: string }).relativePath ?? '';
    for (const token of state.tokens.flatMap(({ children }) => children ?? [])) {
      if (token.type !== 'link_open') continue;
      const target = token.attrGet('href') ?? '';
      const outside = outsideOf(page, target);
      if (outside !== undefined) token.attrSet('href', `${repositoryUrl}${outside}`);
    }
  });
}

function outsideOf(page: string, target: string): string | undefined {
  if (!target.startsWith('../')) return undefined;
  const path = posix.join('docs', posix.dirname(page), target);
  return path.startsWith('docs/') ? undefined : path;
}
