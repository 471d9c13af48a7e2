import type { MarkdownRenderer } from 'vitepress';

/** Draws the code blocks in the language `mermaid`. */
export function addMermaid(markdown: MarkdownRenderer): void {
  const draw = markdown.renderer.rules.fence;
  markdown.renderer.rules.fence = (tokens, index, options, env, self) => {
    const token = tokens[index];
    if (token?.info.trim() === 'mermaid')
      return `<MermaidDrawing code="${encodeURIComponent(token.content)}" />`;
    return draw?.(tokens, index, options, env, self) ?? '';
  };
}
